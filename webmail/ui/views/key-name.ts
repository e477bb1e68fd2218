import type { DeviceKey } from '../../device/protocol.ts';
import type { pgpWords } from '../locales/pgp.ts';
import { plainLine } from '../text.ts';

/** What to call a key: its first user id, without the brackets of one that is an address alone. */
export function keyName({ userIds }: DeviceKey, words: (typeof pgpWords)['en']): string {
  return plainLine(userIds[0] ?? '').replace(/^<(.*)>$/, '$1') || words.keys.nameless;
}

/** What people call the kinds of its parts: `RSA 4096`, `Curve25519`; unknown ones as the library does. */
export function keyKinds({ algorithms }: DeviceKey): string {
  return [...new Set(algorithms.map(kindOf))].join(', ');
}

function kindOf(algorithm: string): string {
  const rsaBits = /^rsa(\d+)$/.exec(algorithm)?.[1];
  if (rsaBits) return `RSA ${rsaBits}`;
  const curve = /(25519|448)(?:Legacy)?$/.exec(algorithm)?.[1];
  return curve ? `Curve${curve}` : plainLine(algorithm);
}
