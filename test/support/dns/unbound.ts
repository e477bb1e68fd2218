import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from '../poll.ts';
import type { Daemon, Namespace } from './namespace.ts';
import { unconfined } from './unconfined.ts';

/** Where trust begins: a zone, a server of it, and its key-signing key. */
export interface TrustAnchor {
  readonly zone: string;
  readonly address: string;
  /** DNSKEY in presentation form, without the owner. */
  readonly key: string;
}

/** A validating resolver. */
export interface Unbound {
  readonly daemon: Daemon;
  /** Forgets all that it has learnt. */
  forget(): Promise<void>;
}

/** Starts unbound on port 53 of `address`; it knows the zones of the anchors, and that nothing else exists. */
export async function startUnbound(
  namespace: Namespace,
  address: string,
  anchors: readonly TrustAnchor[],
): Promise<Unbound> {
  const folder = namespace.newFolder('unbound');
  const settings = join(folder, 'unbound.conf');
  writeFileSync(settings, unboundSettings(folder, address, anchors));
  const daemon = namespace.start([unconfined('unbound', folder), '-d', '-c', settings]);
  const control = (...words: string[]) => namespace.run(['unbound-control', '-c', settings, ...words]);
  await poll('unbound to be ready', async () => (await control('status')).code === 0 || undefined).catch(
    error => {
      throw new Error(`${error.message}:\n${daemon.log.join('\n')}`);
    },
  );
  return {
    daemon,
    async forget() {
      const { code, stdout } = await control('reload');
      if (code !== 0) throw new Error(`unbound does not reload: ${stdout}`);
    },
  };
}

function unboundSettings(folder: string, address: string, anchors: readonly TrustAnchor[]): string {
  const zones = anchors.map(
    ({ zone, address: server }) => `stub-zone:\n  name: "${zone}"\n  stub-addr: ${server}\n`,
  );
  return `
server:
  chroot: ""
  username: ""
  directory: "${folder}"
  pidfile: "${folder}/pid"
  use-syslog: no
  logfile: ""
  val-log-level: 2
  num-threads: 1
  interface: ${address}
  access-control: 0.0.0.0/0 allow
  do-not-query-localhost: no
  module-config: "validator iterator"
  # A server that was away is asked again at once.
  infra-keep-probing: yes
  infra-host-ttl: 1
  local-zone: "." always_nxdomain
${anchors
  .map(({ zone, key }) => `  local-zone: "${zone}" transparent\n  trust-anchor: "${zone} DNSKEY ${key}"\n`)
  .join('')}
remote-control:
  control-enable: yes
  control-use-cert: no
  control-interface: "${folder}/control"
${zones.join('')}`;
}
