import { keyedHash } from '../../../keyed-hash.ts';
import type { StoreSettings } from '../threads/protocol.ts';
import type { AccountRecord } from './rows.ts';

/**
 * The account's hash key: 32 octets, drawn from the salt beside the account and a secret that the instance key wraps,
 * so that whoever has the files alone can't test whether a text they know is in them (DESIGN.md, promise 2).
 */
export function hashKeyOf(
  { hash_salt: salt }: Pick<AccountRecord, 'hash_salt'>,
  { hashSecret }: Pick<StoreSettings, 'hashSecret'>,
): Uint8Array {
  return new Uint8Array(keyedHash(hashSecret).update('account hash key:').update(salt).digest());
}
