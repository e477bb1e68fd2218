import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { type TestContext, test } from 'node:test';
import { requireService, type ServiceName } from './support/services.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { verdictOf } from './support/verdict.ts';

interface Machine {
  readonly programs: readonly string[];
  readonly isRoot?: boolean;
  readonly CI?: string;
}

/** What a test that needs `name` is told on a machine with these `programs`, and what the runner reads of it. */
function ask(t: TestContext, name: ServiceName, { programs, isRoot = true, CI = '' }: Machine) {
  const folder = temporaryFolder(t);
  for (const program of programs) {
    writeFileSync(join(folder, program), '');
    chmodSync(join(folder, program), 0o755);
  }
  const skippedFile = join(folder, 'skipped');
  writeFileSync(skippedFile, '');
  const before = { PATH: env.PATH, CI: env.CI, CALIOPEN_TEST_SKIPPED: env.CALIOPEN_TEST_SKIPPED };
  Object.assign(env, { PATH: folder, CI, CALIOPEN_TEST_SKIPPED: skippedFile });
  const skips: unknown[] = [];
  const asking = { name: 'a test', skip: (why?: string) => void skips.push(why) };
  try {
    const found = requireService(asking, name, isRoot);
    return {
      found: found?.replace(`${folder}/`, '') ?? null,
      skips,
      told: readFileSync(skippedFile, 'utf8'),
    };
  } finally {
    for (const [key, value] of Object.entries(before)) {
      if (value === undefined) delete env[key];
      else env[key] = value;
    }
  }
}

test('a test whose service is missing is skipped, and the runner is told which and how to get it', t => {
  const line = 'a test: needs swaks (Debian: swaks, libnet-ssleay-perl)';
  assert.deepEqual(ask(t, 'swaks', { programs: [] }), { found: null, skips: [line], told: `${line}\n` });
  assert.deepEqual(ask(t, 'swaks', { programs: ['swaks'] }), { found: 'swaks', skips: [], told: '' });
});

test('a service that only root can start is missing to everybody else', t => {
  const machine = { programs: ['postfix', 'gpg'] };
  assert.equal(ask(t, 'postfix', machine).found, 'postfix');
  const line = 'a test: needs postfix started by root';
  assert.deepEqual(ask(t, 'postfix', { ...machine, isRoot: false }), {
    found: null,
    skips: [line],
    told: `${line}\n`,
  });
  assert.equal(ask(t, 'gnupg', { ...machine, isRoot: false }).found, 'gpg');
});

test('with CI set a missing service is a failure', t => {
  assert.throws(() => ask(t, 'swaks', { programs: [], CI: '1' }), /needs swaks/);
});

test('a run is green only when all of it was run, passed and left nothing behind', () => {
  const run = { passed: true, leftovers: [], skipped: [], isStrict: false };
  assert.deepEqual(verdictOf(run), { code: 0, lines: [] });
  const skipped = ['one: needs swaks', 'one: needs swaks', 'two: needs postfix'];
  assert.deepEqual(verdictOf({ ...run, skipped }), {
    code: 3,
    lines: ['NOT RUN: one: needs swaks', 'NOT RUN: two: needs postfix', 'INCOMPLETE: 2 tests were not run'],
  });
  assert.equal(verdictOf({ ...run, skipped, isStrict: true }).code, 1);
  assert.equal(verdictOf({ ...run, skipped, passed: false }).code, 1);
  assert.deepEqual(verdictOf({ ...run, leftovers: ['file'] }), { code: 1, lines: ['LEFT BEHIND: file'] });
});
