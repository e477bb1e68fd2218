import { DeliveryError } from '../../../errors.ts';
import { newId } from '../../ids.ts';
import type { Secret } from '../../store.ts';
import type { WriteContext } from '../threads/context.ts';
import { requireAccount, type SecretRecord, secretColumns, toSecret } from './rows.ts';

export function addSecret(
  { database, now }: WriteContext,
  secret: {
    accountId: string;
    kind: Secret['kind'];
    hash: Uint8Array;
    label?: string | null;
    expiresAt?: Date | null;
    data?: unknown;
  },
): Secret {
  const { number } = requireAccount(database, secret.accountId);
  const id = newId('S', now);
  const data = secret.data === undefined ? null : JSON.stringify(secret.data);
  database.run('delete from secret where expires <= ?', now);
  const added = database.run(
    `insert or ignore into secret(kind, hash, id, account, label, created, expires, data)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    secret.kind,
    secret.hash,
    id,
    number,
    secret.label ?? null,
    now,
    secret.expiresAt?.getTime() ?? null,
    data,
  );
  if (added === 0) throw new DeliveryError('alreadyExists', 'a secret has this hash');
  return {
    id,
    accountId: secret.accountId,
    kind: secret.kind,
    label: secret.label ?? null,
    createdAt: new Date(now),
    expiresAt: secret.expiresAt ?? null,
    lastUsedAt: null,
    data: data === null ? null : (JSON.parse(data) as unknown),
  };
}

export function takeSecret(context: WriteContext, kind: Secret['kind'], hash: Uint8Array): Secret | null {
  const record = context.database.get<SecretRecord>(
    `select ${secretColumns} from secret s join account a on a.number = s.account
     where s.kind = ? and s.hash = ? and a.state <> 'removing'`,
    kind,
    hash,
  );
  if (!record) return null;
  context.database.run('delete from secret where kind = ? and hash = ?', kind, hash);
  return record.expires !== null && record.expires <= context.now ? null : toSecret(record);
}

/** Last use is kept to the minute: what changes nothing is not flushed. */
const touchMilliseconds = 60_000;

export function touchSecret({ database }: WriteContext, accountId: string, id: string, at: Date): void {
  const { number } = requireAccount(database, accountId);
  database.run(
    'update secret set last_used = ? where account = ? and id = ? and coalesce(last_used, 0) <= ?',
    at.getTime(),
    number,
    id,
    at.getTime() - touchMilliseconds,
  );
}

export function removeSecret({ database }: WriteContext, accountId: string, id: string): void {
  const { number } = requireAccount(database, accountId);
  database.run('delete from secret where account = ? and id = ?', number, id);
}
