import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isThere, type Peer, run } from './peer.ts';
import type { Sample } from './samples.ts';

/** Without network, with Bayes, which learns nothing by itself. */
export const spamAssassin: Peer = {
  name: 'SpamAssassin',
  threshold: share(5),
  isProbability: false,
  isInstalled: () => isThere('spamassassin', '--version'),
  judge(folder, learned, judged) {
    const settings = [`bayes_path ${join(folder, 'bayes')}`, 'bayes_auto_learn 0', 'report_safe 0'];
    const words = settings.flatMap(line => ['--cf', line]);
    for (const [flag, isSpam] of [
      ['--ham', false],
      ['--spam', true],
    ] as const) {
      const path = join(folder, flag.slice(2));
      writeFileSync(path, mailbox(learned.filter(sample => sample.isSpam === isSpam)));
      run('sa-learn', ['-L', ...words, flag, '--mbox', path], '');
    }
    return scoresIn(run('spamassassin', ['-L', ...words, '--mbox'], mailbox(judged)), judged.length);
  },
};

/** A score of any size as one of 0..1, in the same order. */
function share(score: number): number {
  return 1 / (1 + Math.exp(-score / 8));
}

/** Messages behind each other, each with its number: they come back in another order. */
function mailbox(samples: readonly Sample[]): Buffer {
  const messages = samples.map(({ raw }, at) => {
    const text = Buffer.from(raw)
      .toString('latin1')
      .replaceAll('\r\n', '\n')
      .replace(/^(>*From )/gm, '>$1');
    return `From m${at}@bench.example Mon Mar  3 10:00:00 2025\n${text}\n\n`;
  });
  return Buffer.from(messages.join(''), 'latin1');
}

/** The score of each number: of the first status field behind its separator, which is its own. */
function scoresIn(output: string, count: number): number[] {
  const scores = Array.from({ length: count }, () => share(0));
  const pattern = /^From m(\d+)@bench\.example |^X-Spam-Status: \w+, score=(-?[\d.]+)/gm;
  let current: number | null = null;
  for (const [, number, score] of output.matchAll(pattern)) {
    if (number !== undefined) current = Number(number);
    else if (current !== null) {
      scores[current] = share(Number(score));
      current = null;
    }
  }
  return scores;
}
