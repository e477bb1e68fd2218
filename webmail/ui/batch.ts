import type { Invocation, Mailbox } from '../wire.ts';
import { type Act, type Changeable, patchOf } from './acts.ts';
import { RequestError } from './client.ts';
import { type EmailPatch, updateOf } from './email-patch.ts';
import { inverse } from './inverse-patch.ts';
import { type Asking, asPrefix, narrowing } from './mail.ts';
import { allId, type ListFilter } from './route.ts';
import type { MailList } from './tabs.ts';

/** Records that the server takes in one call (`maxObjectsInSet`, `maxObjectsInGet`). */
const batchSize = 500;
/** Calls of one request; the server takes 64. */
const callsAtOnce = 16;

/** A message to act on, and the row that it was chosen by. */
export interface Chosen {
  readonly id: string;
  readonly key: string;
}

/** What was done and can be taken back: one patch for many messages. */
export interface Undo {
  readonly patch: EmailPatch;
  readonly ids: readonly string[];
}

export interface Outcome {
  /** Messages that were changed. */
  readonly done: number;
  /** Messages that the server would not change. */
  readonly failed: readonly Chosen[];
  readonly undo: readonly Undo[];
  /** Somebody asked for it to end early. */
  readonly isStopped: boolean;
}

/** Told behind each batch; `isStopped` ends the work between two batches. */
export interface Progress {
  tell(done: number, total: number | null): void;
  isStopped(): boolean;
}

/** Of work that nobody watches. */
export const unwatched: Progress = { tell() {}, isStopped: () => false };

/** Conditions of Email/query that a message of the list fulfils; null for a list that is no query. */
export function conditionsOf(list: MailList, filter: ListFilter, inboxTagId: string): object[] | null {
  if (list.kind === 'contact' || filter.minImportance !== undefined) return null;
  const id = list.kind === 'tag' && list.id === 'inbox' ? inboxTagId : list.kind === 'tag' ? list.id : '';
  return [
    ...(list.kind === 'search' ? [{ query: asPrefix(list.text) }] : id === allId ? [] : [{ inMailbox: id }]),
    ...narrowing(filter),
  ];
}

const newestFirst = [{ property: 'receivedAt', isAscending: false }];

function queryCall(
  accountId: string,
  conditions: readonly object[],
  callId: string,
  more: object,
): Invocation {
  const filter = conditions.length > 0 ? { operator: 'AND', conditions } : null;
  return ['Email/query', { accountId, filter, sort: newestFirst, limit: batchSize, ...more }, callId];
}

/** How many messages a list has. */
export async function countMessages(
  { client, accountId }: Asking,
  conditions: readonly object[],
): Promise<number> {
  const more = { limit: 0, calculateTotal: true };
  const answers = await client.call([queryCall(accountId, conditions, 'count', more)]);
  return Number(answers.count?.total ?? 0);
}

/** Ids of all messages of a list, newest first; what arrives meanwhile is not among them. */
export async function idsOfList(
  { client, accountId }: Asking,
  conditions: readonly object[],
  progress: Progress,
): Promise<string[]> {
  const ids = new Set<string>();
  /** The last message of each page so far. */
  const ends: string[] = [];
  while (!progress.isStopped()) {
    const anchor = ends.at(-1);
    const at = anchor === undefined ? { position: 0 } : { anchor, anchorOffset: 1 };
    const page = await client
      .call([queryCall(accountId, conditions, 'page', at)])
      .then(answers => (answers.page?.ids ?? []) as readonly string[])
      .catch((error: unknown) => {
        if (error instanceof RequestError && error.type === 'anchorNotFound') return null;
        throw error;
      });
    // Gone meanwhile: what follows is behind the page before, too.
    if (page === null) ends.pop();
    else {
      for (const id of page) ids.add(id);
      if (page.length < batchSize) break;
      ends.push(page.at(-1) ?? '');
    }
  }
  return [...ids];
}

/** All messages of these discussions in the list that they stand in. */
export async function idsOfDiscussions(
  asking: Asking,
  keys: readonly string[],
  scope: readonly object[],
): Promise<Chosen[]> {
  const found: Chosen[] = [];
  for (const some of chunks(keys, callsAtOnce)) {
    const calls = some.map((key, place) =>
      queryCall(asking.accountId, [{ discussion: key }, ...scope], String(place), { position: 0 }),
    );
    const answers = await asking.client.call(calls);
    for (const [place, key] of some.entries()) {
      const ids = (answers[String(place)]?.ids ?? []) as readonly string[];
      const all =
        ids.length < batchSize ? ids : await idsOfList(asking, [{ discussion: key }, ...scope], unwatched);
      found.push(...all.map(id => ({ id, key })));
    }
  }
  return found;
}

/** Flags and tags of messages as they are now; those that are gone are left out. */
export async function loadChangeables(
  { client, accountId }: Asking,
  ids: readonly string[],
): Promise<(Changeable & { readonly id: string })[]> {
  const properties = ['id', 'keywords', 'mailboxIds'];
  const found: (Changeable & { readonly id: string })[] = [];
  for (const some of chunks(ids, batchSize)) {
    const answers = await client.call([['Email/get', { accountId, ids: some, properties }, 'get']]);
    found.push(...((answers.get?.list ?? []) as (Changeable & { readonly id: string })[]));
  }
  return found;
}

