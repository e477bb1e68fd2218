import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../delivery/clock.ts';
import { monthOf } from '../../delivery/spam/fading.ts';
import { extractFeatures } from '../../delivery/spam/features.ts';
import { emptyModel, predict } from '../../delivery/spam/model.ts';
import { loadModel, saveModel } from '../../delivery/spam/model-file.ts';
import { train } from '../../delivery/spam/train.ts';
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

/** Learns the folders `ham` and `spam` in a folder. */
function learnFolders(data: string, folder: string): ReturnType<typeof run> {
  const folders = ['--ham', join(folder, 'ham'), '--spam', join(folder, 'spam')];
  return run('--data', data, '--json', 'spam', 'learn', ...folders);
}

test('learned folders judge new messages, one JSON line each, in a stable order, without account or server', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const data = join(folder, 'data');
  const learned = learnFolders(data, folder);
  assert.equal(learned.status, 0, learned.stderr);
  const { model, ...counts } = JSON.parse(learned.stdout) as Record<string, unknown>;
  assert.deepEqual(counts, { learned: 24, ham: 12, spam: 12 });
  assert.equal(model, join(data, 'spam.model'));
  const again = learnFolders(data, folder);
  assert.equal((JSON.parse(again.stdout) as { learned: number }).learned, 0);
  const told = run('--data', data, 'spam', 'learn', '--ham', join(folder, 'ham'));
  assert.match(told.stdout, /^learned 0 of 12 messages; .* now knows 12 wanted and 12 unwanted ones$/m);
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
  for (const name of ['mail', 'empty']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'mail/1'), madeUp('ham', 1).raw);
  const wrong: [string[], RegExp][] = [
    [['learn'], /--ham PATH/],
    [['learn', '--ham', join(folder, 'missing')], /no such file or folder/],
    [['classify', join(folder, 'missing')], /no such file or folder/],
    [['classify', '--only', 'lynx', folder], /content, links/],
    [['classify'], /path/],
    [['unlearn', '--ham', join(folder, 'mail')], /nothing was learned/],
    [['evaluate', '--ham', join(folder, 'mail')], /--spam/],
    [['evaluate', '--ham', join(folder, 'mail'), '--spam', join(folder, 'empty')], /no messages there/],
    [
      ['evaluate', '--ham', join(folder, 'mail'), '--spam', join(folder, 'mail')],
      /only 1 messages could be read; give 5 or more/,
    ],
    [
      ['evaluate', '--ham', join(folder, 'mail'), '--spam', join(folder, 'mail'), '--max-lost', 'few'],
      /--max-lost few/,
    ],
    [
      ['evaluate', '--ham', join(folder, 'mail'), '--spam', join(folder, 'mail'), '--folds', '1'],
      /from 2 to 20/,
    ],
  ];
  for (const [words, says] of wrong) {
    const { status, stderr } = run('--data', data, 'spam', ...words);
    assert.equal(status, 2, words.join(' '));
    assert.match(stderr, says);
  }
  assert.equal(existsSync(data), false);
});

/** What `spam evaluate --json` prints, as far as it is looked at here. */
interface Printed {
  readonly ham: number;
  readonly spam: number;
  readonly leftOut: number;
  readonly known: number | null;
  readonly asTheyAre: { oneMinusAuc: number; curve: unknown[]; calibration: unknown[] };
  readonly choice: {
    cut: { threshold: number; lostHam: number };
    lostBelow: number;
    needsHam: number;
  } | null;
}

test('mail is tried before it is learned: figures for people and machines, and the threshold for a wanted loss', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const data = join(folder, 'data');
  const paths = ['--ham', join(folder, 'ham'), '--spam', join(folder, 'spam')];
  const shown = run('--data', data, 'spam', 'evaluate', ...paths, '--max-lost', '10%');
  assert.equal(shown.status, 0, shown.stderr);
  assert.match(shown.stdout, /^12 ham \(wanted\) and 12 spam messages/);
  for (const words of [
    /1-AUC +\d/,
    /missed spam at <= 0\.05 % lost ham/,
    /0\.9 to 1 +\d+/,
    /set spam\.junkAt: 0\.\d/,
  ])
    assert.match(shown.stdout, words);
  const few = run(
    '--data',
    data,
    '--json',
    'spam',
    'evaluate',
    ...paths,
    '--max-lost',
    '0.001',
    '--sample',
    '22',
  );
  assert.equal(few.status, 1, 'twelve are too few to tell a loss of 0.1 %');
  const { ham, spam, leftOut, known, asTheyAre, choice } = JSON.parse(few.stdout) as Printed;
  assert.deepEqual(
    [ham + spam, leftOut, known, choice?.needsHam, choice?.cut.lostHam],
    [22, 2, null, 1000, 0],
  );
  assert.ok(asTheyAre.oneMinusAuc < 0.1 && (choice?.lostBelow ?? 0) > 0.2);
  assert.deepEqual([asTheyAre.curve.length, asTheyAre.calibration.length], [6, 10]);
  assert.equal(existsSync(data), false, 'nothing was learned');
});

