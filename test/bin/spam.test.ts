import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { madeUp } from '../delivery/spam/messages.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = join(import.meta.dirname, '../../bin/caliopen');

function run(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(program, words, { encoding: 'utf8' });
}

function linesOf(stdout: string): { path: string; verdict: string; score: number }[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as { path: string; verdict: string; score: number });
}

/** Folders `ham` and `spam` to learn and `new` to judge, some files behind a mailbox line. */
function corpus(folder: string): void {
  for (const name of ['ham/inner', 'spam', 'new/b', 'new/a'])
    mkdirSync(join(folder, name), { recursive: true });
  for (let at = 0; at < 12; at++) {
    writeFileSync(join(folder, at % 2 ? 'ham' : 'ham/inner', `${at}.eml`), madeUp('ham', at).raw);
    const line = Buffer.from('From demo@sender.example Mon Mar  3 10:00:00 2025\n');
    writeFileSync(join(folder, 'spam', `${at}.eml`), Buffer.concat([line, madeUp('spam', at).raw]));
  }
  writeFileSync(join(folder, 'new/b/2.eml'), madeUp('spam', 500).raw);
  writeFileSync(join(folder, 'new/a/1.eml'), madeUp('ham', 500).raw);
  writeFileSync(join(folder, 'new/3.eml'), madeUp('spam', 501).raw);
}

test('learned folders judge new messages, one JSON line each, in a stable order, without account or server', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const data = join(folder, 'data');
  const learned = run(
    '--data',
    data,
    '--json',
    'spam',
    'learn',
    '--ham',
    join(folder, 'ham'),
    '--spam',
    join(folder, 'spam'),
  );
  assert.equal(learned.status, 0, learned.stderr);
  const { model, ...counts } = JSON.parse(learned.stdout) as Record<string, unknown>;
  assert.deepEqual(counts, { learned: 24, ham: 12, spam: 12 });
  assert.equal(model, join(data, 'spam.model'));
  const again = run(
    '--data',
    data,
    '--json',
    'spam',
    'learn',
    '--ham',
    join(folder, 'ham'),
    '--spam',
    join(folder, 'spam'),
  );
  assert.equal((JSON.parse(again.stdout) as { learned: number }).learned, 0);
  const asked = `${join(folder, 'new')}/`;
  const classified = run('--data', data, 'spam', 'classify', asked, join(folder, 'spam/0.eml'));
  assert.equal(classified.status, 0, classified.stderr);
  const lines = linesOf(classified.stdout);
  assert.deepEqual(
    lines.map(({ path, verdict }) => [path, verdict]),
    [
      [`${asked}3.eml`, 'spam'],
      [`${asked}a/1.eml`, 'ham'],
      [`${asked}b/2.eml`, 'spam'],
      [join(folder, 'spam/0.eml'), 'spam'],
    ],
  );
  for (const { score } of lines) assert.ok(score >= 0 && score <= 1);
});

test('a model learned with options of its own is used with these options and disturbs no other', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const data = join(folder, 'data');
  const options = ['--only', 'content,links', '--no-prior'];
  const learned = run(
    '--data',
    data,
    'spam',
    'learn',
    '--ham',
    join(folder, 'ham'),
    '--spam',
    join(folder, 'spam'),
    ...options,
  );
  assert.equal(learned.status, 0, learned.stderr);
  assert.equal(existsSync(join(data, 'spam.model')), false);
  const lines = linesOf(run('--data', data, 'spam', 'classify', join(folder, 'new'), ...options).stdout);
  assert.deepEqual(
    lines.map(({ score }) => score > 0.5),
    [true, false, true],
  );
});

test('without a prior and without learning, every message is a coin toss', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const lines = linesOf(
    run('--data', join(folder, 'data'), 'spam', 'classify', '--no-prior', join(folder, 'new')).stdout,
  );
  assert.deepEqual(
    lines.map(({ score }) => score),
    [0.5, 0.5, 0.5],
  );
});

test('wrong use ends with 2 and says what to do', context => {
  const folder = temporaryFolder(context);
  const data = join(folder, 'data');
  const wrong: [string[], RegExp][] = [
    [['learn'], /--ham PATH/],
    [['learn', '--ham', join(folder, 'missing')], /no such file or folder/],
    [['classify', join(folder, 'missing')], /no such file or folder/],
    [['classify', '--only', 'lynx', folder], /content, links/],
    [['classify'], /path/],
  ];
  for (const [words, says] of wrong) {
    const { status, stderr } = run('--data', data, 'spam', ...words);
    assert.equal(status, 2, words.join(' '));
    assert.match(stderr, says);
  }
  assert.equal(existsSync(data), false);
});
