import type { StateReader } from './account-state.ts';
import type { Admission } from './admission.ts';
import type { Clock } from './clock.ts';
import type { ContactIndexer } from './contact-index.ts';
import type { Keyring } from './crypto/keyring.ts';
import type { CertificateCache } from './crypto/seal.ts';
import type { Arrival, Outcome } from './delivery.ts';
import { describeError } from './describe-error.ts';
import { asDeliveryError, type ErrorCode } from './errors.ts';
import type { ImportanceMemory } from './importance/memory.ts';
import type { KnowledgeSource } from './knowledge.ts';
import type { LearningDeps } from './learn-acts.ts';
import type { Learning } from './learning.ts';
import type { Log } from './log.ts';
import { withMadeTags } from './make-tags.ts';
import { normalizeAddress } from './message/address.ts';
import { parseMessage } from './message/message.ts';
import { summarize } from './message/summary.ts';
import { anonymousOwner, loadOwnerWork } from './owner-work.ts';
import { computeIndex } from './privacy/index.ts';
import type { PrivacyIndex } from './privacy/shape.ts';
import { mayBeRefused, refusalText } from './refusal.ts';
import { rememberKeys } from './remember-keys.ts';
import type { Resolver } from './resolver.ts';
import type { SenderSources } from './sender-sources.ts';
import type { ActiveScript } from './sieve/stored-scripts.ts';
import type { Verdict } from './spam/findings.ts';
import type { Model } from './spam/model.ts';
import type { Learned } from './spam/personal/learned.ts';
import { type OwnerWork, stages, type Work } from './stage-table.ts';
import type { StageName } from './stages.ts';
import type { Contact, Store, Summary } from './store/store.ts';
import { storedEmail } from './stored-email.ts';
import type { TagMemory } from './tags/memory.ts';
import { automaticLesson, learnedOf } from './taught.ts';
import { waitingStateName } from './waiting-acts.ts';

/** Everything the pipeline needs from outside. */
export interface PipelineDeps {
  /** Null where nothing is stored or looked up. */
  readonly store: Store | null;
  readonly keyring: Keyring;
  readonly resolver: Resolver;
  /** Whether strangers' mail is taken now; always when left out or null. */
  readonly admission?: Admission | null;
  /** Who outside is asked about senders; nobody when left out. */
  readonly senderSources?: SenderSources;
  /** Certificates that mail was sealed to before; without it each is read anew. */
  readonly certificates?: CertificateCache;
  /** The classifier as last written by this instance. */
  readonly model: () => Promise<Model>;
  readonly settings: {
    readonly hostname: string;
    readonly junkAt: number;
    /** Whom a refusal names for those who were refused wrongly; the recipient's postmaster when left out or empty. */
    readonly appeal?: string;
    readonly rejectAt: number;
    readonly resolverTimeoutMilliseconds: number;
    readonly trustedSealers?: readonly string[];
    readonly checksIndicators?: boolean;
  };
  readonly clock: Clock;
  readonly log: Log;
  /** What owners' acts have taught about tags; left out where nothing is looked up. */
  readonly tagMemories?: StateReader<TagMemory>;
  /** The same about what matters to them. */
  readonly importanceMemories?: StateReader<ImportanceMemory>;
  /** Owners' Sieve scripts; left out where nothing is looked up. */
  readonly scripts?: StateReader<ActiveScript | null>;
  /** What owners' acts have taught about junk; left out where nothing is looked up. */
  readonly knowledge?: KnowledgeSource | undefined;
  /** Learns from acts of owners; left out where nothing is stored. */
  readonly lessons?: LearningDeps;
  /** Learns of what was stored; left out where nothing goes on behind the answer. */
  readonly learning?: Learning;
  /** Told of what was stored; left out where nothing goes on behind the answer. */
  readonly contactIndexer?: ContactIndexer;
}

export interface RunOptions {
  /** The judging stages to run; all when undefined. */
  readonly stages?: readonly StageName[] | undefined;
  /** True: judging this message has killed a thread, so it is stored with every finding unknown. */
  readonly unjudged?: boolean;
  /** Told before each stage, so that a stage that never ends can be named. */
  readonly onStage?: () => void;
  /** Told of each owner's verdict, for counts. */
  readonly onJudged?: (judging: Judging) => void;
  /** Told when a message was stored that teaches by itself. */
  readonly onLesson?: () => void;
}

/** What is counted of one owner's verdict. */
export interface Judging {
  /** `unknown`, too, where the stage failed or was not run. */
  readonly verdict: Verdict;
  readonly score: number | null;
  readonly isPartial: boolean;
  /** How long the score stage took, waiting included. */
  readonly seconds: number;
}

/** What `inspect` prints and a plugin on its own reads: JSON values only. */
export interface Assessment {
  readonly message: Summary & { readonly defects: readonly string[]; readonly sizeOctets: number };
  readonly owners: readonly OwnerAssessment[];
}

