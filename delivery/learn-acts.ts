import { changeAccountState } from './account-state.ts';
import { unseenSession } from './delivery.ts';
import { keyedHash } from './keyed-hash.ts';
import { memoryStateName } from './knowledge.ts';
import { parseMessage } from './message/message.ts';
import type { PipelineDeps } from './pipeline.ts';
import { addSealedActs, type SealedAct } from './sealed-acts.ts';
import { type SharedActs, type SharedChange, sharedOwner } from './shared-acts.ts';
import { judgedFeatures } from './spam/features.ts';
import { fuse } from './spam/fusion.ts';
import { inputsOf } from './spam/model.ts';
import { type Act, labelOf } from './spam/personal/act.ts';
import { type Entry, newEntry, slotsOfEntry } from './spam/personal/entry.ts';
import { isNews, type Learned, learn, readLearned, writeLearned } from './spam/personal/learned.ts';
import { accountCapacity, type Memory, readMemory, writeMemory } from './spam/personal/memory.ts';
import { outerSketch, type Sketch, sketchOf } from './spam/personal/sketch.ts';
import { untaughtLogOdds } from './spam/score.ts';
import { changeUndisturbed, checkUndisturbed } from './store/change-undisturbed.ts';
import type { Account, Email, EmailChange, Findings, Store } from './store/store.ts';
import { teachReputation } from './teach-reputation.ts';
import { listWaiting, removeWaiting } from './waiting-acts.ts';

/** What learning needs. */
export interface LearningDeps extends Pick<PipelineDeps, 'model'> {
  readonly store: Store;
  readonly sharedActs: SharedActs;
  /** Whether acts teach the other accounts of the instance, too. */
  readonly isShared: boolean;
}

/** Acts that are learned from in one go. */
const batch = 40;
/** Acts of one account that teach the others, each day. */
const sharedPerDay = 8;

/**
 * Learns from the account's acts that wait, oldest first, as many as one batch; gives how many are left. Each message
 * is learned by the state of its owner's last word. The same acts learned twice, by two processes or after a crash,
 * are the same as once. `onMessage` is told before each message; `isCareful`: reading one of them has killed a thread,
 * so nothing but their authors is looked at.
 *
 * Of sealed mail, and of mail that came encrypted, the server keeps no word, not even hashed: what is learned of it
 * is its author, who stands in clear beside it. Nothing of it is shared. What the owner has said of sealed mail waits
 * for a device that can read it, before anything is learned from it here.
 */
export async function learnActs(
  accountId: string,
  options: { readonly onMessage: () => void; readonly isCareful: boolean },
  deps: LearningDeps,
): Promise<{ left: number }> {
  const waiting = await listWaiting(accountId, deps);
  const acts = waiting.slice(0, batch);
  const account = acts.length > 0 ? await deps.store.getAccount(accountId) : null;
  if (!account) return { left: 0 };
  const { lessons, settled } = await lessonsOf(account, acts, options, deps);
  await addSealedActs(accountId, lessons.flatMap(sealedActOf), deps);
  const shared = lessons.length > 0 ? await teach(account, lessons, deps) : { add: [], remove: [] };
  const again = settled.map(email => sharedOf(account, email));
  await deps.sharedActs.change({
    add: [...shared.add, ...again.flatMap(({ add }) => add)],
    remove: [...shared.remove, ...again.flatMap(({ remove }) => remove)],
  });
  await removeWaiting(accountId, acts, deps);
  return { left: waiting.length - acts.length };
}

/** One message with what its owner's acts make of it. */
export interface TaughtEmail {
  readonly email: Pick<Email, 'id' | 'findings' | 'sealed'>;
  readonly learned: Learned | null;
  /** Null: what was learned of it is taken back. */
  readonly entry: Entry | null;
  readonly source: Act['source'];
  readonly at: Date;
}

/** An email of which all was learned before, but perhaps not told to the others: whoever was at it may have ended. */
interface SettledEmail {
  readonly emailId: string;
  readonly learned: Learned;
}

/** What an email that is settled teaches everybody. */
function sharedOf(account: Account, { emailId, learned: { entry } }: SettledEmail): SharedChange {
  return entry?.isShared
    ? { add: [ownedBy(account, entry)], remove: [] }
    : { add: [], remove: [entry?.id ?? entryIdOf(account, emailId)] };
}

