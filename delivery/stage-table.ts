import { authenticate } from './authenticate/authenticate.ts';
import type { AuthenticationFindings } from './authenticate/findings.ts';
import { decrypt } from './crypto/decrypt.ts';
import type { DecryptFindings } from './crypto/findings.ts';
import type { Arrival } from './delivery.ts';
import { findReputation } from './find-reputation.ts';
import type { ImportanceFindings } from './importance/findings.ts';
import type { ImportanceMemory } from './importance/memory.ts';
import type { Known } from './knowledge.ts';
import { normalizeAddress } from './message/address.ts';
import type { Message } from './message/shape.ts';
import { ownerEvidence } from './owner-evidence.ts';
import { importanceFor } from './owner-importance.ts';
import { decideByScript } from './owner-script.ts';
import type { PipelineDeps } from './pipeline.ts';
import { messageFacts, messageSources } from './privacy/collect.ts';
import { keptIndex } from './privacy/index.ts';
import type { Facts, KeptIndex } from './privacy/shape.ts';
import type { ReputationFindings } from './reputation/findings.ts';
import type { WantedTag } from './script-tags.ts';
import type { ActiveScript } from './sieve/stored-scripts.ts';
import { type JudgedFeatures, judgedFeatures } from './spam/features.ts';
import type { ScoreFindings } from './spam/findings.ts';
import type { Sketch } from './spam/personal/sketch.ts';
import { scoreMessage } from './spam/score.ts';
import type { StageName } from './stages.ts';
import { importanceOf } from './store/importance.ts';
import type { Account, OwnerContext, Summary } from './store/store.ts';
import type { TagFindings } from './tags/findings.ts';
import { accountHash } from './tags/hash.ts';
import type { TagMemory } from './tags/memory.ts';
import { decideTags, type TagEvidence } from './tags/tag.ts';
import { tagWishesOf } from './tags/wishes.ts';
import { taughtOpinion } from './taught.ts';

/** One message on its way: what the stages that run once found. */
export interface Work {
  readonly arrival: Arrival;
  readonly message: Message;
  authentication?: AuthenticationFindings;
  reputation?: ReputationFindings;
  /** Taken for the first owner whose judging reads the message as it came. */
  features?: JudgedFeatures | undefined;
  /** Names of stages that failed. */
  readonly failed: string[];
}

/** The same message on its way to one owner. */
export interface OwnerWork {
  /** Null for the instance as a whole (`inspect` without a recipient). */
  readonly forwardPath: string | null;
  readonly account: Account | null;
  readonly addresses: readonly string[];
  readonly context: OwnerContext;
  readonly discussion: { readonly key: string; readonly participants: readonly string[] };
  /** Of the message as it came. */
  readonly summary: Summary;
  readonly tagMemory: TagMemory;
  readonly importanceMemory: ImportanceMemory;
  /** The owner's active Sieve script, null where none is. */
  readonly script: ActiveScript | null;
  decrypt?: DecryptFindings;
  /** The opened content; later stages read it instead of the message. */
  content?: Message;
  /** What acts had taught when it was scored, and what it was compared with them by. */
  known?: Known;
  sketch?: Sketch;
  /** Of all its words, where they may be compared but not kept: it goes inside the seal. */
  innerSketch?: Sketch;
  score?: ScoreFindings;
  facts?: Facts;
  index?: KeptIndex;
  tags?: TagFindings;
  /** Tags that a script wants made before the email is stored. */
  wanted?: readonly WantedTag[];
  importance?: ImportanceFindings;
  readonly failed: string[];
}

export type Stage =
  | { readonly name: StageName; readonly per: 'message'; run(work: Work, deps: PipelineDeps): Promise<void> }
  | {
      readonly name: StageName;
      readonly per: 'owner';
      run(work: Work, owner: OwnerWork, deps: PipelineDeps): Promise<void>;
    };

