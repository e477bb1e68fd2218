import { asDeliveryError, DeliveryError } from '../../../errors.ts';
import { parseAddress } from '../../address.ts';
import type { BulkResult, Domain, NewAccount } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { findAddress } from './address-row.ts';
import { mapAtOnce } from './at-once.ts';
import { addAccount } from './making.ts';
import { findAccount } from './rows.ts';

/** Items that are worked on at once. */
const width = 8;

/** Temporary codes that concern the item alone. */
const itemCodes: ReadonlySet<string> = new Set(['overQuota']);

/** `Directory.addDomains`, one by one by `add`. */
export async function addDomains(
  names: readonly string[],
  add: (name: string) => Promise<Domain>,
): Promise<BulkResult[]> {
  return await inRuns(
    bounded(names),
    name => [name.toLowerCase()],
    name => asBulkResult(name, async () => (await add(name)).name),
  );
}

/** `Directory.addAccounts`. */
export async function addAccounts(
  context: CassandraContext,
  accounts: readonly NewAccount[],
): Promise<BulkResult[]> {
  const add = async (account: NewAccount): Promise<BulkResult> =>
    await withExistingId(
      context,
      await asBulkResult(account.address, async () => (await addAccount(context, account)).id),
    );
  const results = await inRuns(bounded(accounts), keysOf, add);
  // Of several that are made at once each may see the others in the room that is left for one.
  for (const [index, account] of accounts.entries())
    if (results[index]?.code === 'forbidden') results[index] = await add(account);
  return results;
}

function keysOf({ address, aliases = [] }: NewAccount): string[] {
  return [address, ...aliases].map(text => parseAddress(text)?.key ?? text);
}

function bounded<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length > 500) throw new DeliveryError('badRequest', 'at most 500 items in one call');
  return items;
}

/** Several items at once, but those that share a name one after the other, in their order. */
async function inRuns<Item>(
  items: readonly Item[],
  namesOf: (item: Item) => readonly string[],
  work: (item: Item) => Promise<BulkResult>,
): Promise<BulkResult[]> {
  const runs: Item[][] = [];
  let known = new Set<string>();
  for (const item of items) {
    const names = namesOf(item);
    if (runs.length === 0 || names.some(name => known.has(name))) {
      runs.push([]);
      known = new Set();
    }
    runs.at(-1)?.push(item);
    for (const name of names) known.add(name);
  }
  const results: BulkResult[] = [];
  for (const run of runs) results.push(...(await mapAtOnce(run, width, work)));
  return results;
}

/** What exists answers `exists`; a fault of the item is its answer, trouble of the cluster goes up. */
async function asBulkResult(name: string, create: () => Promise<string>): Promise<BulkResult> {
  try {
    return { name, outcome: 'created', id: await create() };
  } catch (cause) {
    const error = asDeliveryError(cause);
    if (error.row.temporary && !itemCodes.has(error.code)) throw cause;
    return { name, outcome: error.code === 'alreadyExists' ? 'exists' : 'failed', code: error.code };
  }
}

/**
 * A bulk job that goes on needs the ids of what it made before. Where the address is no account's own, an alias was
 * in the way: nothing was made, and it does not count as there.
 */
async function withExistingId({ session }: CassandraContext, result: BulkResult): Promise<BulkResult> {
  if (result.outcome !== 'exists') return result;
  const row = await findAddress(session, parseAddress(result.name)?.key ?? '-');
  const record = row?.kind === 'primary' ? await findAccount(session, row.account) : undefined;
  return record ? { ...result, id: record.id } : { ...result, outcome: 'failed' };
}
