import { forEver } from '../directory/making-end.ts';
import type { Session } from '../session.ts';
import { eraseStates } from './account-states.ts';

/** Tables of this folder: each account is one partition. */
const tables = ['private_key', 'public_key', 'own_key', 'contact', 'contact_address', 'document'] as const;

/** Erases keys, contacts, states and documents of an account. */
export async function erasePersonal(session: Session, accountId: string): Promise<void> {
  await eraseStates(session, accountId);
  const timestamp = forEver(session);
  for (const table of tables)
    await session.run(`delete from ${table} where account = ?`, [accountId], timestamp);
}