/** The judging stages in order. Adding one is a row here, its folder, and its thin plugin. */
export const stages: readonly Stage[] = [
  {
    name: 'authenticate',
    per: 'message',
    async run(work, { resolver, settings, clock }) {
      work.authentication = await authenticate(work.arrival, work.message, {
        resolver,
        hostname: settings.hostname,
        timeoutMilliseconds: settings.resolverTimeoutMilliseconds,
        trustedSealers: settings.trustedSealers ?? [],
        checksIndicators: settings.checksIndicators ?? false,
        clock,
      });
    },
  },
  {
    name: 'reputation',
    per: 'message',
    async run(work, deps) {
      work.reputation = await findReputation(work, deps);
    },
  },
  {
    name: 'decrypt',
    per: 'owner',
    async run(work, owner, { keyring }) {
      const { privateKeys, publicKeys } = owner.context;
      const served = owner.account?.custody === 'server' ? privateKeys : [];
      const { findings, content } = await decrypt(work.message, {
        privateKeys: served.filter(key => key.custody === 'server'),
        publicKeys,
        keyring,
        receivedAt: work.arrival.receivedAt,
      });
      owner.decrypt = findings;
      if (content) owner.content = content;
    },
  },
  {
    name: 'score',
    per: 'owner',
    async run(work, owner, { store, model, settings, knowledge }) {
      owner.score = scoreMessage({
        message: owner.content ?? work.message,
        authentication: work.authentication ?? null,
        session: work.arrival.session,
        reputation: work.reputation,
        knownSender: isKnownSender(owner),
        owner: await ownerEvidence(owner, { store }),
        model: await model(),
        junkAt: settings.junkAt,
        rejectAt: settings.rejectAt,
        features: owner.content ? undefined : () => featuresOf(work),
        opinion: await taughtOpinion(owner, work, { knowledge }),
      });
    },
  },
  {
    name: 'privacy',
    per: 'owner',
    async run(work, owner) {
      const { session } = work.arrival;
      const facts = messageFacts({
        session,
        message: owner.content ?? work.message,
        outer: work.message,
        authentication: work.authentication ?? null,
        decrypt: owner.decrypt ?? null,
        harmful: owner.score?.harmful ?? false,
        participants: owner.discussion.participants,
        ownAddresses: [...owner.addresses, ...(owner.forwardPath === null ? [] : [owner.forwardPath])],
        contacts: owner.context.contacts,
        habit: owner.context.habit,
        ...custodyOf(owner),
      });
      owner.facts = facts;
      owner.index = keptIndex('message', facts, messageSources({ session }));
    },
  },
  {
    name: 'tag',
    per: 'owner',
    async run(work, owner, deps) {
      const judged = importanceFor(work, owner);
      const { tags, importance } = decideTags({
        message: owner.content ?? work.message,
        summary: owner.summary,
        authentication: work.authentication ?? null,
        score: owner.score ?? null,
        index: owner.index ?? null,
        rules: owner.context.rules,
        authenticatedUser: work.arrival.session.authenticatedUser,
        forwardPath: owner.forwardPath,
        importance: judged?.value ?? importanceOf({ score: owner.score ?? null }),
        outer: work.message,
        ...taughtBy(owner),
      });
      Object.assign(owner, decideByScript(tags, { work, owner }, deps));
      if (importance) owner.importance = { ...importance, by: 'rule', reasons: judged?.reasons ?? [] };
      else if (judged) owner.importance = judged;
    },
  },
];

function taughtBy({ account, context, tagMemory }: OwnerWork): Pick<TagEvidence, 'taught'> {
  if (!account) return {};
  const hash = accountHash(account.hashKey);
  return { taught: { memory: tagMemory, hash, wishes: tagWishesOf(context.settings) } };
}

function featuresOf(work: Work): JudgedFeatures {
  const { authentication, reputation, arrival, message } = work;
  const evidence = { authentication, reputation, session: arrival.session };
  work.features ??= judgedFeatures(message, { evidence });
  return work.features;
}

/** Whether the one author is a contact; that counts only where the author's domain is proven (`spam/score.ts`). */
function isKnownSender({ summary, context }: OwnerWork): boolean {
  const [author, ...others] = summary.originators.from;
  if (!author || others.length > 0) return false;
  const address = `email:${normalizeAddress(author.address)}`;
  return context.contacts.some(contact => contact.addresses.includes(address));
}

/**
 * Who can open the copy that will be stored (PRIVACY-INDEX.md, `custody` and `storage`). With a client-held key it is
 * sealed or deferred, so both facts hold when it is stored at all. Encrypted mail whose key is not here is closed to
 * the server; opened by the server-held key, its words are kept for search, so the storage is not sealed.
 */
function custodyOf(owner: OwnerWork): { custody: 'client' | 'server' | 'open'; storage: 'sealed' | 'clear' } {
  if (owner.account?.custody === 'client') return { custody: 'client', storage: 'sealed' };
  const form = owner.decrypt?.form ?? 'none';
  const encrypted = form !== 'none' && owner.decrypt?.encryption !== 'none';
  if (!encrypted) return { custody: 'open', storage: 'clear' };
  return owner.decrypt?.opened
    ? { custody: 'server', storage: 'clear' }
    : { custody: 'client', storage: 'sealed' };
}
