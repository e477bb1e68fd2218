import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { kdig as askByKdig } from '../../support/dns/secondaries/ask.ts';
import { type NameServer, startNameServer } from '../../support/dns/secondaries/name-server.ts';
import { unconfined } from '../../support/dns/unconfined.ts';
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
  return askByKdig(port, '+retry=0', '+time=5', ...words);
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

const plainZone = (zone: string) => `$ORIGIN ${zone}.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
taken A 192.0.2.1
`;

/** knotd as the primary of a zone that the key of the harness may change; the key `reader.example` may not. */
export async function startKnotPrimary(t: Owner, zone: string): Promise<NameServer> {
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
  return startNameServer(t, port, words);
}

/** named, the same. */
export async function startNamedPrimary(t: Owner, zone: string): Promise<NameServer> {
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
  return startNameServer(t, port, words);
}