export interface OwnerAssessment {
  readonly recipient: string | null;
  readonly findings: {
    readonly authenticate: Work['authentication'] | null;
    readonly reputation: Work['reputation'] | null;
    readonly decrypt: OwnerWork['decrypt'] | null;
    readonly score: OwnerWork['score'] | null;
    readonly tag: OwnerWork['tags'] | null;
  };
  readonly facts: OwnerWork['facts'] | null;
  readonly index: PrivacyIndex | null;
  /** Stages that failed. */
  readonly failed: readonly string[];
}

/** Judges a message for each recipient and stores it; never throws for one owner's trouble alone. */
export async function run(
  arrival: Arrival,
  options: RunOptions,
  deps: PipelineDeps,
): Promise<{ outcomes: Outcome[]; failed: string[] }> {
  const work = openWork(arrival, options);
  const owners = await judge(work, options, deps);
  const failed = [...new Set([...work.failed, ...owners.filter(isOpen).flatMap(owner => owner.failed)])];
  const notTaken = arrival.door === 'smtp' ? await whyNotTaken(work, owners, deps) : null;
  if (notTaken) {
    const outcomes = arrival.recipients.map(({ forwardPath }) => ({ forwardPath, ...notTaken }));
    return { outcomes, failed };
  }
  const outcomes = await Promise.all(owners.map(owner => deliverTo(owner, work, options, deps)));
  return { outcomes, failed };
}

/** Judges without storing; without recipients, for the instance alone. */
export async function assess(arrival: Arrival, options: RunOptions, deps: PipelineDeps): Promise<Assessment> {
  const work = openWork(arrival, options);
  const owners = await judge(work, options, deps);
  return {
    message: {
      ...summarize(work.message),
      defects: work.message.defects,
      sizeOctets: arrival.raw.byteLength,
    },
    owners: owners.filter(isOpen).map(owner => assessment(owner, work)),
  };
}

function assessment(owner: OwnerWork, work: Work): OwnerAssessment {
  return {
    recipient: owner.forwardPath,
    findings: {
      authenticate: work.authentication ?? null,
      reputation: work.reputation ?? null,
      decrypt: owner.decrypt ?? null,
      score: owner.score ?? null,
      tag: owner.tags ?? null,
    },
    facts: owner.facts ?? null,
    index: explained(owner),
    failed: [...work.failed, ...owner.failed],
  };
}

/** The index fact by fact; a delivery doesn't need it so. */
function explained({ facts, index }: OwnerWork): PrivacyIndex | null {
  return facts && index ? computeIndex('message', facts, index.sources) : null;
}

/** How much of a message that killed a thread is still read: enough for its header. */
const unjudgedOctets = 65_536;

function openWork(arrival: Arrival, options: RunOptions): Work {
  const message = parseMessage(options.unjudged ? arrival.raw.subarray(0, unjudgedOctets) : arrival.raw);
  return { arrival, message, failed: [] };
}

type Deferred = Extract<Outcome, { code: ErrorCode }>;
type Owned = OwnerWork | Deferred;

function isOpen(owner: Owned): owner is OwnerWork {
  return 'context' in owner;
}

async function judge(work: Work, options: RunOptions, deps: PipelineDeps): Promise<Owned[]> {
  const { recipients } = work.arrival;
  const loading = recipients.map(recipient =>
    loadOwnerWork(recipient, work, deps).catch(error => defer(recipient.forwardPath, error, work, deps)),
  );
  const onStage = options.onStage ?? (() => {});
  const onJudged = options.onJudged ?? (() => {});
  const ran = stages.filter(stage => options.stages?.includes(stage.name) ?? true);
  const chosen = { stages: ran, onStage, onJudged };
  if (options.unjudged) work.failed.push(...chosen.stages.map(stage => stage.name));
  else await runMessageStages(chosen, work, deps);
  const owners: Owned[] = recipients.length > 0 ? await Promise.all(loading) : [anonymousOwner(work)];
  for (const owner of owners.filter(isOpen)) {
    if (!options.unjudged) await runOwnerStages(chosen, work, owner, deps);
    else onJudged(judgingOf(owner, 0));
  }
  // The largest thing that judging makes: it must not wait for the store along with the rest.
  work.features = undefined;
  return owners;
}

/** Runs some stages again for one owner, on what is known already; `work` and `owner` hold what the others found. */
export async function judgeAgain(
  names: readonly string[],
  work: Work,
  owner: OwnerWork,
  deps: PipelineDeps,
): Promise<void> {
  const chosen = {
    stages: stages.filter(stage => names.includes(stage.name)),
    onStage: () => {},
    onJudged: () => {},
  };
  await runMessageStages(chosen, work, deps);
  await runOwnerStages(chosen, work, owner, deps);
}

/** The stages of this run. */
interface Chosen {
  readonly stages: typeof stages;
  readonly onStage: () => void;
  readonly onJudged: (judging: Judging) => void;
}

async function runMessageStages(chosen: Chosen, work: Work, deps: PipelineDeps): Promise<void> {
  for (const stage of chosen.stages) {
    if (stage.per !== 'message') continue;
    chosen.onStage();
    await stage.run(work, deps).catch(error => noteFailure(stage.name, work.failed, error, work, deps));
  }
}

