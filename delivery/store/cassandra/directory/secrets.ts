import { DeliveryError } from '../../../errors.ts';
import { newId, randomText } from '../../ids.ts';
import type { Secret } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { findAccount, requireAccount } from './rows.ts';
import {
  epochOf,
  eraseListed,
  eraseSecret,
  isLive,
  kinds,
  type ListedSecret,
  readListed,
  readSecret,
  type SecretRecord,
  toSecret,
  unlist,
} from './secret-row.ts';
import { settle } from './settle.ts';

interface NewSecret {
  readonly accountId: string;
  readonly kind: Secret['kind'];
  readonly hash: Uint8Array;
  readonly label?: string | null;
  readonly expiresAt?: Date | null;
  readonly data?: unknown;
}

/** Expired rows go by themselves, this long after our clocks are sure of it. */
const graceSeconds = 86_400;

/** `Directory.addSecret`. */
export async function addSecret(context: CassandraContext, secret: NewSecret): Promise<Secret> {
  const { session, clock } = context;
  const account = await requireAccount(session, secret.accountId);
  const now = clock.now();
  const record: SecretRecord = {
    kind: secret.kind,
    hash: secret.hash,
    id: newId('S', now.getTime()),
    account: account.id,
    label: secret.label ?? null,
    created: now,
    expires: secret.expiresAt ?? null,
    data: secret.data === undefined ? null : JSON.stringify(secret.data),
    epoch: epochOf(account, secret.kind),
    taken: null,
  };
  const ttl = ttlOf(record, now);
  await session.run(
    'insert into secret_of_account (account, kind, id, hash) values (?, ?, ?, ?) using ttl ?',
    [record.account, record.kind, record.id, Buffer.from(record.hash), ttl],
  );
  if (!(await claimSecret(context, record, ttl))) {
    await unlist(session, record);
    throw new DeliveryError('alreadyExists', 'a secret has this hash');
  }
  return toSecret(record, null);
}

function ttlOf({ expires }: SecretRecord, now: Date): number {
  if (expires === null) return 0;
  return Math.max(1, Math.ceil((expires.getTime() - now.getTime()) / 1000)) + graceSeconds;
}

/** Writes the row, also in place of one that counts no more. */
async function claimSecret(context: CassandraContext, record: SecretRecord, ttl: number): Promise<boolean> {
  const { session, clock } = context;
  for (let tries = 1; tries <= 2; tries++) {
    if (await insertSecret(session, record, ttl)) return true;
    const known = await readSecret(session, record);
    if (!known) continue;
    const holder = await findAccount(session, known.account ?? '');
    if (isLive(known, holder, clock.now())) return false;
    await eraseSecret(session, known);
  }
  return false;
}

async function insertSecret(session: Session, record: SecretRecord, ttl: number): Promise<boolean> {
  const hash = Buffer.from(record.hash);
  const { applied } = await settle<SecretRecord>(session, {
    claim: {
      cql: `insert into secret (kind, hash, id, account, label, created, expires, data, epoch)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?) if not exists using ttl ?`,
      values: [
        record.kind,
        hash,
        record.id,
        record.account,
        record.label ?? undefined,
        record.created,
        record.expires ?? undefined,
        record.data ?? undefined,
        record.epoch,
        ttl,
      ],
    },
    look: { cql: 'select id from secret where kind = ? and hash = ?', values: [record.kind, hash] },
    isDone: row => row?.id === record.id,
  });
  return applied;
}

/** `Directory.findSecret`. */
export async function findSecret(
  { session, clock }: CassandraContext,
  kind: Secret['kind'],
  hash: Uint8Array,
): Promise<Secret | null> {
  const record = await readSecret(session, { kind, hash });
  if (!record?.id) return null;
  const [account, listed] = await Promise.all([
    findAccount(session, record.account),
    session.row<ListedSecret>(
      'select last_used from secret_of_account where account = ? and kind = ? and id = ?',
      [record.account, kind, record.id],
    ),
  ]);
  return isLive(record, account, clock.now()) ? toSecret(record, listed?.last_used ?? null) : null;
}

/** Whoever marks it first has it; then it is removed. */
export async function takeSecret(
  { session, clock, log }: CassandraContext,
  kind: Secret['kind'],
  hash: Uint8Array,
): Promise<Secret | null> {
  const record = await readSecret(session, { kind, hash });
  if (!record?.id) return null;
  const { id, account } = record;
  const isCounting = isLive(record, await findAccount(session, account), clock.now());
  const taken = randomText(16);
  const key = [kind, Buffer.from(hash)];
  const { applied } = await settle<SecretRecord>(session, {
    claim: {
      cql: 'update secret set taken = ? where kind = ? and hash = ? if id = ? and taken = null',
      values: [taken, ...key, id],
    },
    look: { cql: 'select id, taken from secret where kind = ? and hash = ?', values: key },
    isDone: row => row?.id === id && row.taken === taken,
  });
  if (!applied) return null;
  try {
    await eraseSecret(session, record);
    await unlist(session, record);
  } catch (error) {
    // It is taken, and nobody finds it any more; what is left of it goes when it expires.
    log.warn({ cause: String(error) }, 'secretNotErased');
  }
  return isCounting ? toSecret(record, null) : null;
}

/** Last use is kept to the minute: what changes nothing is not written. */
const touchMilliseconds = 60_000;

/** `Directory.touchSecret`. */
export async function touchSecret(
  { session }: CassandraContext,
  accountId: string,
  { id, at }: { readonly id: string; readonly at: Date },
): Promise<void> {
  await requireAccount(session, accountId);
  const row = await session.row<ListedSecret & { left: number | null; written: bigint | null }>(
    `select kind, id, hash, last_used, ttl(hash) as left, writetime(last_used) as written
     from secret_of_account where account = ? and kind in ? and id = ?`,
    [accountId, kinds, id],
  );
  if (!row?.hash || (row.last_used?.getTime() ?? 0) > at.getTime() - touchMilliseconds) return;
  await session.run(
    'update secret_of_account using ttl ? set last_used = ? where account = ? and kind = ? and id = ?',
    [row.left ?? 0, at, accountId, row.kind, id],
    session.micros([row.written]),
  );
}

/** `Directory.listSecrets`. */
export async function listSecrets(
  { session, clock }: CassandraContext,
  accountId: string,
  kind: Secret['kind'],
): Promise<Secret[]> {
  const [account, listed] = await Promise.all([
    requireAccount(session, accountId),
    session.rows<ListedSecret>(
      'select kind, id, hash, last_used from secret_of_account where account = ? and kind = ?',
      [accountId, kind],
    ),
  ]);
  const records = await readListed(session, kind, listed);
  const byId = new Map(records.map(record => [record.id, record]));
  return listed.flatMap(({ id, last_used }) => {
    const record = byId.get(id);
    return record && isLive(record, account, clock.now()) ? [toSecret(record, last_used)] : [];
  });
}

/** `Directory.removeSecret`. */
export async function removeSecret(
  { session }: CassandraContext,
  accountId: string,
  id: string,
): Promise<void> {
  await requireAccount(session, accountId);
  const rows = await session.rows<ListedSecret>(
    'select kind, id, hash, last_used from secret_of_account where account = ? and kind in ? and id = ?',
    [accountId, kinds, id],
  );
  await eraseListed(session, accountId, rows);
}
