import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jsonLines, openCommand } from '../support/command.ts';

const commands = [
  ...['serve', 'demo', 'domain', 'account', 'keys', 'inspect', 'index', 'spam', 'store', 'doctor'],
] as const;

test('--help names every command, and every command has its own with the options for all', async t => {
  const { run, folder } = openCommand(t);
  const all = await run(['--help']);
  assert.equal(all.code, 0);
  for (const command of commands) assert.match(all.stdout, new RegExp(`^  ${command}\\b`, 'm'));
  const runs = await Promise.all(
    commands.map(async command => ({ command, ...(await run([command, '--help'])) })),
  );
  for (const { command, code, stdout, stderr } of runs) {
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^Usage: caliopen ${command}`));
    for (const option of ['--config', '--data', '--json']) assert.ok(stdout.includes(option), command);
  }
  assert.ok(!existsSync(join(folder, 'data')));
});

test('commands, options and words that are not known exit 2 and point to the help', async t => {
  const { run, folder } = openCommand(t);
  for (const words of [
    ['domian', 'list'],
    ['domain', 'lsit'],
    ['domain', 'list', '--bogus'],
    ['--bogus', 'domain', 'list'],
    ['domain', 'add'],
    ['domain', 'list', 'extra'],
    ['account', 'add', 'zoe@example.org', '--custody', 'elsewhere'],
  ]) {
    const { code, stdout, stderr } = await run(words);
    assert.equal(code, 2, words.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /^error: .+\n(\(Did you mean .+\)\n)?\(caliopen --help/, words.join(' '));
  }
  const bare = await run([]);
  assert.equal(bare.code, 2);
  assert.match(bare.stderr, /^Usage: caliopen/);
  assert.ok(!existsSync(join(folder, 'data')));
});

test('faults of settings are told all at once, each with what was found and what is allowed, and exit 2', async t => {
  const { run, folder } = openCommand(t);
  writeFileSync(join(folder, 'bad.yaml'), 'web:\n  port: many\nsmpt:\n  port: 25\nspam:\n  junkAt: 7\n');
  const { code, stdout, stderr } = await run(['--config', 'bad.yaml', 'domain', 'list'], {
    environment: { CALIOPEN_JUDGE_THREADS: 'all' },
  });
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^caliopen: the settings have faults:/);
  assert.match(stderr, /bad\.yaml.*: web\.port: found .*many.*; allowed: /);
  assert.match(stderr, /bad\.yaml.*: smpt.*found an unknown key; .*did you mean smtp/);
  assert.match(stderr, /bad\.yaml.*: spam\.junkAt: found 7; allowed: /);
  assert.match(stderr, /CALIOPEN_JUDGE_THREADS: judge\.threads: found .*all/);
  const asJson = await run(['--config', 'bad.yaml', '--json', 'domain', 'list']);
  assert.equal(asJson.code, 2);
  assert.equal(jsonLines(asJson.stderr)[0]?.error, 'badSettings');
  const missing = await run(['--config', 'missing.yaml', 'domain', 'list']);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /missing\.yaml/);
});

test('the settings file, the environment and --data say where the data lies; the nearest wins', async t => {
  const { run, folder } = openCommand(t);
  writeFileSync(join(folder, 'mine.yaml'), 'data: ./of-file\n');
  assert.equal((await run(['--config', 'mine.yaml', 'domain', 'add', 'file.example'])).code, 0);
  assert.ok(existsSync(join(folder, 'of-file', 'instance.key')));
  const environment = { CALIOPEN_DATA: join(folder, 'of-environment'), CALIOPEN_CONFIG: 'mine.yaml' };
  assert.equal((await run(['domain', 'add', 'environment.example'], { environment })).code, 0);
  assert.ok(existsSync(join(folder, 'of-environment')));
  const named = await run(['--data', './of-option', 'domain', 'add', 'option.example'], { environment });
  assert.equal(named.code, 0, named.stderr);
  const listed = await run(['domain', 'list', '--json', '--data', 'of-option'], { environment });
  assert.deepEqual(
    jsonLines(listed.stdout).map(row => row.name),
    ['option.example'],
  );
});

test('a folder may be called like a command', async t => {
  const { run } = openCommand(t);
  const { code, stderr } = await run(['--data', 'store', 'domain', 'list']);
  assert.equal(code, 0, stderr);
});

test('a data folder that is none is told with what to do, and exits 1', async t => {
  const { run, folder } = openCommand(t);
  writeFileSync(join(folder, 'data'), 'a file');
  const { code, stderr } = await run(['domain', 'list']);
  assert.equal(code, 1);
  assert.match(stderr, /^caliopen: the data folder .*--data/);
});

test('the command works through a link, from a path with spaces', async t => {
  const { run, folder } = openCommand(t);
  const place = join(folder, 'a place');
  mkdirSync(place);
  symlinkSync(join(import.meta.dirname, '..', '..', 'bin', 'caliopen'), join(place, 'linked'));
  const { code, stdout } = await run(['domain', 'add', 'example.org'], {
    environment: { CALIOPEN_DATA: join(place, 'data') },
    command: join(place, 'linked'),
  });
  assert.equal(code, 0);
  assert.match(stdout, /^added example\.org/);
  assert.ok(existsSync(join(place, 'data', 'instance.key')));
});
