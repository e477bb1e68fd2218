import type { Account } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { requireAccount, toAccount } from '../directory/rows.ts';
import { bucketOf, monthOfEmail } from './bucket.ts';
import type { Placing } from './placing.ts';
import { changedColumns, type EmailRecord, type LightRow, lightColumns, toLightRow } from './row.ts';

/** Ids asked for in one statement. */
const atOnce = 100;

/** Finds accounts, and emails by id or thread. */
export class Emails {
  readonly #context: CassandraContext;
  readonly #placing: Placing;

  constructor(context: CassandraContext, placing: Placing) {
    this.#context = context;
    this.#placing = placing;
  }

  /** The account; throws `notFound` when there is none, or it is being removed. */
  async account(accountId: string): Promise<Account> {
    return toAccount(await requireAccount(this.#context.session, accountId), this.#context);
  }

  /** Emails of these ids, by id; unknown ids are left out. `isForChange`: with the times of their cells. */
  async find(
    accountId: string,
    ids: readonly string[],
    { isForChange = false }: { isForChange?: boolean } = {},
  ): Promise<Map<string, LightRow>> {
    const columns = isForChange ? changedColumns : lightColumns;
    const found = new Map<string, LightRow>();
    const months = Map.groupBy(new Set(ids), id => monthOfEmail(id));
    await Promise.all(
      [...months].map(async ([month, wanted]) => {
        if (month === null) return;
        // Most months have one part.
        await this.#read({ accountId, bucket: bucketOf(month, 0), columns }, wanted, found);
        const missing = wanted.filter(id => !found.has(id));
        if (missing.length === 0) return;
        const parts = await this.#placing.partsOf(accountId, month);
        const others = parts.filter(bucket => bucket !== bucketOf(month, 0));
        await Promise.all(others.map(bucket => this.#read({ accountId, bucket, columns }, missing, found)));
      }),
    );
    return found;
  }

  /** Emails of these ids among those of one bucket. */
  async inBucket(accountId: string, bucket: number, ids: readonly string[]): Promise<LightRow[]> {
    const found = new Map<string, LightRow>();
    await this.#read({ accountId, bucket, columns: lightColumns }, ids, found);
    return [...found.values()];
  }

  async #read(
    { accountId, bucket, columns }: { accountId: string; bucket: number; columns: string },
    ids: readonly string[],
    found: Map<string, LightRow>,
  ): Promise<void> {
    const pieces = Array.from({ length: Math.ceil(ids.length / atOnce) }, (_unused, index) =>
      ids.slice(index * atOnce, (index + 1) * atOnce),
    );
    const cql = `select ${columns} from email where account = ? and bucket = ? and id in ?`;
    await Promise.all(
      pieces.map(async piece => {
        const records = await this.#context.session.rows<EmailRecord>(cql, [accountId, bucket, piece]);
        for (const record of records) {
          const row = toLightRow(record);
          if (row) found.set(row.id, row);
        }
      }),
    );
  }

  /** The emails of each thread, oldest first; threads without any are left out. */
  async threadMembers(accountId: string, threads: readonly string[]): Promise<Map<string, LightRow[]>> {
    const links = await Promise.all(
      threads.map(thread =>
        this.#context.session.rows<{ id: string }>('select id from link where account = ? and name = ?', [
          accountId,
          threadLink(thread),
        ]),
      ),
    );
    const rows = await this.find(
      accountId,
      links.flat().map(({ id }) => id),
    );
    const members = new Map<string, LightRow[]>();
    for (const [index, thread] of threads.entries()) {
      // A link without its email is of a delivery that was not ended, or of one destroyed.
      const present = (links[index] ?? []).flatMap(({ id }) => rows.get(id) ?? []);
      const own = present.filter(({ head }) => head.threadId === thread);
      if (own.length > 0) members.set(thread, own.reverse());
    }
    return members;
  }
}

/** The partition of `link` that names the emails of a thread. */
export function threadLink(threadId: string): string {
  return `t${threadId}`;
}

/** The same of a discussion; the value says whether the email was encrypted. */
export function discussionLink(key: string): string {
  return `d${key}`;
}

/** The same of a message identifier's hash; the value is the email's thread. */
export function messageLink(key: number): string {
  return `m${key.toString(36)}`;
}