test('the model of the instance is tried, and says which messages it has learned', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const data = join(folder, 'data');
  const paths = ['--ham', join(folder, 'ham'), '--spam', join(folder, 'spam')];
  run(
    '--data',
    data,
    'spam',
    'learn',
    '--ham',
    join(folder, 'ham/inner'),
    '--spam',
    join(folder, 'spam/0.eml'),
  );
  const tried = run('--data', data, '--json', 'spam', 'evaluate', ...paths, '--with-model');
  assert.equal(tried.status, 0, tried.stderr);
  assert.deepEqual((JSON.parse(tried.stdout) as Printed).known, 7);
});

test('what was learned of a folder is taken back, and classifying is as if it had never been learned', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const data = join(folder, 'data');
  const judged = () => run('--data', data, 'spam', 'classify', join(folder, 'new')).stdout;
  const before = judged();
  run('--data', data, 'spam', 'learn', '--ham', join(folder, 'ham'), '--spam', join(folder, 'spam'));
  assert.notEqual(judged(), before);
  const wrong = run('--data', data, '--json', 'spam', 'unlearn', '--spam', join(folder, 'ham'));
  assert.deepEqual([wrong.status, JSON.parse(wrong.stdout).unlearned], [1, 0]);
  const back = run(
    '--data',
    data,
    '--json',
    'spam',
    'unlearn',
    '--ham',
    join(folder, 'ham'),
    '--spam',
    join(folder, 'spam'),
  );
  assert.equal(back.status, 0, back.stderr);
  const { unlearned, unknown, ham, spam } = JSON.parse(back.stdout) as Record<string, number>;
  assert.deepEqual([unlearned, unknown, ham, spam], [24, 0, 0, 0]);
  for (const [at, { score }] of linesOf(judged()).entries())
    assert.ok(Math.abs(score - (linesOf(before)[at]?.score ?? 1)) < 0.001);
});

test('a message that is taken back is as if it had never been learned', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const [all, without] = [join(folder, 'all'), join(folder, 'without')];
  const [ham, spam, one] = [join(folder, 'ham'), join(folder, 'spam'), join(folder, 'spam/3.eml')];
  run('--data', all, 'spam', 'learn', '--ham', ham, '--spam', spam);
  assert.equal(run('--data', all, 'spam', 'unlearn', '--spam', one).status, 0);
  rmSync(one);
  run('--data', without, 'spam', 'learn', '--ham', ham, '--spam', spam);
  const [after, never] = [all, without].map(
    data => run('--data', data, 'spam', 'classify', join(folder, 'new')).stdout,
  );
  assert.equal(after, never);
});

test('what was learned years ago fades when something new is learned, and a message is taken back all the same', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const data = join(folder, 'data');
  mkdirSync(data);
  const path = join(data, 'spam.model');
  const [then, now] = [monthOf(systemClock.now()) - 24, monthOf(systemClock.now())];
  const old = Array.from({ length: 20 }, (_, at) => ({
    features: extractFeatures(madeUp(at % 2 ? 'spam' : 'ham', 2000 + at)),
    isSpam: at % 2 === 1,
  }));
  const model = emptyModel();
  train(model, old, then);
  saveModel(path, model);
  assert.equal(run('--data', data, 'spam', 'learn', '--ham', join(folder, 'ham/1.eml')).status, 0);
  const faded = loadModel(path);
  // The run may begin a new month.
  assert.ok(faded && faded.month >= now, String(faded?.month));
  assert.deepEqual(faded.counts, { ham: 11, spam: 10 });
  assert.ok(faded.mass.spam <= model.mass.spam / 4, String(faded.mass.spam));
  assert.equal(run('--data', data, 'spam', 'unlearn', '--ham', join(folder, 'ham/1.eml')).status, 0);
  const straight = emptyModel();
  train(
    straight,
    old.map(sample => ({ ...sample, month: then })),
    faded.month,
  );
  const back = loadModel(path);
  assert.ok(back);
  for (const name of ['ham', 'spam'] as const) {
    const features = extractFeatures(madeUp(name, 4000));
    assert.equal(predict(back, features), predict(straight, features));
  }
});

test('a mailbox file is learned and judged message by message', context => {
  const folder = temporaryFolder(context);
  corpus(folder);
  const data = join(folder, 'data');
  const line = Buffer.from('From demo@sender.example Mon Mar  3 10:00:00 2025\n');
  const mailbox = (kind: 'ham' | 'spam', first: number) =>
    Buffer.concat(
      Array.from({ length: 12 }, (_, at) => [line, madeUp(kind, first + at).raw, Buffer.from('\n')]).flat(),
    );
  for (const kind of ['ham', 'spam'] as const) writeFileSync(join(folder, `${kind}.mbox`), mailbox(kind, 0));
  const learned = run(
    '--data',
    data,
    '--json',
    'spam',
    'learn',
    '--ham',
    join(folder, 'ham.mbox'),
    '--spam',
    join(folder, 'spam.mbox'),
  );
  assert.deepEqual([learned.status, JSON.parse(learned.stdout).learned], [0, 24]);
  // The same messages one by one are known already.
  const again = learnFolders(data, folder);
  assert.equal(JSON.parse(again.stdout).learned, 0);
  const path = join(folder, 'new.mbox');
  writeFileSync(path, mailbox('spam', 700));
  const lines = linesOf(run('--data', data, 'spam', 'classify', path).stdout);
  assert.deepEqual(
    lines.map(one => one.path),
    Array.from({ length: 12 }, (_, at) => `${path}:${at + 1}`),
  );
  assert.ok(lines.every(({ verdict }) => verdict === 'spam'));
});
