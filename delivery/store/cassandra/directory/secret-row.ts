import type { Secret } from '../../store.ts';
import type { Session } from '../session.ts';
import { grouped, mapAtOnce } from './at-once.ts';
import { type AccountRecord, isThere } from './rows.ts';
import { settle } from './settle.ts';

/** A row of `secret`, which lightweight transactions alone write. */
export interface SecretRecord {
  readonly kind: Secret['kind'];
  readonly hash: Uint8Array;
  readonly id: string;
  readonly account: string;
  readonly label: string | null;
  readonly created: Date;
  readonly expires: Date | null;
  readonly data: string | null;
  /** The account's epoch when it was made: it counts no more in the next one. */
  readonly epoch: string | null;
  /** Who took it. */
  readonly taken: string | null;
}

/** What is listed of a secret, written before it: a secret that counts is always listed. */
export interface ListedSecret {
  readonly kind: Secret['kind'];
  readonly id: string;
  readonly hash: Uint8Array | null;
  readonly last_used: Date | null;
}

/** A secret as callers name it. */
export interface SecretName {
  readonly kind: Secret['kind'];
  readonly hash: Uint8Array;
}

const secretColumns = 'kind, hash, id, account, label, created, expires, data, epoch, taken' as const;
/** Kinds of secrets. */
export const kinds: readonly Secret['kind'][] = ['appPassword', 'bearer', 'session', 'ticket'];

/** The epoch that a secret of this kind is of: a new password begins another one. */
export function epochOf(account: AccountRecord, kind: Secret['kind']): string {
  const epoch = kind === 'session' || kind === 'ticket' ? account.session_epoch : account.token_epoch;
  return epoch ?? '';
}

/** The secret in the words of the contract. */
export function toSecret(record: SecretRecord, lastUsedAt: Date | null): Secret {
  return {
    id: record.id,
    accountId: record.account,
    kind: record.kind,
    label: record.label,
    createdAt: record.created,
    expiresAt: record.expires,
    lastUsedAt,
    data: record.data === null ? null : (JSON.parse(record.data) as unknown),
  };
}

/** Whether it counts: not taken, not expired, of an account that is there, and of its present epoch. */
export function isLive(record: SecretRecord, account: AccountRecord | undefined, now: Date): boolean {
  if (!account || !isThere(account) || record.account !== account.id) return false;
  if (record.taken !== null || (record.expires !== null && record.expires <= now)) return false;
  return (record.epoch ?? '') === epochOf(account, record.kind);
}

/** The row of a secret, whether it counts or not. */
export async function readSecret(
  session: Session,
  { kind, hash }: SecretName,
): Promise<SecretRecord | undefined> {
  const cql = `select ${secretColumns} from secret where kind = ? and hash = ?`;
  return await session.row<SecretRecord>(cql, [kind, Buffer.from(hash)]);
}

/** Removes the row if it is still this secret's. */
export async function eraseSecret(
  session: Session,
  { kind, hash, id }: SecretName & Pick<SecretRecord, 'id'>,
): Promise<void> {
  const key = [kind, Buffer.from(hash)];
  await settle<SecretRecord>(session, {
    claim: { cql: 'delete from secret where kind = ? and hash = ? if id = ?', values: [...key, id] },
    look: { cql: 'select id from secret where kind = ? and hash = ?', values: key },
    isDone: row => row?.id !== id,
  });
}

/** Takes it out of the list. */
export async function unlist(
  session: Session,
  { account, kind, id }: Pick<SecretRecord, 'account' | 'kind' | 'id'>,
): Promise<void> {
  const cql = 'delete from secret_of_account where account = ? and kind = ? and id = ?';
  // Ids never return: a use that is noted at the same time must not bring the row back.
  await session.run(cql, [account, kind, id], session.micros() + 60_000_000n);
}

/** Rows of what is listed. */
export async function readListed(
  session: Session,
  kind: Secret['kind'],
  listed: readonly ListedSecret[],
): Promise<SecretRecord[]> {
  const hashes = listed.flatMap(({ hash }) => (hash ? [Buffer.from(hash)] : []));
  const cql = `select ${secretColumns} from secret where kind = ? and hash in ?`;
  const parts = await Promise.all(
    grouped(hashes, 50).map(part => session.rows<SecretRecord>(cql, [kind, part])),
  );
  return parts.flat();
}

/** Removes secrets, then what is listed of them. */
export async function eraseListed(
  session: Session,
  accountId: string,
  listed: readonly ListedSecret[],
): Promise<void> {
  await mapAtOnce(listed, 8, async ({ kind, id, hash }) => {
    if (hash) await eraseSecret(session, { kind, hash, id });
    await unlist(session, { account: accountId, kind, id });
  });
}

/** Removes all secrets of an account in any state. */
export async function eraseSecrets(session: Session, accountId: string): Promise<void> {
  await eraseListed(session, accountId, await listAll(session, accountId));
}

/** What is listed of an account, of all kinds. */
export async function listAll(session: Session, accountId: string): Promise<ListedSecret[]> {
  return await session.rows<ListedSecret>(
    'select kind, id, hash, last_used from secret_of_account where account = ?',
    [accountId],
  );
}
