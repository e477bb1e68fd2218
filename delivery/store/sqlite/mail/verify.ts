import { readDetail } from '../../sort-columns.ts';
import type { StoreFault } from '../../store.ts';
import type { Database } from '../database.ts';
import { findAccount } from '../directory/rows.ts';
import { accountRange, shardOf } from '../files.ts';
import type { ReadContext } from '../threads/context.ts';
import { type EmailRecord, idOf, readTags } from './email-rows.ts';
import { systemTagNumbers } from './ledger.ts';
import { octetsOf, requireData } from './reads.ts';
import { readTexts } from './stored-detail.ts';

/** Faults of one file as SQLite sees it. */
export function verifyFile(context: ReadContext, shard: number | null): StoreFault[] {
  const database = shard === null ? context.directory : context.shard(shard);
  const rows = database.all<{ quick_check: string }>('pragma quick_check(20)');
  return rows
    .filter(row => row.quick_check !== 'ok')
    .map(row => ({
      accountId: null,
      kind: 'fileDamaged',
      detail: `${shard === null ? 'directory' : `shard ${shard}`}: ${row.quick_check}`,
    }));
}

/** A small read of a shard. */
export function readProbe(context: ReadContext, shard: number): number {
  return context.shard(shard).get<{ at: number }>('select at from probe')?.at ?? 0;
}

/** Emails checked in one call. */
const atOnce = 200;

/** Faults of some emails of an account, by place, and where to go on; null at the end. */
export function verifyEmails(
  context: ReadContext,
  accountId: string,
  after: number,
): { faults: StoreFault[]; next: number | null } {
  const account = findAccount(context.directory, accountId);
  if (!account) return { faults: [], next: null };
  const database = context.shard(shardOf(accountId, context.settings.shards));
  return database.read(() => {
    const records = database.all<EmailRecord>(
      `select * from email where account = ? and place > ? order by place limit ${atOnce}`,
      account.number,
      after,
    );
    const faults = records.flatMap(record =>
      emailFaults(database, record).map(detail => ({ accountId, kind: 'emailDamaged', detail })),
    );
    return { faults, next: records.length === atOnce ? (records.at(-1)?.place ?? null) : null };
  });
}

