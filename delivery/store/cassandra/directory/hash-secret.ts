import { randomBytes } from 'node:crypto';
import type { Keyring } from '../../../crypto/keyring.ts';
import { DeliveryError } from '../../../errors.ts';
import type { Session } from '../session.ts';
import { settle } from './settle.ts';

interface MetaRecord {
  readonly value: Uint8Array;
}

const select = "select value from meta where name = 'hashSecret'";

/**
 * The 32 octets from which the accounts' hash keys are drawn: made once, by whoever opens the keyspace first, kept
 * wrapped by the instance key, and wrapped anew when that has changed: the older key can go then. Throws `badSettings`
 * when the instance key is not the keyspace's.
 */
export async function openHashSecret(session: Session, keyring: Keyring): Promise<Uint8Array> {
  const wrapped = (await session.row<MetaRecord>(select, []))?.value ?? (await makeSecret(session, keyring));
  const secret = unwrapSecret(wrapped, keyring);
  if (keyring.isOutdated(wrapped)) await wrapAnew(session, wrapped, keyring.wrap(secret));
  return new Uint8Array(secret);
}

async function makeSecret(session: Session, keyring: Keyring): Promise<Uint8Array> {
  const made = Buffer.from(keyring.wrap(randomBytes(32)));
  await settle<MetaRecord>(session, {
    claim: {
      cql: "insert into meta (name, value) values ('hashSecret', ?) if not exists",
      values: [made],
    },
    look: { cql: select, values: [] },
    isDone: row => row?.value !== undefined,
  });
  // Whoever was first, this is what all go by.
  const kept = await session.claimed<MetaRecord>(select, []);
  if (!kept) throw new DeliveryError('storeUnavailable', 'the hash secret is lost');
  return kept.value;
}

async function wrapAnew(session: Session, wrapped: Uint8Array, anew: Uint8Array): Promise<void> {
  await settle<MetaRecord>(session, {
    claim: {
      cql: "update meta set value = ? where name = 'hashSecret' if value = ?",
      values: [Buffer.from(anew), Buffer.from(wrapped)],
    },
    look: { cql: select, values: [] },
    isDone: row => !row || !Buffer.from(wrapped).equals(row.value ?? Buffer.alloc(0)),
  });
}

function unwrapSecret(wrapped: Uint8Array, keyring: Keyring): Uint8Array {
  try {
    return keyring.unwrap(wrapped);
  } catch (cause) {
    const hint =
      'the instance key is not the one of this keyspace; add that one as a further line of its file (keys.instanceKeyFile, else instance.key in the data folder)';
    throw new DeliveryError('badSettings', hint, { cause });
  }
}
