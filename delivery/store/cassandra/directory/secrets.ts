import { DeliveryError } from '../../../errors.ts';
import { newId, randomText } from '../../ids.ts';
import type { Secret } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { writePassword } from './accounts.ts';
import { grouped, mapAtOnce } from './at-once.ts';
import { type AccountRecord, findAccount, isThere, requireAccount } from './rows.ts';
import { settle } from './settle.ts';

/** A row of `secret`, which lightweight transactions alone write. */
interface SecretRecord {
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
interface ListedSecret {
  readonly kind: Secret['kind'];
  readonly id: string;
  readonly hash: Uint8Array | null;
  readonly last_used: Date | null;
}

interface NewSecret {
  readonly accountId: string;
  readonly kind: Secret['kind'];
  readonly hash: Uint8Array;
  readonly label?: string | null;
  readonly expiresAt?: Date | null;
  readonly data?: unknown;
}

/** A secret as callers name it. */
interface SecretName {
  readonly kind: Secret['kind'];
  readonly hash: Uint8Array;
}

const secretColumns = 'kind, hash, id, account, label, created, expires, data, epoch, taken' as const;
const kinds: readonly Secret['kind'][] = ['appPassword', 'bearer', 'session', 'ticket'];

/** Expired rows go by themselves, this long after our clocks are sure of it. */
const graceSeconds = 86_400;

/** The epoch that a secret of this kind is of: a new password begins another one. */
function epochOf(account: AccountRecord, kind: Secret['kind']): string {
  const epoch = kind === 'session' || kind === 'ticket' ? account.session_epoch : account.token_epoch;
  return epoch ?? '';
}

function toSecret(record: SecretRecord, lastUsedAt: Date | null): Secret {
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
function isLive(record: SecretRecord, account: AccountRecord | undefined, now: Date): boolean {
  if (!account || !isThere(account) || record.account !== account.id) return false;
  if (record.taken !== null || (record.expires !== null && record.expires <= now)) return false;
  return (record.epoch ?? '') === epochOf(account, record.kind);
}

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

async function readSecret(session: Session, { kind, hash }: SecretName): Promise<SecretRecord | undefined> {
  const cql = `select ${secretColumns} from secret where kind = ? and hash = ?`;
  return await session.row<SecretRecord>(cql, [kind, Buffer.from(hash)]);
}

/** Removes the row if it is still this secret's. */
async function eraseSecret(
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

async function unlist(
  session: Session,
  { account, kind, id }: Pick<SecretRecord, 'account' | 'kind' | 'id'>,
): Promise<void> {
  const cql = 'delete from secret_of_account where account = ? and kind = ? and id = ?';
  // Ids never return: a use that is noted at the same time must not bring the row back.
  await session.run(cql, [account, kind, id], session.micros() + 60_000_000n);
}

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

async function readListed(
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

/** Removes secrets, then what is listed of them. */
async function eraseListed(
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

async function listAll(session: Session, accountId: string): Promise<ListedSecret[]> {
  return await session.rows<ListedSecret>(
    'select kind, id, hash, last_used from secret_of_account where account = ?',
    [accountId],
  );
}

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
