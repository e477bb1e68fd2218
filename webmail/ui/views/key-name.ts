import type { DeviceKey } from '../../device/protocol.ts';
import type { pgpWords } from '../locales/pgp.ts';
import { plainLine } from '../text.ts';

/** What to call a key: its first user id. */
export function keyName({ userIds }: DeviceKey, words: (typeof pgpWords)['en']): string {
  return plainLine(userIds[0] ?? '') || words.keys.nameless;
}
