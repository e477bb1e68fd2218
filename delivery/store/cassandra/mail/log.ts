import type { types } from 'cassandra-driver';
import type { ChangeType } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Statement } from '../session.ts';
import { bucketOf, monthOfInstant } from './bucket.ts';

/**
 * What a line of the change log is about. Lines of one class lie together, newest first, so that the newest line that
 * matters to a type is found without reading the others.
 */
export const classes = {
  /** An email that is news to its owner came. */
  delivered: 1,
  /** Another email came, or one went. */
  membership: 2,
  /** Tags of an email changed, or whether it is unread: counts follow. */
  standing: 3,
  /** Anything else of an email changed. */
  email: 4,
  /** A tag was made, changed or removed. */
  tag: 5,
  contact: 6,
  settings: 7,
} as const;
export type LogClass = keyof typeof classes;

/** Whose lines make the state of each type. */
export const classesOf: Readonly<Record<ChangeType, readonly LogClass[]>> = {
  Email: ['delivered', 'membership', 'standing', 'email'],
  EmailDelivery: ['delivered'],
  Thread: ['delivered', 'membership'],
  Mailbox: ['delivered', 'membership', 'standing', 'tag'],
  ContactCard: ['contact'],
  Settings: ['settings'],
};

export const kinds = { created: 1, updated: 2, destroyed: 3 } as const;
export type Kind = keyof typeof kinds;

/** One line of the log. */
export interface LogLine {
  readonly class: LogClass;
  readonly kind: Kind;
  /** Id of the email, tag or contact. */
  readonly object: string;
  /** Of an email: its thread. */
  readonly thread?: string;
  /** Of an email: the tags that it was or is in. */
  readonly tags?: readonly string[];
}

/** The bucket that the log of this moment is in. */
export function logBucket(now: Date): number {
  return bucketOf(monthOfInstant(now), 0);
}

/** Writes a line of the log: together with what it tells, in one batch. */
export function logStatement(
  { session, clock }: Pick<CassandraContext, 'session' | 'clock'>,
  accountId: string,
  line: LogLine,
): Statement {
  const now = clock.now();
  return {
    cql: 'insert into change (account, bucket, class, at, kind, object, thread, tags) values (?, ?, ?, ?, ?, ?, ?, ?)',
    values: [
      accountId,
      logBucket(now),
      classes[line.class],
      session.timeId(now),
      kinds[line.kind],
      line.object,
      line.thread,
      line.tags?.length ? [...line.tags] : undefined,
    ],
  };
}

/** Types whose state a line changes. */
export function typesOf(line: Pick<LogLine, 'class'>): ChangeType[] {
  const types = Object.keys(classesOf) as ChangeType[];
  return types.filter(type => classesOf[type].includes(line.class));
}

/** A line as it is read back. */
export interface ReadLine {
  /** Names it, and sorts by its instant. */
  readonly name: string;
  readonly class: number;
  readonly at: types.TimeUuid;
  readonly kind: number;
  readonly object: string;
  readonly thread: string | null;
  readonly tags: readonly string[] | null;
}

/** How long the log surely goes back. */
export const logMilliseconds = 30 * 86_400_000;
/** Lines go by themselves a day after this, so that a state that old still is one. */
export const keptMilliseconds = 34 * 86_400_000;

/** Buckets that can hold lines of the last 30 days, and those of a clock that is ahead of ours. */
function logBuckets(now: Date): number[] {
  const month = monthOfInstant(new Date(now.getTime() + 60_000));
  return [month, month - 1, month - 2].map(one => bucketOf(one, 0));
}

/** Instant of the newest line of a type in milliseconds; 0 when there is none. */
export async function newestLine(
  { session, clock }: CassandraContext,
  accountId: string,
  type: ChangeType,
): Promise<number> {
  const buckets = logBuckets(clock.now());
  const found = await Promise.all(
    classesOf[type].map(name =>
      session.rows<{ at: types.TimeUuid }>(
        'select at from change where account = ? and bucket in ? and class = ? per partition limit 1',
        [accountId, buckets, classes[name]],
      ),
    ),
  );
  return Math.max(0, ...found.flat().map(({ at }) => at.getDate().getTime()));
}

/** Lines of a type from an instant on, oldest first; of more than `limit` some. */
export async function linesSince(
  { session, clock }: CassandraContext,
  accountId: string,
  { type, since, limit }: { readonly type: ChangeType; readonly since: number; readonly limit?: number },
): Promise<ReadLine[]> {
  const cql = `select class, at, kind, object, thread, tags from change
    where account = ? and bucket in ? and class in ? and at >= mintimeuuid(?)`;
  const classNumbers = classesOf[type].map(name => classes[name]);
  const values = [accountId, logBuckets(clock.now()), classNumbers, new Date(since)];
  const lines: ReadLine[] = [];
  for await (const rows of session.pages<Omit<ReadLine, 'name'>>(cql, values, 1000)) {
    for (const row of rows) lines.push({ ...row, name: comparable(row.at) });
    if (limit !== undefined && lines.length >= limit) break;
  }
  return lines.sort(byInstant);
}

/** The order of two lines: all readers see the same. */
export function byInstant(one: Pick<ReadLine, 'name'>, other: Pick<ReadLine, 'name'>): number {
  return one.name < other.name ? -1 : 1;
}

/** A text that names a line and sorts as it does. */
export function comparable(at: types.TimeUuid): string {
  const { date, ticks } = at.getDatePrecision();
  return `${String(date.getTime()).padStart(14, '0')}.${String(ticks).padStart(4, '0')}.${at}`;
}
