import { DeliveryError } from '../../../errors.ts';
import type { Changes, ChangeType } from '../../store.ts';
import type { Database } from '../database.ts';
import { rowId } from '../files.ts';
import type { ReadContext } from '../threads/context.ts';
import { readAccount } from './account-reads.ts';
import { kinds, loggedTypes, type StateRow, stateColumns } from './ledger.ts';

type States = Pick<StateRow, (typeof stateColumns)[ChangeType] | 'seq' | 'floor'>;

export function getState(context: ReadContext, accountId: string, type: ChangeType): string {
  return readAccount(context, accountId, (database, { number }) => {
    return String(readStates(database, number)?.[stateColumns[type]] ?? 0);
  });
}

function readStates(database: Database, account: number): States | undefined {
  return database.get<States>('select * from account where number = ?', account);
}

export function getChanges(
  context: ReadContext,
  accountId: string,
  type: ChangeType,
  since: string,
  limit: number,
): Changes {
  return readAccount(context, accountId, (database, { number }) => {
    const states = readStates(database, number);
    const current = states?.[stateColumns[type]] ?? 0;
    const oldest = requireState(since, current, states?.floor ?? 0, type);
    const from = { database, account: number, since: oldest, limit: Math.max(1, limit) };
    const changes = oldest === current ? nothing(current) : readers[type](from, current);
    return { ...changes, oldState: since };
  });
}

type Answer = Omit<Changes, 'oldState'>;

interface Since {
  readonly database: Database;
  readonly account: number;
  readonly since: number;
  readonly limit: number;
}

const readers: Readonly<Record<ChangeType, (from: Since, current: number) => Answer>> = {
  Email: (from, current) => readLog(from, current, 'type = 1', ({ object, kind }) => ({ object, kind })),
  EmailDelivery: (from, current) =>
    readLog(from, current, 'type = 1 and flags = 1', ({ object, kind }) => ({ object, kind })),
  Thread: (from, current) =>
    readLog(from, current, 'type = 1 and thread is not null', ({ thread, thread_kind }) => ({
      object: thread ?? '',
      kind: thread_kind ?? kinds.updated,
    })),
  ContactCard: (from, current) =>
    readLog(from, current, `type = ${loggedTypes.ContactCard}`, ({ object, kind }) => ({ object, kind })),
  Mailbox: readTagChanges,
  Settings: (_from, current) => ({ ...nothing(current), updated: ['singleton'] }),
};

function nothing(current: number): Answer {
  return { created: [], updated: [], destroyed: [], newState: String(current), hasMore: false };
}

/** A state of ours that the log still reaches, as its number. */
function requireState(since: string, current: number, floor: number, type: ChangeType): number {
  const number = /^\d{1,16}$/.test(since) ? Number(since) : -1;
  if (number === current) return number;
  if (number >= floor && number < current) return number;
  throw new DeliveryError('badRequest', 'the state is too old or unknown', {
    fields: { field: 'cannotCalculateChanges', type },
  });
}

interface LogRow {
  readonly id: number;
  readonly kind: number;
  readonly object: string;
  readonly thread: string | null;
  readonly thread_kind: number | null;
}

interface LoggedEvent {
  readonly object: string;
  readonly kind: number;
}

/** Log rows read at once; a page of changes stops at its limit of objects. */
const chunk = 1000;

function readLog(
  { database, account, since, limit }: Since,
  current: number,
  where: string,
  read: (row: LogRow) => LoggedEvent,
): Answer {
  const events = new Map<string, { first: number; last: number }>();
  let reached = rowId(account, since);
  for (;;) {
    const rows = database.all<LogRow>(
      `select id, kind, object, thread, thread_kind from change
       where id > ? and id <= ? and ${where} order by id limit ${chunk}`,
      reached,
      rowId(account, current),
    );
    for (const row of rows) {
      const { object, kind } = read(row);
      const known = events.get(object);
      if (!known && events.size === limit) {
        return { ...summarize(events), newState: String(reached - rowId(account, 0)), hasMore: true };
      }
      events.set(object, { first: known?.first ?? kind, last: kind });
      reached = row.id;
    }
    if (rows.length < chunk) return { ...summarize(events), newState: String(current), hasMore: false };
  }
}

function summarize(
  events: ReadonlyMap<string, { first: number; last: number }>,
): Pick<Changes, 'created' | 'updated' | 'destroyed'> {
  const created: string[] = [];
  const updated: string[] = [];
  const destroyed: string[] = [];
  for (const [object, { first, last }] of events) {
    const isNew = first === kinds.created;
    if (last === kinds.destroyed) {
      if (!isNew) destroyed.push(object);
    } else (isNew ? created : updated).push(object);
  }
  return { created, updated, destroyed };
}

interface TagChange {
  readonly id: string;
  readonly at: number;
  readonly created_seq: number;
  readonly properties_seq: number;
  readonly gone: number;
}

/** A tag's row says when it last changed, so that tags need no log. */
function readTagChanges({ database, account, since, limit }: Since, current: number): Answer {
  const rows = database.all<TagChange>(
    `select id, max(created_seq, properties_seq, counts_seq) at, created_seq, properties_seq, 0 gone
     from tag where account = ? and max(created_seq, properties_seq, counts_seq) > ?
     union all
     select id, seq at, created_seq, seq properties_seq, 1 gone from tag_gone where account = ? and seq > ?
     order by at`,
    account,
    since,
    account,
    since,
  );
  const shown = rows.slice(0, limit);
  const hasMore = rows.length > shown.length;
  const changed = (test: (row: TagChange) => boolean) => shown.filter(test).map(row => row.id);
  return {
    created: changed(row => row.gone === 0 && row.created_seq > since),
    updated: changed(row => row.gone === 0 && row.created_seq <= since),
    destroyed: changed(row => row.gone === 1 && row.created_seq <= since),
    newState: String(hasMore ? (shown.at(-1)?.at ?? current) : current),
    hasMore,
    onlyCounts: shown.length > 0 && shown.every(row => row.gone === 0 && row.properties_seq <= since),
  };
}
