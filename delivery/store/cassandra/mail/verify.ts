import type { StoreFault } from '../../store.ts';
import type { Bucket } from './buckets.ts';
import { readCells } from './detail.ts';
import { octetsOf, type ReadParts } from './reads.ts';
import type { LightRow } from './row.ts';
import { countRows, type Tally } from './tally.ts';

/** Faults of one account, bucket by bucket. */
export async function* verifyAccount(parts: ReadParts, accountId: string): AsyncGenerator<StoreFault> {
  const list = await parts.buckets.list(accountId);
  const kept = await parts.buckets.kept(accountId, list);
  const seen = new Set<string>();
  for (const bucket of list) {
    const rows = await parts.buckets.allRows(accountId, bucket);
    for (const row of rows) {
      if (seen.has(row.id)) yield { accountId, kind: 'emailTwice', detail: row.id };
      seen.add(row.id);
      for (const detail of await rowFaults(parts, accountId, row))
        yield { accountId, kind: 'emailDamaged', detail };
    }
    const tally = kept.get(bucket.bucket);
    if (tally) yield* countFaults(accountId, bucket, { kept: tally, counted: countRows(rows) });
  }
}

async function rowFaults(parts: ReadParts, accountId: string, row: LightRow): Promise<string[]> {
  const faults: string[] = [];
  const check = async (what: string, work: () => Promise<boolean>): Promise<void> => {
    try {
      if (!(await work())) faults.push(`${row.id}: ${what}`);
    } catch (error) {
      faults.push(`${row.id}: ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  await check('octets', async () => {
    const octets = await octetsOf(parts.context, accountId, row);
    return octets.byteLength === row.head.sizeOctets;
  });
  await check('detail', () => hasDetail(parts, accountId, row));
  await check('links', () => hasLinks(parts, accountId, row));
  return faults;
}

async function hasDetail(
  { context }: ReadParts,
  accountId: string,
  { bucket, id }: LightRow,
): Promise<boolean> {
  const cells = await context.session.row<Parameters<typeof readCells>[0]>(
    'select summary, findings, facts, judged from detail where account = ? and bucket = ? and id = ?',
    [accountId, bucket, id],
  );
  return cells !== undefined && readCells(cells).summary !== undefined;
}

/** What points to an email was written before it, so it is there. */
async function hasLinks({ context }: ReadParts, accountId: string, { id, head }: LightRow): Promise<boolean> {
  const rows = await context.session.rows('select id from link where account = ? and name in ? and id = ?', [
    accountId,
    head.links,
    id,
  ]);
  return rows.length === head.links.length;
}

/** A kept count is one that no change was announced for: it must be what is there. */
function countFaults(
  accountId: string,
  { bucket }: Bucket,
  { kept, counted }: { readonly kept: Tally; readonly counted: Tally },
): StoreFault[] {
  const [one, other] = [sorted(kept), sorted(counted)];
  if (one === other) return [];
  return [
    {
      accountId,
      kind: 'bucketCount',
      detail: `bucket ${bucket}: ${kept.emails} counted, ${counted.emails} there`,
    },
  ];
}

/** The tally as a text that does not depend on the order in which emails were counted. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
