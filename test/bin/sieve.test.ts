import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCommand } from '../support/command.ts';

test('each fault of a script is told with its line, and the exit code says so', async t => {
  const { run, folder } = openCommand(t);
  writeFileSync(join(folder, 'good.sieve'), 'require "fileinto";\nfileinto "Work";\n');
  writeFileSync(join(folder, 'bad.sieve'), 'fileinto "Work";\n  redirect "a@example.net";\n');
  const good = await run(['sieve', 'check', 'good.sieve']);
  assert.deepEqual(good, { code: 0, stdout: 'good.sieve: no faults\n', stderr: '' });
  const bad = await run(['sieve', 'check', 'good.sieve', 'bad.sieve']);
  assert.equal(bad.code, 1);
  assert.deepEqual(bad.stdout.trim().split('\n'), [
    'good.sieve: no faults',
    'bad.sieve:1:1: fileinto needs require "fileinto"',
    "bad.sieve:2:3: this server can't forward yet",
  ]);
  const machine = await run(['sieve', 'check', '-', '--json'], { input: 'keep' });
  assert.deepEqual([machine.code, JSON.parse(machine.stdout).faults[0].line], [1, 1]);
  const missing = await run(['sieve', 'check', 'nothing.sieve']);
  assert.deepEqual([missing.code, missing.stdout], [2, '']);
  assert.match(missing.stderr, /nothing\.sieve/);
});

test('a script is tried on a message: its lines, and what it decides', async t => {
  const { run, folder } = openCommand(t);
  const script = [
    'require ["fileinto", "imap4flags", "envelope"];',
    'if header :contains "subject" "boat" { keep; }',
    'elsif envelope "from" "bob@example.net" {',
    '  fileinto :flags "\\\\Seen" "Bob";',
    '}',
  ];
  writeFileSync(join(folder, 'a.sieve'), script.join('\n'));
  writeFileSync(join(folder, 'bad.sieve'), 'nothing;');
  const message = 'Subject: car\r\n\r\ntext\r\n';
  const words = ['sieve', 'try', 'a.sieve', '-'];
  const tried = await run([...words, '--from', '<bob@example.net>'], { input: message });
  assert.equal(tried.code, 0, tried.stderr);
  assert.deepEqual(tried.stdout.trim().split('\n'), [
    'line 2: header: false',
    'line 3: envelope: true',
    'line 4: fileinto',
    '=> fileinto "Bob" with \\Seen (line 4)',
  ]);
  const other = await run([...words, '--json'], { input: message });
  assert.deepEqual(JSON.parse(other.stdout).actions, [{ kind: 'keep', flags: [], line: null }]);
  const refused = await run(['sieve', 'try', 'bad.sieve', '-'], { input: message });
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
  assert.match(refused.stderr, /bad\.sieve:1:1: "nothing" is not a command/);
});
