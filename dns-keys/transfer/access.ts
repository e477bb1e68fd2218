import { BlockList, isIP } from 'node:net';
import { plainAddress } from '../../delivery/ip-address.ts';
import { type Name, nameKey } from '../name.ts';
import type { TsigKey } from './tsig.ts';

/** Who asks: its address, and the key that its request was signed with and verified by. */
export interface Requester {
  readonly address: string;
  readonly key: TsigKey | null;
}

/** Whether someone may have a zone. */
export type TransferAccess = (requester: Requester) => boolean;

/**
 * Where keys are set, whoever signs with one of them, from anywhere; where none is, whoever asks from one of the
 * addresses (`192.0.2.1`, `2001:db8::/32`). Throws `TypeError` for what is no address.
 */
export function transferAccess({
  keys,
  addresses,
}: {
  keys: readonly Name[];
  addresses: readonly string[];
}): TransferAccess {
  const names = new Set(keys.map(nameKey));
  const list = new BlockList();
  for (const text of addresses) addAddress(list, text);
  return ({ address, key }) => {
    if (names.size > 0) return key !== null && names.has(nameKey(key.name));
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  };
}

function addAddress(list: BlockList, text: string): void {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  const bits = prefix === undefined ? null : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || more.length > 0 || !(bits === null || bits <= (family === 4 ? 32 : 128)))
    throw new TypeError(`${JSON.stringify(text)} is no address or network`);
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (bits === null) list.addAddress(address, kind);
  else list.addSubnet(address, bits, kind);
}
