import type { CassandraContext } from '../context.ts';
import { makingMilliseconds, settleMaking } from '../directory/making-end.ts';
import { type AccountRecord, isThere, readRecord } from '../directory/rows.ts';
import { slotOf } from '../directory/slots.ts';
import type { FaultKind, Suspicion } from './verify-fault.ts';

/** A row of a list, all of whose columns are its key. */
interface ListRow {
  readonly table: string;
  readonly columns: readonly [string, string];
  readonly key: readonly [unknown, string];
}

/** Where an account that is there must stand. */
function listsOf({ id, domain, tenant }: AccountRecord): ListRow[] {
  return [
    { table: 'account_list', columns: ['slot', 'id'], key: [slotOf(id), id] },
    { table: 'account_of_domain', columns: ['domain', 'id'], key: [domain, id] },
    { table: 'account_of_tenant', columns: ['tenant', 'id'], key: [tenant, id] },
  ];
}

/** Whether the list has the row. */
async function isListed({ session }: CassandraContext, { table, columns, key }: ListRow): Promise<boolean> {
  const [partition, name] = columns;
  const cql = `select ${name} from ${table} where ${partition} = ? and ${name} = ?`;
  return (await session.row(cql, key)) !== undefined;
}

/** Adds the row to the list. */
async function enlist({ session }: CassandraContext, { table, columns, key }: ListRow): Promise<void> {
  await session.run(`insert into ${table} (${columns.join(', ')}) values (?, ?)`, key);
}

/** What is wrong with an account's row and the lists of accounts. */
export async function accountSuspicions(context: CassandraContext, accountId: string): Promise<Suspicion[]> {
  const record = await readRecord(context.session, accountId);
  if (!record) return [];
  if (!record.made) return isHalfMade(context, record) ? [halfMade(context, accountId)] : [];
  if (record.gone) return await removalSuspicions(context, accountId);
  const found: Suspicion[] = [];
  for (const row of listsOf(record))
    if (!(await isListed(context, row))) found.push(unlisted(context, { accountId, row, isWanted: isThere }));
  return found;
}

/** Whoever makes it has had the time for it. */
function isHalfMade({ clock }: CassandraContext, { made, created }: AccountRecord): boolean {
  return !made && clock.now().getTime() - created.getTime() >= makingMilliseconds;
}

function halfMade(context: CassandraContext, accountId: string): Suspicion {
  return {
    kind: 'accountHalfMade',
    accountId,
    detail: 'its making was cut short',
    isStill: async () => {
      const record = await readRecord(context.session, accountId);
      return record !== undefined && isHalfMade(context, record);
    },
    mend: async () => {
      await settleMaking(context, accountId);
    },
  };
}

interface Unlisted {
  readonly accountId: string;
  readonly row: ListRow;
  readonly isWanted: (record: AccountRecord) => boolean;
  readonly kind?: FaultKind;
}

/** An account stands in each list before it is there, and until it is hidden. */
function unlisted(
  context: CassandraContext,
  { accountId, row, isWanted, kind = 'accountUnlisted' }: Unlisted,
): Suspicion {
  const isStill = async (): Promise<boolean> => {
    if (await isListed(context, row)) return false;
    const record = await readRecord(context.session, accountId);
    return record !== undefined && isWanted(record);
  };
  return {
    kind,
    accountId,
    detail: row.table,
    isStill,
    mend: async () => {
      if (await isStill()) await enlist(context, row);
    },
  };
}

/** A removal is noted before the account is hidden, until its row is gone: whoever opens the store next ends it. */
async function removalSuspicions(context: CassandraContext, accountId: string): Promise<Suspicion[]> {
  const row: ListRow = {
    table: 'removing_account',
    columns: ['slot', 'id'],
    key: [slotOf(accountId), accountId],
  };
  if (await isListed(context, row)) return [];
  const isWanted = ({ gone }: AccountRecord): boolean => gone === true;
  return [unlisted(context, { accountId, row, isWanted, kind: 'removalUnlisted' })];
}
