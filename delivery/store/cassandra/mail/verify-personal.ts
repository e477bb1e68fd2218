import type { CassandraContext } from '../context.ts';
import { newestOf, type Suspicion } from './verify-fault.ts';

/** A row of `public_key` or `own_key`, with the times of its cells. */
interface KeyRow {
  readonly address: string;
  readonly fingerprint: string;
  readonly octets: Uint8Array | null;
  readonly state: string | null;
  readonly first_seen: Date | null;
  readonly source?: string | null;
  readonly octets_at: bigint | null;
  readonly state_at: bigint | null;
}

const keyColumns = `address, fingerprint, octets, state, first_seen, writetime(octets) as octets_at,
  writetime(state) as state_at`;

type KeyName = Pick<KeyRow, 'address' | 'fingerprint'>;

/** What is wrong with the list of an account's own keys, which follows from all keys that it knows. */
export async function keySuspicions(context: CassandraContext, accountId: string): Promise<Suspicion[]> {
  const { session } = context;
  const all = await session.rows<KeyRow>(`select ${keyColumns}, source from public_key where account = ?`, [
    accountId,
  ]);
  const own = await session.rows<KeyRow>(`select ${keyColumns} from own_key where account = ?`, [accountId]);
  const names = new Map([...all, ...own].map(row => [`${row.address} ${row.fingerprint}`, row]));
  const found: Suspicion[] = [];
  for (const [name, row] of names) {
    const [one, other] = [all, own].map(rows =>
      rows.find(({ address, fingerprint }) => `${address} ${fingerprint}` === name),
    );
    if (isWrong(one, other)) found.push(wrongKey(context, { accountId, name: row, isOwn: isOwn(one) }));
  }
  return found;
}

function isOwn(row: KeyRow | undefined): boolean {
  return row?.source === 'own';
}

function isWrong(known: KeyRow | undefined, own: KeyRow | undefined): boolean {
  if (!known || !isOwn(known)) return own !== undefined;
  if (!own?.octets || !known.octets) return true;
  return Buffer.compare(own.octets, known.octets) !== 0 || own.state !== known.state;
}

function wrongKey(
  context: CassandraContext,
  { accountId, name, isOwn }: { accountId: string; name: KeyName; isOwn: boolean },
): Suspicion {
  const { session } = context;
  const key = [accountId, name.address, name.fingerprint];
  const where = 'where account = ? and address = ? and fingerprint = ?';
  const read = async (): Promise<(KeyRow | undefined)[]> => [
    await session.row<KeyRow>(`select ${keyColumns}, source from public_key ${where}`, key),
    await session.row<KeyRow>(`select ${keyColumns} from own_key ${where}`, key),
  ];
  return {
    kind: isOwn ? 'ownKeyWrong' : 'ownKeyLeftover',
    accountId,
    detail: name.fingerprint,
    isStill: async () => {
      const [known, own] = await read();
      return isWrong(known, own);
    },
    mend: async () => {
      const [known, own] = await read();
      if (!isWrong(known, own)) return;
      // Just later than what is there, so that a change of this moment wins.
      const newest = newestOf([known?.octets_at, own?.octets_at, own?.state_at]) ?? 0n;
      if (known?.source !== 'own') await session.run(`delete from own_key ${where}`, key, newest);
      else await writeOwn(context, key, { row: known, timestamp: newest + 1n });
    },
  };
}

async function writeOwn(
  { session }: CassandraContext,
  key: readonly string[],
  { row, timestamp }: { readonly row: KeyRow; readonly timestamp: bigint },
): Promise<void> {
  const cql = `insert into own_key (account, address, fingerprint, octets, state, first_seen)
    values (?, ?, ?, ?, ?, ?)`;
  const values = [...key, row.octets, row.state, row.first_seen];
  await session.run(cql, values, timestamp);
  const where = 'where account = ? and address = ? and fingerprint = ?';
  const written = await session.row<KeyRow>(`select ${keyColumns} from own_key ${where}`, key);
  // Something deleted it later than that.
  if (!written?.octets) await session.run(cql, values);
}

interface ContactRow {
  readonly id: string;
  readonly data: string | null;
  readonly at: bigint | null;
}

/** Contacts that are not found by one of their addresses. */
export async function contactSuspicions(context: CassandraContext, accountId: string): Promise<Suspicion[]> {
  const { session } = context;
  const rows = await session.rows<{ address: string; id: string }>(
    'select address, id from contact_address where account = ?',
    [accountId],
  );
  const listed = new Set(rows.map(({ address, id }) => `${id} ${address}`));
  const found: Suspicion[] = [];
  const cql = 'select id, data, writetime(data) as at from contact where account = ?';
  for await (const page of session.pages<ContactRow>(cql, [accountId], 200)) {
    for (const row of page) {
      const lacking = addressesIn(row).filter(address => !listed.has(`${row.id} ${address}`));
      if (lacking.length > 0) found.push(unlistedContact(context, accountId, row.id));
    }
  }
  return found;
}

function addressesIn({ data }: ContactRow): string[] {
  return data === null ? [] : (JSON.parse(data) as { addresses: string[] }).addresses;
}

function unlistedContact(context: CassandraContext, accountId: string, id: string): Suspicion {
  const { session } = context;
  const look = async (): Promise<{ lacking: string[]; at: bigint | null }> => {
    const row = await session.row<ContactRow>(
      'select id, data, writetime(data) as at from contact where account = ? and id = ?',
      [accountId, id],
    );
    const lacking: string[] = [];
    for (const address of row ? addressesIn(row) : []) {
      const key = [accountId, address, id];
      const cql = 'select id from contact_address where account = ? and address = ? and id = ?';
      if (!(await session.row(cql, key))) lacking.push(address);
    }
    return { lacking, at: row?.at ?? null };
  };
  const list = async (addresses: readonly string[], timestamp: bigint | undefined): Promise<void> => {
    for (const address of addresses) {
      const cql = 'insert into contact_address (account, address, id) values (?, ?, ?)';
      await session.run(cql, [accountId, address, id], timestamp);
    }
  };
  return {
    kind: 'contactUnlisted',
    accountId,
    detail: id,
    isStill: async () => (await look()).lacking.length > 0,
    mend: async () => {
      const { lacking, at } = await look();
      await list(lacking, at ?? undefined);
      // Something deleted them later than the contact was written; one too many is passed over by readers.
      await list((await look()).lacking, undefined);
    },
  };
}
