import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { atEnd } from '../../support/at-end.ts';
import { unconfined } from '../../support/dns/unconfined.ts';
import { poll } from '../../support/poll.ts';
import { findService } from '../../support/services.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { secret } from './harness.ts';

type Owner = Pick<TestContext, 'after'>;

/** A port of loopback that neither UDP nor TCP uses now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const udp = createSocket('udp4');
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  udp.close();
  server.close();
  await once(server, 'close');
  return port;
}

/** What kdig prints, errors with it. */
export function kdig(port: number, ...words: string[]): Promise<string> {
  return output(findService('kdig') ?? 'kdig', [
    '@127.0.0.1',
    '-p',
    String(port),
    '+retry=0',
    '+time=5',
    ...words,
  ]);
}

/** What dig prints. */
export function dig(port: number, ...words: string[]): Promise<string> {
  return output('dig', ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=5', ...words]);
}

function output(program: string, words: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    execFile(program, words, { maxBuffer: 2 ** 28 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** Lines of the records in what kdig or dig printed, without TSIG, white space made one, sorted, each once. */
export function recordsOf(text: string): string[] {
  const lines = text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith(';') && !/\sTSIG\s/.test(line));
  return [...new Set(lines.map(line => line.replace(/\s+/g, ' ')))].sort();
}

/** A name server under test, started by this test and stopped with it. */
export interface Program {
  readonly port: number;
  readonly folder: string;
  readonly log: readonly string[];
  /** Waits for a line of the log. */
  said(pattern: RegExp): Promise<string>;
  /** Serial of a zone that it serves; null when it does not. */
  serialOf(zone: string): Promise<number | null>;
  /** Waits until it serves a zone at this serial, or at none. */
  has(zone: string, serial: number | null): Promise<void>;
  stop(): Promise<void>;
}

async function startProgram(
  t: Owner,
  { port, folder, words }: { port: number; folder: string; words: readonly [string, ...string[]] },
): Promise<Program> {
  const [command, ...rest] = words;
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', line => void log.push(line));
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  atEnd(t, stop);
  const serialOf = async (zone: string) => {
    const text = await kdig(port, '+norec', '+short', '+time=1', zone, 'SOA');
    const serial = text.trim().split(' ')[2];
    return serial !== undefined && /^\d+$/.test(serial) ? Number(serial) : null;
  };
  const orLog = <T>(wait: Promise<T>) =>
    wait.catch(error => {
      throw new Error(`${error.message}:\n${log.slice(-40).join('\n')}`);
    });
  return {
    port,
    folder,
    log,
    serialOf,
    said: pattern => orLog(poll(`a line like ${pattern}`, () => log.find(line => pattern.test(line)))),
    async has(zone, serial) {
      const isThere = async () => ((await serialOf(zone)) === serial ? true : undefined);
      await orLog(poll(`${zone} at ${serial}`, isThere));
    },
    stop,
  };
}

export interface SecondarySettings {
  readonly primaryPort: number;
  readonly zones: readonly string[];
  /** A catalog zone whose members it is to fetch, too. */
  readonly catalog?: string;
}

/** knotd that fetches zones from the primary, and takes its NOTIFY, with the key of the harness. */
export async function startKnotSecondary(t: Owner, settings: SecondarySettings): Promise<Program> {
  const [folder, port] = [temporaryFolder(t), await freePort()];
  const { primaryPort, zones, catalog } = settings;
  const interpreted = catalog
    ? `  - domain: ${catalog}\n    template: member\n    catalog-role: interpret\n    catalog-template: member\n`
    : '';
  writeFileSync(
    join(folder, 'knot.conf'),
    `
server:
  rundir: "${folder}"
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stdout
    any: info
database:
  storage: "${folder}"
  journal-db-max-size: 50M
  kasp-db-max-size: 50M
  timer-db-max-size: 50M
  catalog-db-max-size: 50M
key:
  - id: secondary.example
    algorithm: hmac-sha256
    secret: ${secret}
remote:
  - id: primary
    address: 127.0.0.1@${primaryPort}
    key: secondary.example
acl:
  - id: notify
    address: 127.0.0.1
    key: secondary.example
    action: notify
  - id: transfer
    address: 127.0.0.1
    action: transfer
template:
  - id: default
    storage: "${folder}"
  - id: member
    storage: "${folder}"
    zonefile-sync: -1
    zonefile-load: none
    journal-content: all
    master: primary
    acl: [notify, transfer]
zone:
${zones.map(zone => `  - domain: ${zone}\n    template: member\n`).join('')}${interpreted}`,
  );
  const words = [findService('knot') ?? 'knotd', '-c', join(folder, 'knot.conf')] as const;
  return startProgram(t, { port, folder, words: [...words] });
}

/** named, in the same place. */
export async function startNamedSecondary(t: Owner, settings: SecondarySettings): Promise<Program> {
  const [folder, port] = [temporaryFolder(t), await freePort()];
  const { primaryPort, zones, catalog } = settings;
  const primaries = `primaries { 127.0.0.1 port ${primaryPort} key "secondary.example"; }`;
  const rest = `type secondary; ${primaries}; allow-notify { key "secondary.example"; };`;
  const all = catalog ? [...zones, catalog] : zones;
  const catalogs = catalog
    ? `catalog-zones { zone "${catalog}" default-${primaries} in-memory yes min-update-interval 1; };`
    : '';
  writeFileSync(
    join(folder, 'named.conf'),
    `
key "secondary.example" { algorithm hmac-sha256; secret "${secret}"; };
options {
  directory "${folder}"; pid-file none; session-keyfile none; lock-file none; recursion no; notify no;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; allow-transfer { 127.0.0.1; };
  serial-query-rate 1000; transfers-in 100; transfers-per-ns 100;
  dnssec-validation no; ${catalogs}
};
controls { };
${all.map((zone, index) => `zone "${zone}" { ${rest} file "zone${index}"; };\n`).join('')}`,
  );
  const words = [unconfined('bind9', folder), '-g', '-n', '1', '-c', join(folder, 'named.conf')] as const;
  return startProgram(t, { port, folder, words: [...words] });
}

/** nsd, in the same place. It knows no catalogs. */
export async function startNsdSecondary(t: Owner, settings: SecondarySettings): Promise<Program> {
  const [folder, port] = [temporaryFolder(t), await freePort()];
  const primary = `127.0.0.1@${settings.primaryPort} secondary.example`;
  writeFileSync(
    join(folder, 'nsd.conf'),
    `
server:
  server-count: 1
  ip-address: 127.0.0.1@${port}
  port: ${port}
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: "${folder}/pid"
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  logfile: ""
  verbosity: 3
remote-control:
  control-enable: no
key:
  name: secondary.example
  algorithm: hmac-sha256
  secret: "${secret}"
${settings.zones
  .map(
    zone => `zone:
  name: ${zone}
  zonefile: "${zone}zone"
  allow-notify: 127.0.0.1 secondary.example
  request-xfr: ${primary}
  provide-xfr: 127.0.0.1 NOKEY
`,
  )
  .join('')}`,
  );
  const words = [findService('nsd') ?? 'nsd', '-d', '-c', join(folder, 'nsd.conf')] as const;
  return startProgram(t, { port, folder, words: [...words] });
}

const plainZone = (zone: string) => `$ORIGIN ${zone}.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
taken A 192.0.2.1
`;

/** knotd as the primary of a zone that the key of the harness may change; the key `reader.example` may not. */
export async function startKnotPrimary(t: Owner, zone: string): Promise<Program> {
  const [folder, port] = [temporaryFolder(t), await freePort()];
  writeFileSync(join(folder, 'zone'), plainZone(zone));
  writeFileSync(
    join(folder, 'knot.conf'),
    `
server:
  rundir: "${folder}"
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stdout
    any: info
database:
  storage: "${folder}"
  journal-db-max-size: 50M
  kasp-db-max-size: 50M
  timer-db-max-size: 50M
key:
  - id: secondary.example
    algorithm: hmac-sha256
    secret: ${secret}
  - id: reader.example
    algorithm: hmac-sha256
    secret: ${secret}
acl:
  - id: update
    key: secondary.example
    action: update
zone:
  - domain: ${zone}
    file: "${folder}/zone"
    acl: update
`,
  );
  const words = [findService('knot') ?? 'knotd', '-c', join(folder, 'knot.conf')] as const;
  return startProgram(t, { port, folder, words: [...words] });
}

/** named, the same. */
export async function startNamedPrimary(t: Owner, zone: string): Promise<Program> {
  const [folder, port] = [temporaryFolder(t), await freePort()];
  writeFileSync(join(folder, 'zone'), plainZone(zone));
  writeFileSync(
    join(folder, 'named.conf'),
    `
key "secondary.example" { algorithm hmac-sha256; secret "${secret}"; };
key "reader.example" { algorithm hmac-sha256; secret "${secret}"; };
options {
  directory "${folder}"; pid-file none; session-keyfile none; lock-file none; recursion no; notify no;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; dnssec-validation no;
};
controls { };
zone "${zone}" { type primary; file "zone"; allow-update { key "secondary.example"; }; };
`,
  );
  const words = [unconfined('bind9', folder), '-g', '-n', '1', '-c', join(folder, 'named.conf')] as const;
  return startProgram(t, { port, folder, words: [...words] });
}
