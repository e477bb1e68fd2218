import { spawnSync } from 'node:child_process';
import type { Judged } from '../../../delivery/spam/evaluate/figures.ts';
import type { Sample } from './samples.ts';

/** Another filter, run in the same way on the same messages. */
export interface Peer {
  readonly name: string;
  /** Score, 0..1, from which it calls a message spam. */
  readonly threshold: number;
  /** Whether its score means to be a probability. */
  readonly isProbability: boolean;
  /** True where the program is installed. */
  isInstalled(): boolean;
  /** Learns some messages in an empty folder and gives the score of each of the others, 0..1. */
  judge(folder: string, learned: readonly Sample[], judged: readonly Sample[]): number[];
}

/** Whether a program can be run. */
export function isThere(program: string, ...words: readonly string[]): boolean {
  return spawnSync(program, words, { stdio: 'ignore' }).error === undefined;
}

/** Runs a program to its end; throws with what it said when it failed. */
export function run(program: string, words: readonly string[], input: string | Buffer, most = 0): string {
  const done = spawnSync(program, words, { input, maxBuffer: 2 ** 30 });
  if (done.error) throw done.error;
  // bogofilter says what it found by its status: `most` is the largest that is no failure.
  if ((done.status ?? -1) > most || done.status === null) throw new Error(`${program}: ${done.stderr}`);
  return done.stdout.toString('latin1');
}

/** By each fold judged with the others learned; in the order of the samples. `folderOf` gives an empty folder. */
export function crossJudge(
  peer: Peer,
  { samples, folds }: { readonly samples: readonly Sample[]; readonly folds: readonly number[] },
  folderOf: () => string,
): Judged[] {
  const scores: number[] = [];
  for (const fold of new Set(folds)) {
    const places = samples.map((_, at) => at).filter(at => folds[at] === fold);
    const learned = samples.filter((_, at) => folds[at] !== fold);
    const judged = places.flatMap(at => samples[at] ?? []);
    const found = peer.judge(folderOf(), learned, judged);
    for (const [place, at] of places.entries()) scores[at] = found[place] ?? 0;
  }
  return samples.map(({ isSpam }, at) => ({ isSpam, score: scores[at] ?? 0 }));
}
