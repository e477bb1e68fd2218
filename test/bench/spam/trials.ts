import { crossValidate } from '../../../delivery/spam/evaluate/cross-validate.ts';
import { cutFor, type Judged, oneMinusAucOf } from '../../../delivery/spam/evaluate/figures.ts';
import type { FeatureOptions } from '../../../delivery/spam/features.ts';
import { emptyModel, predict } from '../../../delivery/spam/model.ts';
import type { Labelled } from '../../../delivery/spam/replay.ts';
import { train } from '../../../delivery/spam/train.ts';
import { openRandom } from '../../support/random.ts';
import { crossJudge, type Peer } from './peer.ts';
import { labelled, type Sample } from './samples.ts';

/** 25 + 25 labels, and the messages judged then: none of them in a group of near twins with one that was learned. */
export interface Draw {
  readonly learned: readonly number[];
  readonly judged: readonly number[];
}

const labels = 25;

/** Draws of few labels; `groups` names the group of near twins of each sample. */
export function drawsOf(
  samples: readonly { isSpam: boolean }[],
  groups: readonly number[],
  count: number,
): Draw[] {
  const random = openRandom(1);
  return Array.from({ length: count }, () => {
    const order = random.shuffled(samples.map((_, at) => at));
    const learned = [true, false].flatMap(kind =>
      order.filter(at => samples[at]?.isSpam === kind).slice(0, labels),
    );
    const used = new Set(learned.map(at => groups[at]));
    return { learned, judged: samples.map((_, at) => at).filter(at => !used.has(groups[at])) };
  });
}

function pick<T>(all: readonly T[], places: readonly number[]): T[] {
  return places.flatMap(at => all[at] ?? []);
}

/** 1-AUC after a draw's labels, without prior. */
export function aucAfter({ learned, judged }: Draw, read: readonly Labelled[]): number {
  const model = emptyModel({ withPrior: false });
  train(model, pick(read, learned));
  const scores = pick(read, judged).map(({ features, isSpam }) => ({
    isSpam,
    score: predict(model, features),
  }));
  return oneMinusAucOf(scores);
}

/** The same of a peer. */
export function peerAucAfter(
  { learned, judged }: Draw,
  samples: readonly Sample[],
  judge: Peer['judge'],
  folder: string,
): number {
  const others = pick(samples, judged);
  const scores = judge(folder, pick(samples, learned), others);
  return oneMinusAucOf(others.map(({ isSpam }, at) => ({ isSpam, score: scores[at] ?? 0 })));
}

/** What phishing is caught by learned ham and spam alone, when a share of other ham may be lost. */
export interface PhishRequest {
  readonly samples: readonly Sample[];
  readonly folds: readonly number[];
  readonly phish: readonly Sample[];
  readonly maxLost: number;
}

/** Ours, by the classes given. The phish is never learned; the threshold is that of ham judged by the other folds. */
export function phishCaught(
  { samples, folds, phish, maxLost }: PhishRequest,
  { options, withPrior }: { readonly options: FeatureOptions; readonly withPrior: boolean },
): number {
  const read = labelled(samples, options);
  const judged = crossValidate({ samples: read, folds, withPrior });
  const model = emptyModel({ withPrior });
  train(model, read);
  return caught(
    judged,
    labelled(phish, options).map(({ features }) => predict(model, features)),
    maxLost,
  );
}

/** A peer's, which gets no header but the subject and the media type. */
export function phishCaughtBy(
  peer: Peer,
  { samples, folds, phish, maxLost }: PhishRequest,
  folderOf: () => string,
): number {
  const bare = samples.map(contentAlone);
  const judged = crossJudge(peer, { samples: bare, folds }, folderOf);
  return caught(judged, peer.judge(folderOf(), bare, phish.map(contentAlone)), maxLost);
}

function caught(judged: readonly Judged[], scores: readonly number[], maxLost: number): number {
  const threshold = cutFor(judged, maxLost)?.threshold ?? Number.POSITIVE_INFINITY;
  return scores.filter(score => score >= threshold).length / Math.max(1, scores.length);
}

function contentAlone({ raw, isSpam }: Sample): Sample {
  const text = Buffer.from(raw).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const fields = text.slice(0, end).split(/\r?\n(?![ \t])/);
  const kept = fields.filter(field => /^(?:subject|mime-version|content-[\w-]+):/i.test(field));
  return { raw: Buffer.from(`${kept.join('\n')}${text.slice(end)}`, 'latin1'), isSpam };
}
