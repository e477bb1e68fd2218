import { nothingKnown } from './knowledge.ts';
import { mayBeRead } from './learn-acts.ts';
import type { PipelineDeps } from './pipeline.ts';
import type { JudgedFeatures } from './spam/features.ts';
import { type Entry, newEntry } from './spam/personal/entry.ts';
import { type Learned, writeLearned } from './spam/personal/learned.ts';
import { type Opinion, opinionOf } from './spam/personal/opinion.ts';
import { outerSketch, type Sketch, sketchOf } from './spam/personal/sketch.ts';
import { untaughtLogOdds } from './spam/score.ts';
import type { OwnerWork, Work } from './stage-table.ts';

/** What the score stage asks the owner's acts, and everybody's, by the features of the message. */
export async function taughtOpinion(
  owner: OwnerWork,
  work: Work,
  { knowledge }: Pick<PipelineDeps, 'knowledge'>,
): Promise<((features: JudgedFeatures) => Opinion) | undefined> {
  if (!owner.account || !knowledge) return undefined;
  const at = work.arrival.receivedAt;
  const known = await knowledge.of(owner.account.id, owner.context.stateVersions, at);
  owner.known = known;
  return features => {
    const { sketch, inner } = sketchesOf(owner, work, features);
    owner.sketch = sketch;
    if (inner) owner.innerSketch = inner;
    const device = inner && known.words ? { linear: known.words, sketch: inner } : null;
    return opinionOf(sketch, { ...known, device }, at);
  };
}

/**
 * Of mail that is sealed, and of mail that came encrypted, no word may be kept, so none is compared with what is. Mail
 * that is to be sealed, and came in clear, is asked for its words by the weights that the owner's device gave.
 */
function sketchesOf(
  owner: OwnerWork,
  work: Work,
  features: JudgedFeatures,
): { sketch: Sketch; inner: Sketch | null } {
  const authors = owner.summary.originators.from;
  const outer = outerSketch({ authors });
  if (!mayBeRead(false, { decrypt: owner.decrypt ?? null })) return { sketch: outer, inner: null };
  const { authentication, message } = work;
  const whole = sketchOf(features, { authors, listId: message.listId, authentication });
  return owner.account?.custody === 'client'
    ? { sketch: outer, inner: whole }
    : { sketch: whole, inner: null };
}

/** Deliveries of one account that are learned by themselves, each day. */
const automaticPerDay = 8;

/**
 * What is learned of a message by itself: it is wanted, where a proven correspondent wrote it and nothing speaks against
 * it. Null for any other message, or when there was enough of them today. Never called for by the score: a message in
 * junk is only left out.
 */
export function automaticLesson(
  owner: OwnerWork,
  work: Work,
  deliveryKey: Uint8Array | null,
): Learned | null {
  const { score, sketch, tags, known = nothingKnown } = owner;
  const isKnownSender = score?.evidence?.some(([id]) => id === 'knownSender') ?? false;
  if (!score || !sketch || !isKnownSender || !deliveryKey || score.harmful || tags?.roles.includes('junk'))
    return null;
  const at = Math.floor(work.arrival.receivedAt.getTime() / 1000);
  if (isDayFull(known.personal?.examples.entries ?? [], at)) return null;
  const id = Buffer.from(deliveryKey).toString('hex').slice(0, 16);
  const about = { id, isSpam: false, source: 'correspondent', isShared: false, owner: 0 } as const;
  const entry = newEntry({ ...about, at, logOdds: untaughtLogOdds(score) ?? 0 }, sketch.slots);
  const { receivedAt } = work.arrival;
  return { isSpam: false, source: 'correspondent', at: receivedAt, model: score.model, entry, dropped: [] };
}

/** Whether enough was learned by itself on the day of this second. */
export function isDayFull(entries: readonly Pick<Entry, 'source' | 'at'>[], at: number): boolean {
  const today = entries.filter(
    entry => entry.source === 'correspondent' && Math.floor(entry.at / 86_400) === Math.floor(at / 86_400),
  );
  return today.length >= automaticPerDay;
}

/** The record as an email brings it along. */
export function learnedOf(lesson: Learned | null): { learned?: Uint8Array } {
  return lesson ? { learned: writeLearned(lesson) } : {};
}
