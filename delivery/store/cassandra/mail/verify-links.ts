import type { CassandraContext } from '../context.ts';
import { mapAtOnce } from '../directory/at-once.ts';
import { type Emails, threadLink } from './emails.ts';
import type { LightRow } from './row.ts';
import { settleMilliseconds } from './settled.ts';
import { isOld, newestOf, type Suspicion } from './verify-fault.ts';
import { type Place, readRow, type TimedRow } from './verify-rows.ts';

interface LinkRow {
  readonly name: string;
  readonly value: string | null;
  readonly at: bigint | null;
}

interface LinkName {
  readonly name: string;
  readonly id: string;
}

async function readLink(
  { session }: CassandraContext,
  accountId: string,
  { name, id }: LinkName,
): Promise<LinkRow | undefined> {
  return await session.row<LinkRow>(
    'select name, value, writetime(value) as at from link where account = ? and name = ? and id = ?',
    [accountId, name, id],
  );
}

/** The value that an email's link has there (`linkStatements`). */
function expectedValue(name: string, { isEncrypted, head }: LightRow): string {
  if (name.startsWith('d')) return isEncrypted ? '1' : '0';
  return name.startsWith('m') ? head.threadId : '';
}

/** Links of these emails that are missing or say something else. */
export async function linkSuspicions(
  context: CassandraContext,
  place: Place,
  rows: readonly TimedRow[],
): Promise<Suspicion[]> {
  const cql =
    'select name, value, writetime(value) as at from link where account = ? and name in ? and id = ?';
  const found = await mapAtOnce(rows, 8, async timed => {
    const { head, id } = timed.row;
    const links = await context.session.rows<LinkRow>(cql, [place.accountId, head.links, id]);
    const byName = new Map(links.map(link => [link.name, link]));
    return head.links.flatMap(name => {
      const link = byName.get(name);
      if (!link) return [missing(context, place, { name, id })];
      return isWrong(context, timed, link) ? [wrong(context, place, { name, id })] : [];
    });
  });
  return found.flat();
}

/** Email and link change together, though not at one instant: what is young may be under way. */
function isWrong({ session }: CassandraContext, { row, record }: TimedRow, link: LinkRow): boolean {
  if (link.value === expectedValue(link.name, row)) return false;
  const newest = newestOf([record.encrypted_at, record.head_at, link.at]) ?? 0n;
  return newest <= session.micros() - BigInt(settleMilliseconds) * 1000n;
}

/** What points to an email is written before it and goes behind it. */
function missing(context: CassandraContext, place: Place, link: LinkName): Suspicion {
  const { accountId } = place;
  return {
    kind: 'linkMissing',
    accountId,
    detail: `${link.id}: ${link.name}`,
    isStill: async () =>
      (await readLink(context, accountId, link)) === undefined &&
      (await readRow(context, place, link.id)) !== undefined,
    mend: () => insertLink(context, place, link),
  };
}

async function insertLink(context: CassandraContext, place: Place, link: LinkName): Promise<void> {
  const { session } = context;
  const { accountId } = place;
  const timed = await readRow(context, place, link.id);
  if (!timed) return;
  const cql = 'insert into link (account, name, id, value) values (?, ?, ?, ?)';
  const values = [accountId, link.name, link.id, expectedValue(link.name, timed.row)];
  // As old as the email: whoever changes or destroys it at this moment is later.
  await session.run(cql, values, timed.record.head_at ?? undefined);
  if (await readLink(context, accountId, link)) return;
  // Something deleted it later than that.
  const now = session.micros();
  await session.run(cql, values, now);
  if (await readRow(context, place, link.id)) return;
  await session.run(deleteLink, [accountId, link.name, link.id], now);
}

const deleteLink = 'delete from link where account = ? and name = ? and id = ?';

