import { besideSealed } from './beside-sealed.ts';
import { seal } from './crypto/seal.ts';
import { threadOf } from './discussions/discussion.ts';
import { keyedHash } from './keyed-hash.ts';
import { summarize } from './message/summary.ts';
import { joined, release } from './octets.ts';
import type { PipelineDeps } from './pipeline.ts';
import { searchText } from './search/terms.ts';
import { writeLesson } from './spam/personal/lesson-text.ts';
import { untaughtLogOdds } from './spam/score.ts';
import type { OwnerWork, Work } from './stage-table.ts';
import type { Findings, NewEmail, SearchText } from './store/store.ts';
import { traceFields } from './trace.ts';

/** A delivery key holds 35 days after its last sight; that of a message that nothing identifies an hour after its first. */
const keySeconds = 35 * 86_400;
const namelessKeySeconds = 3600;

/**
 * The email as this owner's store will hold it: our trace fields and the peer's octets, sealed when the owner's key
 * is on their own devices. Throws `sealingImpossible` rather than give it in clear (DESIGN.md, promise 3).
 */
export async function storedEmail(owner: OwnerWork, work: Work, deps: PipelineDeps): Promise<NewEmail> {
  const { arrival, message } = work;
  if (!owner.account) throw new Error('an anonymous owner stores nothing');
  const nameless = message.messageId === null && message.date === null;
  const body = await storedBody(owner, work, deps);
  return {
    deliveryKey: deliveryKeyOf(arrival.raw, owner.account.hashKey),
    deliveryKeySeconds: nameless ? namelessKeySeconds : keySeconds,
    receivedAt: arrival.receivedAt,
    thread: threadOf(owner.summary),
    tags: [
      ...(owner.tags?.roles ?? ['inbox']).map(role => ({ role })),
      ...(owner.tags?.tagIds ?? []).map(id => ({ id })),
    ],
    keywords: owner.tags?.keywords ?? [],
    index: owner.index ?? null,
    ...body,
  };
}

type StoredBody = Pick<
  NewEmail,
  'octets' | 'isGivenAway' | 'sealed' | 'summary' | 'searchText' | 'findings' | 'discussion'
>;

async function storedBody(owner: OwnerWork, work: Work, deps: PipelineDeps): Promise<StoredBody> {
  const trace = Buffer.from(
    traceFields(work.arrival, owner.forwardPath ?? '', {
      hostname: deps.settings.hostname,
      authentication: work.authentication ?? null,
    }),
  );
  const octets = joined(trace, work.arrival.raw);
  if (owner.account?.custody !== 'client') {
    const findings = findingsOf(owner, work, trace.byteLength);
    return {
      octets,
      isGivenAway: true,
      sealed: false,
      findings,
      discussion: owner.discussion,
      ...readableText(owner, work),
    };
  }
  const own = owner.context.publicKeys.filter(key => key.source === 'own');
  const sealed = await seal(octets, own, {
    receivedAt: work.arrival.receivedAt,
    learning: sealedLesson(owner),
    ...(deps.certificates ? { certificates: deps.certificates } : {}),
  });
  release(octets);
  return {
    octets: sealed,
    isGivenAway: true,
    sealed: true,
    searchText: null,
    ...besideSealed(owner, findingsOf(owner, work, 0)),
  };
}

/** What the owner's device may learn of the message once it has opened it; it stands inside the seal alone. */
function sealedLesson({ innerSketch, score }: OwnerWork): string | undefined {
  const logOdds = score ? untaughtLogOdds(score) : null;
  return innerSketch && logOdds !== null ? writeLesson({ slots: innerSketch.slots, logOdds }) : undefined;
}

/** What lists and search keep in clear: of the opened content where there is one, of the header alone where it is closed. */
export function readableText(
  owner: OwnerWork,
  work: Work,
): Pick<NewEmail, 'summary'> & { searchText: SearchText } {
  const read = owner.content ?? work.message;
  const summary = owner.content ? summarize(owner.content) : owner.summary;
  const words = searchText(summary, read);
  const closed = owner.decrypt !== undefined && owner.decrypt.encryption !== 'none' && !owner.decrypt.opened;
  if (!closed) return { summary, searchText: words };
  return { summary: { ...summary, preview: null }, searchText: { ...words, body: '', attachments: '' } };
}

/** The evidence as it is kept: everything a recomputation needs. */
export function findingsOf(owner: OwnerWork, work: Work, traceOctets: number): Findings {
  return {
    session: work.arrival.session,
    reversePath: work.arrival.reversePath,
    traceOctets,
    trustedHops: work.arrival.trustedHops,
    authentication: work.authentication ?? null,
    ...(work.reputation ? { reputation: work.reputation } : {}),
    decrypt: owner.decrypt ?? null,
    score: owner.score ?? null,
    tags: owner.tags ?? null,
    ...(owner.importance ? { importance: owner.importance } : {}),
    facts: owner.facts ?? {},
    failed: [...work.failed, ...owner.failed],
  };
}

/** The delivery key (DESIGN.md, promise 2): HMAC-SHA-256 with the account's key over the peer's octets. */
export function deliveryKeyOf(raw: Uint8Array, hashKey: Uint8Array): Uint8Array {
  return keyedHash(hashKey).update(raw).digest();
}