/** Does one thing to many messages, batch by batch. Throws only when nothing was done yet. */
export async function actOn(
  asking: Asking,
  chosen: readonly Chosen[],
  {
    act,
    tags,
    progress,
  }: { readonly act: Act; readonly tags: readonly Mailbox[]; readonly progress: Progress },
): Promise<Outcome> {
  const patches = async (some: readonly Chosen[]) => {
    const emails = await loadChangeables(
      asking,
      some.map(({ id }) => id),
    );
    return new Map(
      emails.flatMap(email => {
        const patch = patchOf(act, email, tags);
        return patch ? [[email.id, patch] as const] : [];
      }),
    );
  };
  return inBatches(asking, chosen, { patches, progress });
}

/** Takes back what `actOn` did. */
export async function takeBack(asking: Asking, undo: readonly Undo[], progress: Progress): Promise<Outcome> {
  const byId = new Map(undo.flatMap(({ patch, ids }) => ids.map(id => [id, patch] as const)));
  const patches = async (some: readonly Chosen[]) =>
    new Map(some.flatMap(({ id }) => (byId.has(id) ? [[id, byId.get(id) as EmailPatch] as const] : [])));
  return inBatches(
    asking,
    [...byId.keys()].map(id => ({ id, key: id })),
    { patches, progress },
  );
}

interface Patches {
  /** What changes in each; a message without a patch stays as it is. */
  readonly patches: (some: readonly Chosen[]) => Promise<ReadonlyMap<string, EmailPatch>>;
  readonly progress: Progress;
}

async function inBatches(
  asking: Asking,
  chosen: readonly Chosen[],
  { patches, progress }: Patches,
): Promise<Outcome> {
  const undo = new Map<string, string[]>();
  const outcome = await batchByBatch(chosen, progress, async some => {
    const wanted = await patches(some);
    const refused = await changeMany(asking, wanted);
    const changed = [...wanted].filter(([id]) => !refused.has(id));
    for (const [id, patch] of changed) {
      const key = JSON.stringify(inverse(patch));
      const ids = undo.get(key);
      if (ids) ids.push(id);
      else undo.set(key, [id]);
    }
    return { done: changed.length, refused };
  });
  const back = [...undo].map(([patch, ids]) => ({ patch: JSON.parse(patch) as EmailPatch, ids }));
  return { ...outcome, undo: back };
}

interface BatchResult {
  readonly done: number;
  /** Ids that the server would not change. */
  readonly refused: ReadonlySet<string>;
}

/** Works through the messages. Throws only when nothing was done yet; when it breaks later, what is left has failed. */
async function batchByBatch(
  chosen: readonly Chosen[],
  progress: Progress,
  work: (some: readonly Chosen[]) => Promise<BatchResult>,
): Promise<Omit<Outcome, 'undo'>> {
  const failed: Chosen[] = [];
  let done = 0;
  let seen = 0;
  for (const some of chunks(chosen, batchSize)) {
    if (progress.isStopped()) break;
    try {
      const result = await work(some);
      done += result.done;
      failed.push(...some.filter(({ id }) => result.refused.has(id)));
    } catch (error) {
      if (done === 0) throw error;
      failed.push(...chosen.slice(seen));
      break;
    }
    seen += some.length;
    progress.tell(seen, chosen.length);
  }
  return { done, failed, isStopped: progress.isStopped() };
}

/** Sends one batch; gives the ids that the server would not change. A message that is gone is no failure. */
async function changeMany(
  { client, accountId }: Asking,
  patches: ReadonlyMap<string, EmailPatch>,
): Promise<ReadonlySet<string>> {
  if (patches.size === 0) return new Set();
  const update = Object.fromEntries([...patches].map(([id, patch]) => [id, updateOf(patch)]));
  const answers = await client.call([['Email/set', { accountId, update }, 'set']]);
  return refusedOf(answers.set?.notUpdated);
}

function refusedOf(refused: unknown): ReadonlySet<string> {
  const errors = Object.entries((refused ?? {}) as Record<string, { type: string }>);
  return new Set(errors.filter(([, error]) => error.type !== 'notFound').map(([id]) => id));
}

/** Destroys messages for good, batch by batch: there is no way back. Throws only when nothing was done yet. */
export async function destroyMany(
  { client, accountId }: Asking,
  chosen: readonly Chosen[],
  progress: Progress,
): Promise<Outcome> {
  const outcome = await batchByBatch(chosen, progress, async some => {
    const destroy = some.map(({ id }) => id);
    const answers = await client.call([['Email/set', { accountId, destroy }, 'set']]);
    const destroyed = (answers.set?.destroyed ?? []) as readonly string[];
    return { done: destroyed.length, refused: refusedOf(answers.set?.notDestroyed) };
  });
  return { ...outcome, undo: [] };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