async function runOwnerStages(
  chosen: Chosen,
  work: Work,
  owner: OwnerWork,
  deps: PipelineDeps,
): Promise<void> {
  for (const stage of chosen.stages) {
    if (stage.per !== 'owner') continue;
    chosen.onStage();
    const start = performance.now();
    await stage
      .run(work, owner, deps)
      .catch(error => noteFailure(stage.name, owner.failed, error, work, deps));
    if (stage.name === 'score') chosen.onJudged(judgingOf(owner, (performance.now() - start) / 1000));
  }
}

function judgingOf({ score }: OwnerWork, seconds: number): Judging {
  const { verdict = 'unknown', isPartial = false } = score ?? {};
  return { verdict, score: score?.score ?? null, isPartial, seconds };
}

/** No judging stage's failure stops a delivery (DESIGN.md, promise 4). */
function noteFailure(
  stage: StageName,
  failed: string[],
  error: unknown,
  work: Work,
  deps: PipelineDeps,
): void {
  failed.push(stage);
  deps.log.error({ transaction: work.arrival.id, stage, ...describeError(error) }, 'stageFailed');
}

function isRejected(owner: Owned): boolean {
  return isOpen(owner) && owner.score?.verdict === 'reject';
}

async function deliverTo(
  owner: Owned,
  work: Work,
  { onStage, onLesson }: RunOptions,
  deps: PipelineDeps,
): Promise<Outcome> {
  if (!isOpen(owner)) return owner;
  onStage?.();
  const { forwardPath, account } = owner;
  try {
    if (!deps.store || !account || forwardPath === null) throw new Error('an anonymous owner has no store');
    const tags = await withMadeTags(owner, { store: deps.store });
    const email = await storedEmail(tags ? { ...owner, tags } : owner, work, deps);
    const lesson = deps.learning ? automaticLesson(owner, work, email.deliveryKey) : null;
    const { emailId, status } = await deps.store.deliverEmail(account.id, { ...email, ...learnedOf(lesson) });
    if (status === 'stored') {
      if (lesson) onLesson?.();
      await rememberKeys(owner, work, { store: deps.store, log: deps.log });
      deps.contactIndexer?.noteDelivery(account.id, contactsThatWrote(owner));
      noteLessons(owner, { emailId, lesson }, deps);
    }
    return { forwardPath, status, emailId };
  } catch (error) {
    return defer(forwardPath ?? '', error, work, deps);
  }
}

function noteLessons(
  { account, context }: OwnerWork,
  { emailId, lesson }: { emailId: string; lesson: Learned | null },
  { learning }: PipelineDeps,
): void {
  if (!account || !learning) return;
  if (lesson) learning.noteDelivery(account.id, emailId, lesson);
  if (context.stateVersions[waitingStateName] !== undefined) learning.noteWaiting(account.id);
}

function contactsThatWrote({ summary, context }: OwnerWork): Contact[] {
  const authors = summary.originators.from.map(({ address }) => `email:${normalizeAddress(address)}`);
  return context.contacts.filter(({ addresses }) => authors.some(author => addresses.includes(author)));
}

type NotTaken = Omit<Extract<Outcome, { code: ErrorCode }>, 'forwardPath'>;

/** Why the sender, who still waits, is told no: for good where every owner's verdict says so, or for now. */
async function whyNotTaken(
  work: Work,
  owners: readonly Owned[],
  { admission, clock, settings }: Pick<PipelineDeps, 'admission' | 'clock' | 'settings'>,
): Promise<NotTaken | null> {
  const { session, reversePath, recipients } = work.arrival;
  const forwardPaths = recipients.map(({ forwardPath }) => forwardPath);
  const open = owners.filter(isOpen);
  if (owners.length > 0 && owners.every(isRejected) && mayBeRefused(forwardPaths)) {
    const reasons = open[0]?.score?.reasons ?? [];
    const text = refusalText({
      reasons,
      forwardPaths,
      appeal: settings.appeal ?? '',
      hostname: settings.hostname,
    });
    return { status: 'refused', code: 'messageRefused', text };
  }
  const judged = {
    ...{ session, reversePath, forwardPaths },
    authentication: work.authentication ?? null,
    reputation: work.reputation ?? null,
    isCorrespondent: open.some(({ score }) => score?.evidence?.some(([id]) => id === 'knownSender')),
  };
  const code = await admission?.atEnd(judged, clock.now());
  return code ? { status: 'deferred', code } : null;
}

/** One owner's trouble: logged here with its detail, answered 4xx by the door. */
function defer(forwardPath: string, error: unknown, work: Work, deps: PipelineDeps): Deferred {
  const known = asDeliveryError(error);
  const code = known.row.temporary ? known.code : 'recipientUnavailable';
  const level = code === 'overQuota' ? 'warn' : 'error';
  deps.log[level]({ transaction: work.arrival.id, ...describeError(error) }, 'deliveryDeferred');
  return { forwardPath, status: 'deferred', code };
}
