import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from '../poll.ts';
import { findService } from '../services.ts';
import type { Daemon, Namespace } from './namespace.ts';

/** A zone that knotd signs itself (ECDSA P-256, a key-signing and a zone-signing key). */
export interface KnotZone {
  /** Absolute, with the dot at its end. */
  readonly name: string;
  /** Zone file without SOA; relative names are below `name`. */
  readonly records: string;
}

export interface Knot {
  readonly daemon: Daemon;
  /** DNSKEY of the key-signing key in presentation form, without the owner: `257 3 13 …`. */
  keySigningKey(zone: string): Promise<string>;
  /** DS (SHA-256) of a zone's key-signing key, without the owner. */
  delegationSigner(zone: string): Promise<string>;
  /**
   * Changes a zone by DNS UPDATE: lines of `add NAME TTL TYPE DATA` or `delete NAME TYPE`, absolute names. Who changes it from
   * elsewhere does so with `updateKey`.
   */
  update(zone: string, lines: readonly string[]): Promise<void>;
}

/** TSIG key that may change the zones and transfer them. */
export const updateKey = {
  name: 'caliopen-update',
  algorithm: 'hmac-sha256',
  secret: 'Wm9uZXMgb2YgdGhlIHRlc3QgcmlnLCBubyBzZWNyZXQ=',
} as const;

/** Seconds for which a record of such a zone, and the word that there is none, may be kept. */
export const knotTtlSeconds = 2;

/** Starts knotd on port 53 of `addresses`; resolves when all zones are signed and served. */
export async function startKnot(
  namespace: Namespace,
  addresses: readonly string[],
  zones: readonly KnotZone[],
): Promise<Knot> {
  const folder = namespace.newFolder('knot');
  const [address = ''] = addresses;
  for (const { name, records } of zones) {
    writeFileSync(join(folder, `${name}zone`), `${zoneHead(name)}\n${records}\n`);
  }
  const settings = join(folder, 'knot.conf');
  writeFileSync(settings, knotSettings(folder, addresses, zones));
  const daemon = namespace.start([findService('knot') ?? 'knotd', '--config', settings]);
  const ask = async (...words: string[]) => {
    const { stdout } = await namespace.run(['kdig', `@${address}`, '+short', '+time=1', ...words]);
    return stdout.trim();
  };
  for (const { name } of zones) {
    const isServed = async () => (await ask('+dnssec', name, 'SOA')).includes('SOA 13 ') || undefined;
    await poll(`knotd to serve ${name}`, isServed).catch(error => {
      throw new Error(`${error.message}:\n${daemon.log.join('\n')}`);
    });
  }
  return {
    daemon,
    async keySigningKey(zone) {
      const keys = (await ask(zone, 'DNSKEY')).split('\n');
      return keys.find(key => key.startsWith('257 ')) ?? '';
    },
    async delegationSigner(zone) {
      const { stdout } = await namespace.must(['keymgr', '--config', settings, zone, 'ds']);
      return stdout.match(/DS (\d+ \d+ 2 \S+)/)?.[1] ?? '';
    },
    async update(zone, lines) {
      const { name, algorithm, secret } = updateKey;
      const changes = lines.map(line => `update ${line}\n`).join('');
      await namespace.must(['knsupdate', '-y', `${algorithm}:${name}:${secret}`], {
        input: `server ${address}\nzone ${zone}\n${changes}send\n`,
      });
    },
  };
}

function zoneHead(name: string): string {
  const ttl = knotTtlSeconds;
  return `$ORIGIN ${name}\n$TTL ${ttl}\n@ SOA ns hostmaster 1 3600 600 604800 ${ttl}`;
}

function knotSettings(folder: string, addresses: readonly string[], zones: readonly KnotZone[]): string {
  const { name, algorithm, secret } = updateKey;
  return `
server:
    rundir: "${folder}"
    listen: [ ${addresses.map(address => `${address}@53`).join(', ')} ]
log:
  - target: stderr
    any: info
database:
    storage: "${folder}"
key:
  - id: ${name}
    algorithm: ${algorithm}
    secret: ${secret}
acl:
  - id: update
    key: ${name}
    action: [ update, transfer ]
policy:
  - id: signed
    algorithm: ecdsap256sha256
    cds-cdnskey-publish: none
    # For tests whose clock is set on by months.
    rrsig-lifetime: 1000d
    zsk-lifetime: 0
template:
  - id: default
    storage: "${folder}"
    file: "%s.zone"
    zonefile-sync: -1
    dnssec-signing: on
    dnssec-policy: signed
    acl: update
zone:
${zones.map(zone => `  - domain: ${zone.name}\n`).join('')}`;
}
