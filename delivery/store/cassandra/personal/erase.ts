import { forEver } from '../directory/making-end.ts';
import type { Session } from '../session.ts';

/** Tables of this folder: each account is one partition. */
const tables = ['private_key', 'public_key', 'own_key', 'contact', 'contact_address', 'document'] as const;

/** Erases keys, contacts and documents of an account. */
export async function erasePersonal(session: Session, accountId: string): Promise<void> {
  const timestamp = forEver(session);
  for (const table of tables)
    await session.run(`delete from ${table} where account = ?`, [accountId], timestamp);
}
