import type { PrivateKey, PublicKey } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { ofAccount, requireAccount } from '../directory/rows.ts';
import type { Session, Statement } from '../session.ts';
import { putRow, type Times } from './put-row.ts';

interface PrivateKeyRow {
  readonly fingerprint: string;
  readonly custody: PrivateKey['custody'];
  readonly wrapped: Uint8Array;
  readonly created: Date;
}

/** `Keys.putPrivateKey`. */
export async function putPrivateKey(
  { session }: CassandraContext,
  accountId: string,
  key: PrivateKey,
): Promise<void> {
  await requireAccount(session, accountId);
  const insert: Statement = {
    cql: `insert into private_key (account, fingerprint, custody, wrapped, created) values (?, ?, ?, ?, ?)`,
    values: [accountId, key.fingerprint, key.custody, Buffer.from(key.wrapped), key.createdAt],
  };
  await putRow(session, [insert], () => timesOfPrivate(session, [accountId, key.fingerprint]));
}

async function timesOfPrivate(session: Session, key: readonly string[]): Promise<Times | undefined> {
  const row = await session.row<{ one: bigint; two: bigint; three: bigint }>(
    `select writetime(custody) as one, writetime(wrapped) as two, writetime(created) as three
     from private_key where account = ? and fingerprint = ?`,
    key,
  );
  return row && [row.one, row.two, row.three];
}

/** `Keys.listPrivateKeys`. */
export async function listPrivateKeys(
  { session }: CassandraContext,
  accountId: string,
): Promise<PrivateKey[]> {
  return await ofAccount(session, accountId, () => privateKeysOf(session, accountId));
}

/** Oldest first. */
export async function privateKeysOf(session: Session, accountId: string): Promise<PrivateKey[]> {
  const rows = await session.rows<PrivateKeyRow>(
    'select fingerprint, custody, wrapped, created from private_key where account = ?',
    [accountId],
  );
  return rows
    .sort((one, other) => one.created.getTime() - other.created.getTime())
    .map(row => ({
      fingerprint: row.fingerprint,
      custody: row.custody,
      wrapped: new Uint8Array(row.wrapped),
      createdAt: row.created,
    }));
}

/** `Keys.removePrivateKey`. */
export async function removePrivateKey(
  { session }: CassandraContext,
  accountId: string,
  fingerprint: string,
): Promise<void> {
  await requireAccount(session, accountId);
  const key = [accountId, fingerprint];
  const times = await timesOfPrivate(session, key);
  if (!times) return;
  const cql = 'delete from private_key where account = ? and fingerprint = ?';
  await session.run(cql, key, session.micros(times));
}

interface PublicKeyRow {
  readonly address: string;
  readonly fingerprint: string;
  readonly octets: Uint8Array;
  readonly source: PublicKey['source'];
  readonly state: PublicKey['state'];
  readonly first_seen: Date;
}

/** An account's own keys are kept twice, so that a delivery finds them without their addresses. */
export async function putPublicKey(
  { session }: CassandraContext,
  accountId: string,
  key: PublicKey,
): Promise<void> {
  await requireAccount(session, accountId);
  const name = [accountId, key.address.toLowerCase(), key.fingerprint.toLowerCase()];
  const octets = Buffer.from(key.octets);
  const insert: Statement = {
    cql: `insert into public_key (account, address, fingerprint, octets, source, state, first_seen)
      values (?, ?, ?, ?, ?, ?, ?)`,
    values: [...name, octets, key.source, key.state, key.firstSeenAt],
  };
  const own: Statement =
    key.source === 'own'
      ? {
          cql: `insert into own_key (account, address, fingerprint, octets, state, first_seen)
            values (?, ?, ?, ?, ?, ?)`,
          values: [...name, octets, key.state, key.firstSeenAt],
        }
      : { cql: 'delete from own_key where account = ? and address = ? and fingerprint = ?', values: name };
  const isOwn = key.source === 'own' || (await hasOwnKey(session, name));
  await putRow(session, isOwn ? [insert, own] : [insert], () => timesOfPublic(session, name));
}

async function hasOwnKey(session: Session, name: readonly string[]): Promise<boolean> {
  const cql = 'select address from own_key where account = ? and address = ? and fingerprint = ?';
  return (await session.row(cql, name)) !== undefined;
}

async function timesOfPublic(session: Session, name: readonly string[]): Promise<Times | undefined> {
  const row = await session.row<{ one: bigint; two: bigint; three: bigint; four: bigint }>(
    `select writetime(octets) as one, writetime(source) as two, writetime(state) as three,
       writetime(first_seen) as four from public_key where account = ? and address = ? and fingerprint = ?`,
    name,
  );
  return row && [row.one, row.two, row.three, row.four];
}

/** `Keys.listPublicKeys`. */
export async function listPublicKeys(
  { session }: CassandraContext,
  accountId: string,
  addresses?: readonly string[],
): Promise<PublicKey[]> {
  return await ofAccount(session, accountId, () =>
    addresses === undefined ? allPublicKeys(session, accountId) : publicKeysOf(session, accountId, addresses),
  );
}

const publicColumns = 'address, fingerprint, octets, source, state, first_seen' as const;

async function allPublicKeys(session: Session, accountId: string): Promise<PublicKey[]> {
  const cql = `select ${publicColumns} from public_key where account = ?`;
  return (await session.rows<PublicKeyRow>(cql, [accountId])).map(toPublicKey);
}

/** Keys of these addresses, in any letters. */
export async function publicKeysOf(
  session: Session,
  accountId: string,
  addresses: readonly string[],
): Promise<PublicKey[]> {
  if (addresses.length === 0) return [];
  const wanted = [...new Set(addresses.map(address => address.toLowerCase()))];
  const cql = `select ${publicColumns} from public_key where account = ? and address in ?`;
  return (await session.rows<PublicKeyRow>(cql, [accountId, wanted])).map(toPublicKey).sort(byName);
}

/** The account's own keys. */
export async function ownKeysOf(session: Session, accountId: string): Promise<PublicKey[]> {
  const rows = await session.rows<Omit<PublicKeyRow, 'source'>>(
    'select address, fingerprint, octets, state, first_seen from own_key where account = ?',
    [accountId],
  );
  return rows.map(row => toPublicKey({ ...row, source: 'own' }));
}

/** Orders keys by address, then by fingerprint. */
export function byName(one: PublicKey, other: PublicKey): number {
  if (one.address !== other.address) return one.address < other.address ? -1 : 1;
  return one.fingerprint < other.fingerprint ? -1 : 1;
}

function toPublicKey(row: PublicKeyRow): PublicKey {
  return {
    address: row.address,
    fingerprint: row.fingerprint,
    octets: new Uint8Array(row.octets),
    source: row.source,
    state: row.state,
    firstSeenAt: row.first_seen,
  };
}

/** `Keys.removePublicKey`. */
export async function removePublicKey(
  { session }: CassandraContext,
  accountId: string,
  { address, fingerprint }: { readonly address: string; readonly fingerprint: string },
): Promise<void> {
  await requireAccount(session, accountId);
  const name = [accountId, address.toLowerCase(), fingerprint.toLowerCase()];
  const times = await timesOfPublic(session, name);
  if (!times) return;
  const isOwn = await hasOwnKey(session, name);
  const tables = isOwn ? ['public_key', 'own_key'] : ['public_key'];
  const statements = tables.map(table => ({
    cql: `delete from ${table} where account = ? and address = ? and fingerprint = ?`,
    values: name,
  }));
  await session.together(statements, { timestamp: session.micros(times) });
}