function sealedActOf({ email, entry, source, at }: TaughtEmail): SealedAct[] {
  return email.sealed && source === 'owner' ? [{ emailId: email.id, isSpam: entry?.isSpam ?? null, at }] : [];
}

async function lessonsOf(
  account: Account,
  acts: readonly Act[],
  options: { readonly onMessage: () => void; readonly isCareful: boolean },
  deps: LearningDeps,
): Promise<{ lessons: TaughtEmail[]; settled: SettledEmail[] }> {
  const ids = [...new Set(acts.map(({ emailId }) => emailId))];
  const lessons: TaughtEmail[] = [];
  const settled: SettledEmail[] = [];
  for (const email of await deps.store.getEmails(account.id, ids)) {
    const learned = readLearned(await deps.store.getLearned(account.id, email.id));
    const last = lastWord(email, learned, acts);
    if (!last && learned?.source === 'owner') settled.push({ emailId: email.id, learned });
    if (!last) continue;
    options.onMessage();
    const entry =
      last.isSpam === null
        ? null
        : await entryOf(account, { email, learned, isSpam: last.isSpam, act: last.act }, { options, deps });
    lessons.push({ email, learned, entry, source: last.act.source, at: last.act.at });
  }
  return { lessons, settled };
}

/** The acts on a message behind the one that was learned from last: by their order, since clocks differ. */
function unlearned(email: Email, learned: Learned | null, acts: readonly Act[]): Act[] {
  const own = acts.filter(({ emailId }) => emailId === email.id);
  const last = own.findLastIndex(
    ({ at, source }) => +at === +(learned?.at ?? 0) && source === learned?.source,
  );
  return own.slice(last + 1);
}

/** What the acts on a message come to, one after the other; null where they change nothing. */
function lastWord(
  email: Email,
  learned: Learned | null,
  acts: readonly Act[],
): { isSpam: boolean | null; act: Act } | null {
  const wasJunk = email.findings.tags?.roles.includes('junk') ?? false;
  let said = learned;
  let last: Act | null = null;
  for (const act of unlearned(email, learned, acts)) {
    const isSpam = labelOf(act.word, { learned: said, wasJunk });
    if (!isNews(said, { isSpam, source: act.source })) continue;
    said = { isSpam, source: act.source, at: act.at, model: '', entry: null, dropped: [] };
    last = act;
  }
  if (!last || !said) return null;
  const isSame = learned?.isSpam === said.isSpam && learned.source === said.source;
  return isSame ? null : { isSpam: said.isSpam, act: last };
}

async function entryOf(
  account: Account,
  { email, learned, isSpam, act }: { email: Email; learned: Learned | null; isSpam: boolean; act: Act },
  { options, deps }: { options: { readonly isCareful: boolean }; deps: LearningDeps },
): Promise<Entry> {
  const isClosed = options.isCareful || !mayBeRead(email.sealed, email.findings);
  const octets = isClosed ? null : await deps.store.getOctets(account.id, email.id);
  const { sketch, logOdds } = octets ? await readSketch(email, octets, deps) : outerOf(email);
  return newEntry(
    {
      id: learned?.entry?.id ?? entryIdOf(account, email.id),
      isSpam,
      source: act.source,
      isShared: deps.isShared && octets !== null && act.source === 'owner',
      at: Math.floor(act.at.getTime() / 1000),
      logOdds,
      owner: 0,
    },
    sketch.slots,
  );
}

/** Whether the server may keep hashes of its words: it is stored in clear, and came so. */
export function mayBeRead(isSealed: boolean, { decrypt }: Pick<Findings, 'decrypt'>): boolean {
  return !isSealed && (decrypt === null || decrypt.encryption === 'none');
}

function outerOf({ summary, findings }: Email): { sketch: Sketch; logOdds: number } {
  const logOdds = (findings.score && untaughtLogOdds(findings.score)) ?? 0;
  return { sketch: outerSketch({ authors: summary.originators.from }), logOdds };
}

