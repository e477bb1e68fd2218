import { drawHashKey } from '../../hash-key.ts';
import type { StoreSettings } from '../threads/protocol.ts';
import type { AccountRecord } from './rows.ts';

/** The account's hash key (`drawHashKey`). */
export function hashKeyOf(
  { hash_salt: salt }: Pick<AccountRecord, 'hash_salt'>,
  { hashSecret }: Pick<StoreSettings, 'hashSecret'>,
): Uint8Array {
  return drawHashKey(salt, hashSecret);
}
