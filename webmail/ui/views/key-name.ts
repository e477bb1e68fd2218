import type { DeviceKey } from '../../device/protocol.ts';
import type { pgpWords } from '../locales/pgp.ts';
import { plainLine } from '../text.ts';

/** What to call a key: its first user id, without the brackets of one that is an address alone. */
export function keyName({ userIds }: DeviceKey, words: (typeof pgpWords)['en']): string {
  return plainLine(userIds[0] ?? '').replace(/^<(.*)>$/, '$1') || words.keys.nameless;
}
