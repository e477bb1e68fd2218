import { type ChangeType, changeTypes, type TagRole, tagRoles } from '../../store.ts';
import { systemTagNames } from '../../system-tags.ts';
import { hashKeyOf } from '../directory/hash-key.ts';
import { type AccountRecord, requireAccount } from '../directory/rows.ts';
import { rowId } from '../files.ts';
import type { WriteContext } from '../threads/context.ts';

/** A row of `account` in a shard. */
export interface StateRow {
  number: number;
  seq: number;
  floor: number;
  email_state: number;
  mailbox_state: number;
  thread_state: number;
  delivery_state: number;
  contact_state: number;
  settings_state: number;
  used: number;
  uploaded: number;
  emails: number;
  sealed: number;
  next_tag: number;
  audit_seq: number;
}

/** The column that holds the state of each type. */
export const stateColumns = {
  Email: 'email_state',
  Mailbox: 'mailbox_state',
  Thread: 'thread_state',
  EmailDelivery: 'delivery_state',
  ContactCard: 'contact_state',
  Settings: 'settings_state',
} as const satisfies Record<ChangeType, keyof StateRow>;

/** Numbers in the change log. */
export const loggedTypes = { Email: 1, ContactCard: 2 } as const;
export const kinds = { created: 1, updated: 2, destroyed: 3 } as const;
export type Kind = keyof typeof kinds;
/** What the log says besides: a created email is news to its owner, an updated one has other words to search. */
export const logFlags = { delivery: 1, words: 2 } as const;

/** How much a tag's kept counts change. */
export interface CountChange {
  emails: number;
  unread: number;
  threads: number;
  unread_threads: number;
}

/** System tags have fixed numbers and ids: every account has them from its first use. */
export const systemTagNumbers: Readonly<Record<TagRole, number>> = {
  inbox: 1,
  archive: 2,
  drafts: 3,
  sent: 4,
  junk: 5,
  trash: 6,
};

/** Stands for all mail among the tags of the counts by month. */
export const allMail = 0;

const placesPerMonth = 2 ** 42;

/** The month of a place: about 25 days, so that a mailbox of decades has few and each holds few emails. */
export function monthOf(place: number): number {
  return Math.floor(place / placesPerMonth);
}

/** The first place of a month. */
export function firstOfMonth(month: number): number {
  return month * placesPerMonth;
}

/** Log rows kept per account at least 30 days and at most this many. */
const maxLogRows = 100_000;
const logDays = 30;
const trimEvery = 512;

/**
 * The books of one account during one operation: its state row, the change log and the kept counts.
 * Nothing of them is written before `close`, but for the log.
 */
export class Ledger {
  readonly account: AccountRecord;
  readonly state: StateRow;
  readonly #context: WriteContext;
  /** The sequence when the operation began. */
  readonly #began: number;
  readonly #touched = new Set<ChangeType>();
  readonly #counts = new Map<number, CountChange>();
  #hashKey: Uint8Array | null = null;

  constructor(context: WriteContext, accountId: string) {
    this.#context = context;
    this.account = requireAccount(context.directory, accountId);
    this.state = stateOf(context, this.account.number);
    this.#began = this.state.seq;
  }

  /** Key of every hash of this account's content. */
  get hashKey(): Uint8Array {
    this.#hashKey ??= hashKeyOf(this.account, this.#context.settings);
    return this.#hashKey;
  }

  get number(): number {
    return this.account.number;
  }

  /** The next sequence number of the account. */
  next(): number {
    return ++this.state.seq;
  }

  /** Marks a type as changed now. */
  touch(type: ChangeType, sequence: number): void {
    this.state[stateColumns[type]] = sequence;
    this.#touched.add(type);
  }