function wrong(context: CassandraContext, place: Place, name: LinkName): Suspicion {
  const { session } = context;
  const { accountId } = place;
  const look = async (): Promise<{ link: LinkRow; row: LightRow } | null> => {
    const link = await readLink(context, accountId, name);
    const timed = await readRow(context, place, name.id);
    return link && timed && isWrong(context, timed, link) ? { link, row: timed.row } : null;
  };
  return {
    kind: 'linkWrong',
    accountId,
    detail: `${name.id}: ${name.name}`,
    isStill: async () => (await look()) !== null,
    mend: async () => {
      const seen = await look();
      if (!seen) return;
      // Just later than what is there, so that a change of this moment wins.
      await session.run(
        'insert into link (account, name, id, value) values (?, ?, ?, ?)',
        [accountId, name.name, name.id, expectedValue(name.name, seen.row)],
        (seen.link.at ?? 0n) + 1n,
      );
    },
  };
}

/** What a walk through an account's emails remembers, to find links to what is not there. */
export class LinkNames {
  readonly ids = new Set<string>();
  /** How many emails name each partition of `link`. */
  readonly counts = new Map<string, number>();

  add({ id, head }: LightRow): void {
    this.ids.add(id);
    for (const name of head.links) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** A thread of an email that was destroyed: its partition may have no email any more. */
  addThread(threadId: string): void {
    const name = threadLink(threadId);
    if (!this.counts.has(name)) this.counts.set(name, 0);
  }
}

interface SeenLink {
  readonly id: string;
  readonly at: bigint | null;
}

/** Links in the partitions that emails name whose email is gone or does not name them, partition by partition. */
export async function* linkLeftovers(
  context: CassandraContext,
  { accountId, emails }: { readonly accountId: string; readonly emails: Pick<Emails, 'find'> },
  names: LinkNames,
): AsyncGenerator<Suspicion[]> {
  const cql = 'select id, writetime(value) as at from link where account = ? and name = ?';
  for (const [name, count] of names.counts) {
    const suspects: SeenLink[] = [];
    let held = 0;
    for await (const links of context.session.pages<SeenLink>(cql, [accountId, name])) {
      for (const link of links) {
        if (names.ids.has(link.id)) held += 1;
        else if (isOld(context, link.at)) suspects.push(link);
      }
    }
    // More than emails that name it: some are of others.
    const ids = held > count ? await strayIn(context, { accountId, emails, name }) : [];
    const all = [...suspects.map(({ id }) => id), ...ids];
    if (all.length > 0) yield all.map(id => leftover(context, { accountId, emails, link: { name, id } }));
  }
}

interface Partition {
  readonly accountId: string;
  readonly emails: Pick<Emails, 'find'>;
  readonly name: string;
}

async function strayIn(context: CassandraContext, { accountId, emails, name }: Partition): Promise<string[]> {
  const stray: string[] = [];
  const cql = 'select id, writetime(value) as at from link where account = ? and name = ?';
  for await (const links of context.session.pages<SeenLink>(cql, [accountId, name], 100)) {
    const old = links.filter(({ at }) => isOld(context, at)).map(({ id }) => id);
    const rows = await emails.find(accountId, old);
    for (const [id, { head }] of rows) if (!head.links.includes(name)) stray.push(id);
  }
  return stray;
}

function leftover(
  context: CassandraContext,
  {
    accountId,
    emails,
    link,
  }: { readonly accountId: string; readonly emails: Pick<Emails, 'find'>; readonly link: LinkName },
): Suspicion {
  const look = async (): Promise<{ at: bigint | null } | null> => {
    const found = await readLink(context, accountId, link);
    if (!found || !isOld(context, found.at)) return null;
    const row = (await emails.find(accountId, [link.id])).get(link.id);
    return row?.head.links.includes(link.name) ? null : { at: found.at };
  };
  return {
    kind: 'linkLeftover',
    accountId,
    detail: `${link.id}: ${link.name}`,
    isStill: async () => (await look()) !== null,
    mend: async () => {
      const seen = await look();
      if (!seen) return;
      // Not later than what was seen: a delivery that is tried again writes it anew.
      const key = [accountId, link.name, link.id];
      await context.session.run(deleteLink, key, seen.at ?? undefined);
    },
  };
}
