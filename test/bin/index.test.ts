import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const command = join(import.meta.dirname, '../../bin/caliopen');

function run(
  words: readonly string[],
  input: string,
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, words, { input, encoding: 'utf8', timeout: 20_000 });
}

test('caliopen index message prints the index of the facts on standard input', () => {
  const facts = { encryption: 'none', lastHop: 'modern', habit: 0.145, custody: 'unknown' };
  const { status, stdout, stderr } = run(['index', 'message'], JSON.stringify(facts));
  assert.equal(stderr, '');
  assert.equal(status, 0);
  const index = JSON.parse(stdout);
  assert.equal(index.version, 1);
  assert.equal(index.value, 13);
  assert.equal(index.parts.behaviour, 3);
  assert.deepEqual(Object.keys(index), [
    'subject',
    'version',
    'value',
    'level',
    'parts',
    'facts',
    'upTo',
    'next',
  ]);
});

test('an empty discussion has the value null', () => {
  const { status, stdout } = run(['--json', 'index', 'discussion'], '{"messages": [], "marked": []}');
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).value, null);
  assert.equal(stdout.trim().split('\n').length, 1);
});

test('bad input of every kind exits 2, says what is wrong, and prints nothing', () => {
  const cases: [words: string[], input: string, said: RegExp][] = [
    [['index', 'message'], '{"encryption": "nun", "colour": 1}', /encryption: found "nun"(?:.|\n)*colour/],
    [['index', 'message'], '{"forged": true}', /forged/],
    [['index', 'message'], '{"encryption": ', /not JSON/],
    [['index', 'message'], '', /empty/],
    [['index', 'message'], '[]', /one object of facts/],
    [['index', 'mesage'], '{}', /did you mean "message"/],
    [['index', 'instance'], '{}', /unknown subject "instance"/],
    [['index'], '{}', /subject is missing/],
    [['index', 'message', '--nothing'], '{}', /unknown option/],
    [['index', 'message', 'contact'], '{}', /too many arguments/],
  ];
  for (const [words, input, said] of cases) {
    const { status, stdout, stderr } = run(words, input);
    assert.equal(status, 2, words.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, said);
  }
});

test('caliopen index --words prints the names and sentences in both languages', () => {
  const { status, stdout } = run(['index', '--words'], '');
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).levels.E.fr, 'à découvert');
});