  /** Writes one row of the log and gives its sequence number. */
  log(entry: {
    readonly type: keyof typeof loggedTypes;
    readonly kind: Kind;
    readonly object: string;
    readonly flag?: keyof typeof logFlags | null;
    readonly thread?: { readonly id: string; readonly kind: Kind };
    readonly sequence?: number;
  }): number {
    const sequence = entry.sequence ?? this.next();
    this.#context.database.run(
      `insert into change(id, at, type, kind, object, flags, thread, thread_kind)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      rowId(this.number, sequence),
      this.#context.now,
      loggedTypes[entry.type],
      kinds[entry.kind],
      entry.object,
      entry.flag ? logFlags[entry.flag] : 0,
      entry.thread?.id ?? null,
      entry.thread ? kinds[entry.thread.kind] : null,
    );
    this.touch(entry.type, sequence);
    if (entry.thread) this.touch('Thread', sequence);
    if (entry.flag === 'delivery') this.touch('EmailDelivery', sequence);
    return sequence;
  }

  /** Adds to the kept counts of a tag. */
  count(tag: number, change: Partial<CountChange>): void {
    const sum = this.#counts.get(tag) ?? { emails: 0, unread: 0, threads: 0, unread_threads: 0 };
    sum.emails += change.emails ?? 0;
    sum.unread += change.unread ?? 0;
    sum.threads += change.threads ?? 0;
    sum.unread_threads += change.unread_threads ?? 0;
    this.#counts.set(tag, sum);
  }

  /** Writes counts and states, and tells who watches. */
  close(): void {
    const { database } = this.#context;
    for (const [tag, sum] of this.#counts) {
      if (!sum.emails && !sum.unread && !sum.threads && !sum.unread_threads) continue;
      const sequence = this.next();
      this.touch('Mailbox', sequence);
      database.run(
        `update tag set emails = emails + ?, unread = unread + ?, threads = threads + ?,
           unread_threads = unread_threads + ?, counts_seq = ? where account = ? and number = ?`,
        sum.emails,
        sum.unread,
        sum.threads,
        sum.unread_threads,
        sequence,
        this.number,
        tag,
      );
    }
    if (Math.floor(this.state.seq / trimEvery) > Math.floor(this.#began / trimEvery)) this.#trim();
    writeState(this.#context, this.state);
    if (this.#touched.size === 0) return;
    const types: Partial<Record<ChangeType, string>> = {};
    for (const type of changeTypes) {
      if (this.#touched.has(type)) types[type] = String(this.state[stateColumns[type]]);
    }
    this.#context.tell(this.account.id, types);
  }

  /** Drops the oldest rows of the log; what was dropped can't be told any more (`floor`). */
  #trim(): void {
    const { database, now } = this.#context;
    const first = rowId(this.number, 0);
    const young = database.get<{ id: number }>(
      'select id from change where id > ? and id <= ? and at >= ? order by id limit 1',
      first,
      rowId(this.number, this.state.seq),
      now - logDays * 86_400_000,
    );
    const last = database.get<{ id: number | null }>(
      'select max(id) id from change where id > ? and id < ?',
      first,
      young?.id ?? rowId(this.number, this.state.seq + 1),
    );
    const aged = (last?.id ?? first) - first;
    const floor = Math.max(this.state.floor, aged, this.state.seq - maxLogRows);
    if (floor <= this.state.floor) return;
    this.state.floor = floor;
    database.run(
      'delete from change where id > ? and id <= ?',
      rowId(this.number, 0),
      rowId(this.number, floor),
    );
    database.run('delete from tag_gone where account = ? and seq <= ?', this.number, floor);
  }
}

const selectState = 'select * from account where number = ?';

/** The state row of an account; makes it, with the system tags, at the account's first use. */
export function stateOf(context: WriteContext, number: number): StateRow {
  const known = context.database.get<StateRow>(selectState, number);
  if (known) return { ...known };
  makeAccount(context, number);
  // Just written in this transaction.
  return { ...(context.database.get<StateRow>(selectState, number) as StateRow) };
}

function makeAccount({ database }: WriteContext, number: number): void {
  database.run(
    'insert into account(number, seq, mailbox_state, next_tag) values (?, ?, ?, ?)',
    number,
    tagRoles.length,
    tagRoles.length,
    tagRoles.length + 1,
  );
  for (const role of tagRoles) {
    const place = systemTagNumbers[role];
    database.run(
      `insert into tag(account, number, id, name, role, parent, sort_order, subscribed, created_seq,
         properties_seq, counts_seq) values (?, ?, ?, ?, ?, 0, ?, 1, ?, ?, ?)`,
      number,
      place,
      role,
      systemTagNames[role],
      role,
      place,
      place,
      place,
      place,
    );
  }
}

function writeState({ database }: WriteContext, state: StateRow): void {
  database.run(
    `update account set seq = ?, floor = ?, email_state = ?, mailbox_state = ?, thread_state = ?,
       delivery_state = ?, contact_state = ?, settings_state = ?, used = ?, uploaded = ?, emails = ?, sealed = ?,
       next_tag = ?, audit_seq = ? where number = ?`,
    state.seq,
    state.floor,
    state.email_state,
    state.mailbox_state,
    state.thread_state,
    state.delivery_state,
    state.contact_state,
    state.settings_state,
    state.used,
    state.uploaded,
    state.emails,
    state.sealed,
    state.next_tag,
    state.audit_seq,
    state.number,
  );
}