function emailFaults(database: Database, record: EmailRecord): string[] {
  const faults: string[] = [];
  const check = (what: string, work: () => boolean): void => {
    try {
      if (!work()) faults.push(`${idOf(record)}: ${what}`);
    } catch (error) {
      faults.push(`${idOf(record)}: ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  check('octets', () => octetsOf(database, record).byteLength === record.size);
  check('detail', () => readDetail(readTexts(requireData(database, record)).detail).summary !== undefined);
  check('tags', () => {
    const tags = readTags(record.tags);
    const listed = tags.filter(tag =>
      database.get(
        'select 1 from email_tag where account = ? and tag = ? and place = ? and seen = ?',
        record.account,
        tag,
        record.place,
        record.seen,
      ),
    );
    return tags.length > 0 && listed.length === tags.length;
  });
  return faults;
}

/** Kept counts of an account that differ from what a recount finds. */
export function verifyCounts(context: ReadContext, accountId: string): StoreFault[] {
  const account = findAccount(context.directory, accountId);
  if (!account) return [];
  const database = context.shard(shardOf(accountId, context.settings.shards));
  return database.read(() =>
    recountKinds.flatMap(kind =>
      recount(database, account.number, kind).map(row => ({ accountId, kind, detail: JSON.stringify(row) })),
    ),
  );
}

/** Rows of one kept count, or list, of an account that are wrong, with what a recount finds. */
export function recount(database: Database, account: number, kind: RecountKind): Record<string, unknown>[] {
  return database.all<Record<string, unknown>>(recounts[kind].replaceAll('$account', String(account)));
}

const { trash } = systemTagNumbers;

/** The first row of an account, as `rowId` reckons it, in SQL. */
function rowOf(account: string): string {
  return `${account} * ${accountRange}`;
}

/** One row per kept count: the query gives the rows that are wrong. */
const recounts = {
  accountCount: `select a.used, a.emails, a.sealed, c.* from account a,
        (select count(*) n, coalesce(sum(size), 0) octets, coalesce(sum(sealed), 0) s from email
         where account = $account) c
      where a.number = $account and (a.emails <> n or a.used <> octets or a.sealed <> s)`,
  tagCount: `select t.id, t.emails, t.unread, count(e.place) n, coalesce(sum(e.unread), 0) u
      from tag t left join email_tag l on l.account = t.account and l.tag = t.number
        left join email e on e.account = l.account and e.place = l.place
      where t.account = $account group by t.number having t.emails <> n or t.unread <> u`,
  monthCount: `select coalesce(k.tag, c.tag) tag, coalesce(k.month, c.month) month, k.emails, c.n
      from (select tag, month, emails from tag_month where account = $account and emails <> 0) k
      full join (
        select tag, place >> 42 month, count(*) n from email_tag where account = $account group by 1, 2
        union all select 0, place >> 42, count(*) from email where account = $account group by 2) c
        on c.tag = k.tag and c.month = k.month
      where k.emails is not c.n`,
  tagThreadCount: `select t.id, t.threads, t.unread_threads, count(s.thread) n, coalesce(sum(s.u), 0) su
      from tag t left join (
        select l.tag, e.thread, exists (
            select 1 from email o where o.account = $account and o.thread = e.thread and o.unread = 1
            and case when l.tag = ${trash} then instr(o.tags, ',${trash},') > 0 else o.tags <> ',${trash},' end) u
        from email_tag l join email e on e.account = l.account and e.place = l.place
        where l.account = $account group by l.tag, e.thread) s on s.tag = t.number
      where t.account = $account group by t.number having t.threads <> n or t.unread_threads <> su`,
  threadCount: `select hex(t.thread) thread, t.emails, t.unread, t.unread_trash, count(e.place) n,
        coalesce(sum(e.unread and e.tags <> ',${trash},'), 0) u,
        coalesce(sum(e.unread and instr(e.tags, ',${trash},') > 0), 0) ut
      from thread t left join email e on e.account = t.account and e.thread = t.thread
      where t.account = $account group by t.thread
      having t.emails <> n or t.unread <> u or t.unread_trash <> ut`,
  discussionCount: `select d.key, d.emails, d.unread, d.last_place, count(e.place) n, coalesce(sum(e.unread), 0) u
      from discussion d left join email e on e.account = d.account and e.discussion = d.key
      where d.account = $account group by d.key
      having d.emails <> n or d.unread <> u or d.last_place is not max(e.place)`,
  discussionTag: `select coalesce(k.tag, c.tag) tag, coalesce(k.discussion, c.discussion) discussion, k.place, c.n
      from (select tag, discussion, place from discussion_tag where account = $account) k
      full join (
        select t.tag, e.discussion, max(t.place) n from email_tag t
          join email e on e.account = t.account and e.place = t.place
        where t.account = $account group by 1, 2) c on c.tag = k.tag and c.discussion = k.discussion
      where k.place is not c.n`,
  discussionParticipant: `select coalesce(k.participant, c.participant) participant,
        coalesce(k.discussion, c.discussion) discussion, c.discussion is not null isMissing
      from (select participant, discussion from discussion_participant where account = $account) k
      full join (
        select distinct j.value participant, d.key discussion
        from discussion d cross join json_each(d.participants) j where d.account = $account) c
        on c.participant = k.participant and c.discussion = k.discussion
      where k.discussion is null or c.discussion is null`,
  listLeftover: `select l.tag, l.place from email_tag l left join email e on e.account = l.account and e.place = l.place
      where l.account = $account and (e.place is null or instr(e.tags, ',' || l.tag || ',') = 0)`,
  keywordLeftover: `select l.keyword, l.place from email_keyword l
        left join email e on e.account = l.account and e.place = l.place
      where l.account = $account and (e.place is null or instr(e.keywords, ' ' || l.keyword || ' ') = 0)`,
  learnedLeftover: `select l.id from learned l
      where l.id >= ${rowOf('$account')} and l.id < ${rowOf('($account + 1)')}
        and not exists (select 1 from detail d where d.id = l.id)`,
} as const satisfies Record<string, string>;

/** What can be counted anew. */
export type RecountKind = keyof typeof recounts;
const recountKinds = Object.keys(recounts) as RecountKind[];