async function readSketch(
  { findings }: Email,
  octets: Uint8Array,
  deps: Pick<LearningDeps, 'model'>,
): Promise<{ sketch: Sketch; logOdds: number }> {
  const message = parseMessage(octets.subarray(findings.traceOctets));
  const authentication = findings.authentication ?? undefined;
  const features = judgedFeatures(message, {
    evidence: {
      ...{ authentication, session: findings.session ?? unseenSession },
      reputation: findings.reputation,
    },
  });
  const known = findings.score && untaughtLogOdds(findings.score);
  const model = await deps.model();
  return {
    sketch: sketchOf(features, { authors: message.originators.from, listId: message.listId, authentication }),
    logOdds: known ?? fuse(model.fusion, inputsOf(model, features)),
  };
}

/** The same for the same email of the same account, and nothing to anybody else. */
export function entryIdOf({ hashKey }: Pick<Account, 'hashKey'>, emailId: string): string {
  return keyedHash(hashKey).update(`learned ${emailId}`).digest('hex').slice(0, 16);
}

/** Changes the account's memory, then what is kept with the messages; gives what everybody learns of it. */
export async function teach(
  account: Account,
  lessons: readonly TaughtEmail[],
  { store }: Pick<LearningDeps, 'store'>,
): Promise<{ add: Entry[]; remove: string[] }> {
  let learned: Learned[] = [];
  await changeAccountState(
    { accountId: account.id, name: memoryStateName },
    octets => {
      let memory = readMemory(octets);
      learned = lessons.map(lesson => {
        const entry = lesson.entry && withinDay(lesson.entry, memory);
        const model = lesson.email.findings.score?.model ?? '';
        const done = learn(memory, lesson.learned, {
          lesson: { entry, source: lesson.source, at: lesson.at, model },
          capacity: accountCapacity,
        });
        memory = done.memory;
        return done.learned;
      });
      return writeMemory(memory);
    },
    { store },
  );
  await keepLearned(account, lessons, learned, { store });
  const taught = lessons.map(({ email, learned: before }, at) => ({
    ...{ findings: email.findings, before },
    after: learned[at] ?? null,
  }));
  await teachReputation(taught, account, { store });
  return {
    add: learned.flatMap(({ entry }) => (entry?.isShared ? [ownedBy(account, entry)] : [])),
    remove: lessons.flatMap((lesson, at) =>
      lesson.learned?.entry?.isShared && !learned[at]?.entry?.isShared ? [lesson.learned.entry.id] : [],
    ),
  };
}

/** What changed in the findings meanwhile stays. */
async function keepLearned(
  { id }: Account,
  lessons: readonly TaughtEmail[],
  learned: readonly Learned[],
  { store }: Pick<LearningDeps, 'store'>,
): Promise<void> {
  const emails = await store.getEmails(
    id,
    lessons.map(({ email }) => email.id),
  );
  const taught = new Map(
    lessons.map((lesson, at) => [lesson.email.id, { lesson, learned: learned[at] ?? null }]),
  );
  const tried = await changeUndisturbed(id, emails, {
    changeOf: async email => {
      const own = taught.get(email.id);
      return own ? changeOf({ ...own.lesson, email }, own.learned) : null;
    },
    store,
  });
  checkUndisturbed(tried);
}

/** Beyond the day's number, acts teach nobody but their owner. */
function withinDay(entry: Entry, { entries }: Memory): Entry {
  const day = (at: number) => Math.floor(at / 86_400);
  const today = entries.filter(
    ({ isShared, at, id }) => isShared && day(at) === day(entry.at) && id !== entry.id,
  );
  return entry.isShared && today.length >= sharedPerDay ? marked(entry, 0, false) : entry;
}

function ownedBy(account: Account, entry: Entry): Entry {
  return marked(entry, sharedOwner(account), true);
}

function marked(entry: Entry, owner: number, isShared: boolean): Entry {
  return newEntry({ ...entry, owner, isShared }, slotsOfEntry(entry));
}

/** What the owner has said is shown with the message; what came of itself is not. */
function changeOf({ email: { id, findings }, source }: TaughtEmail, learned: Learned | null): EmailChange {
  const kept = { emailId: id, learned: learned && writeLearned(learned) };
  const { score } = findings;
  if (source !== 'owner' || !score) return kept;
  const { marked: _, ...unmarked } = score;
  const isSpam = learned?.isSpam ?? null;
  const said =
    isSpam === null ? unmarked : { ...unmarked, marked: isSpam ? ('spam' as const) : ('ham' as const) };
  return { ...kept, findings: { ...findings, score: said }, ifFindings: findings };
}
