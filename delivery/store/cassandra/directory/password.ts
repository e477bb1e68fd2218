import { newId } from '../../ids.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { writePassword } from './accounts.ts';
import { requireAccount } from './rows.ts';
import { epochOf, eraseListed, kinds, listAll, readListed } from './secret-row.ts';

/** A new password begins a new epoch in the same mutation: older secrets count no more, also one that is being made. */
export async function setPasswordHash(
  context: CassandraContext,
  accountId: string,
  { passwordHash, keepTokens }: { readonly passwordHash: string | null; readonly keepTokens: boolean },
): Promise<void> {
  const { session, clock, log } = context;
  const epoch = newId('E', clock.now().getTime());
  await writePassword(context, accountId, {
    password_hash: passwordHash,
    session_epoch: epoch,
    ...(keepTokens ? {} : { token_epoch: epoch }),
  });
  try {
    await erasePast(session, accountId);
  } catch (error) {
    // They count no more; the next password erases what is left of them.
    log.warn({ accountId, cause: String(error) }, 'secretNotErased');
  }
}

/** Removes the secrets of past epochs. One that is listed and not there yet is another's who is making it. */
async function erasePast(session: Session, accountId: string): Promise<void> {
  const account = await requireAccount(session, accountId);
  const listed = await listAll(session, accountId);
  for (const kind of kinds) {
    const records = await readListed(
      session,
      kind,
      listed.filter(row => row.kind === kind),
    );
    const past = records.filter(record => (record.epoch ?? '') !== epochOf(account, kind));
    await eraseListed(
      session,
      accountId,
      past.map(({ id, hash }) => ({ kind, id, hash, last_used: null })),
    );
  }
}
