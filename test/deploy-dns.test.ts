import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { requireService, type ServiceName } from './support/services.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const folder = join(import.meta.dirname, '..', 'config', 'deploy', 'dns');
const secret = Buffer.alloc(32, 7).toString('base64');

interface Snippet {
  readonly file: string;
  readonly service: ServiceName;
  readonly checker: string;
  readonly words: (file: string) => readonly string[];
  /** What stands in front of it in an administrator's own file. */
  readonly around: (folder: string) => string;
}

const snippets: readonly Snippet[] = [
  {
    file: 'knot.conf',
    service: 'knot',
    checker: 'knotc',
    words: file => ['-c', file, 'conf-check'],
    around: data => `server:\n  rundir: "${data}"\n`,
  },
  {
    file: 'named.conf',
    service: 'bind9Utils',
    checker: 'named-checkconf',
    words: file => [file],
    around: () => '',
  },
  { file: 'nsd.conf', service: 'nsd', checker: 'nsd-checkconf', words: file => [file], around: () => '' },
];

for (const { file, service, checker, words, around } of snippets) {
  test(`${checker} takes what config/deploy/dns/${file} has for it`, async t => {
    const found = requireService(t, service);
    if (!found) return;
    const data = temporaryFolder(t);
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('SECRET"', `${secret}"`);
    const path = join(data, file);
    writeFileSync(path, around(data) + text);
    const command = join(found, '..', checker);
    const { status, stdout, stderr } = spawnSync(command, words(path), { encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
}
