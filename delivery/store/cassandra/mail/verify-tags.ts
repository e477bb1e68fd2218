import type { CassandraContext } from '../context.ts';
import { classes, kinds, linesSince } from './log.ts';
import { settleMilliseconds } from './settled.ts';
import type { Tags } from './tags.ts';
import type { Suspicion } from './verify-fault.ts';
import { type Place, readRow, type TimedRow } from './verify-rows.ts';

/** Emails that have a tag which there is not. */
export async function tagLeftovers(
  context: CassandraContext,
  { place, tags }: { readonly place: Place; readonly tags: Pick<Tags, 'ids'> },
  rows: readonly TimedRow[],
): Promise<Suspicion[]> {
  // Read behind the rows: a tag is made before an email has it.
  const known = new Set(await tags.ids(place.accountId));
  return rows.flatMap(({ row }) =>
    row.tagIds.some(id => !known.has(id)) ? [leftover(context, { place, tags, id: row.id })] : [],
  );
}

function leftover(
  context: CassandraContext,
  { place, tags, id }: { readonly place: Place; readonly tags: Pick<Tags, 'ids'>; readonly id: string },
): Suspicion {
  const { accountId } = place;
  const look = async (): Promise<{ unknown: string[]; left: string[] }> => {
    const held = (await readRow(context, place, id))?.row.tagIds ?? [];
    const known = new Set(await tags.ids(accountId));
    const unknown = held.filter(tag => !known.has(tag));
    return { unknown, left: held.filter(tag => known.has(tag)) };
  };
  return {
    kind: 'tagLeftover',
    accountId,
    detail: id,
    isStill: async () => {
      const { unknown } = await look();
      if (unknown.length === 0) return false;
      // Whoever destroys a tag takes what came under it meanwhile off once more.
      const going = await destroyedNow(context, accountId);
      return unknown.some(tag => !going.has(tag));
    },
    mend: async ({ changeEmails }) => {
      const { unknown, left } = await look();
      if (unknown.length === 0) return;
      const add = left.length > 0 ? [] : ['archive'];
      await changeEmails(accountId, [{ emailId: id, tags: { add, remove: unknown } }]);
    },
  };
}

/** Tags that were destroyed a moment ago. */
async function destroyedNow(context: CassandraContext, accountId: string): Promise<Set<string>> {
  const since = context.clock.now().getTime() - settleMilliseconds;
  const lines = await linesSince(context, accountId, { type: 'Mailbox', since });
  const gone = lines.filter(line => line.class === classes.tag && line.kind === kinds.destroyed);
  return new Set(gone.map(({ object }) => object));
}
