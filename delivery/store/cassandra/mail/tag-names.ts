import { setTimeout as wait } from 'node:timers/promises';
import { DeliveryError } from '../../../errors.ts';
import type { TagName } from '../../store.ts';
import type { Session } from '../session.ts';

/*
 * A name below a parent belongs to one tag of an account. It is claimed by a lightweight transaction before the tag gets
 * it, and freed when the tag has it no more. A claim whose tag has not got the name is one that is under way, or one of a
 * process that is gone: who finds it waits, and takes it over when nothing comes of it; who was so slow that another has
 * taken the claim over sees that behind its own writing (`holderOfName`) and takes that back.
 */

/** A tag that wants the name that it says. */
export type Named = Pick<TagName, 'id' | 'name' | 'parentId'>;

interface Claim {
  readonly id: string;
  readonly written: bigint | null;
}

/** So long a claim under way is waited for, and so often it is looked at. */
const patienceMilliseconds = 3000;
const pauseMilliseconds = 50;

const where = 'where account = ? and parent = ? and name = ?';

/** Claims the name for the tag. `list` reads all tags. Throws `alreadyExists` where another has the name. */
export async function claimName(
  session: Session,
  { accountId, tag }: { readonly accountId: string; readonly tag: Named },
  list: () => Promise<readonly Named[]>,
): Promise<void> {
  const place = placeOf(accountId, tag);
  for (;;) {
    const { applied, row } = await session.claim<{ id: string }>(
      'insert into tag_name (account, parent, name, id) values (?, ?, ?, ?) if not exists',
      [...place, tag.id],
    );
    if (applied || !row || row.id === tag.id) return;
    const left = await abandoned(session, { place, tag }, list);
    if (left === null) continue;
    const taken = await session.claim(`update tag_name set id = ? ${where} if id = ?`, [
      tag.id,
      ...place,
      left,
    ]);
    if (taken.applied) return;
  }
}

/** The tag whose claim comes to nothing; null where the claim has gone, or is another's by now. */
async function abandoned(
  session: Session,
  { place, tag }: { readonly place: readonly string[]; readonly tag: Named },
  list: () => Promise<readonly Named[]>,
): Promise<string | null> {
  const until = performance.now() + patienceMilliseconds;
  let first: Claim | undefined;
  for (;;) {
    const claim = await session.claimed<Claim>(
      `select id, writetime(id) as written from tag_name ${where}`,
      place,
    );
    if (!claim || (first && (claim.id !== first.id || claim.written !== first.written))) return null;
    const holder = (await list()).find(({ id }) => id === claim.id);
    if (holder?.name === tag.name && holder.parentId === tag.parentId) throw nameTaken(holder.id);
    if (performance.now() >= until) return claim.id;
    first = claim;
    await wait(pauseMilliseconds);
  }
}

/** Id of the tag whose name it is: another one's where its claim was taken over; null where it is nobody's. */
export async function holderOfName(session: Session, accountId: string, tag: Named): Promise<string | null> {
  const claim = await session.claimed<Pick<Claim, 'id'>>(
    `select id from tag_name ${where}`,
    placeOf(accountId, tag),
  );
  return claim?.id ?? null;
}

/** Frees the name that the tag has no more. */
export async function freeName(session: Session, accountId: string, tag: Named): Promise<void> {
  await session.claim(`delete from tag_name ${where} if id = ?`, [...placeOf(accountId, tag), tag.id]);
}

function placeOf(accountId: string, { parentId, name }: Named): string[] {
  return [accountId, parentId ?? '', name];
}

/** What is thrown where that tag has the name. */
export function nameTaken(tagId: string): DeliveryError {
  return new DeliveryError('alreadyExists', 'a tag has this name', { fields: { tagId } });
}
