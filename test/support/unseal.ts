import assert from 'node:assert/strict';
import type { PrivateKey } from 'openpgp';
import { findArmor } from '../../delivery/crypto/armor.ts';
import { loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { decodeBody } from '../../delivery/message/content.ts';
import { parseMessage } from '../../delivery/message/message.ts';

/** The octets that were sealed, byte for byte, as a reader's program with one of these keys finds them. */
export async function unseal(sealed: Uint8Array, privateKeys: readonly PrivateKey[]): Promise<Uint8Array> {
  const openpgp = await loadOpenPgp();
  const outer = parseMessage(sealed);
  const part = outer.root.parts[1];
  assert.ok(part, 'a sealed message has two parts (RFC 3156 §4)');
  const block = findArmor(decodeBody(outer, part));
  assert.ok(block, 'the second part is armored');
  const { data } = await openpgp.decrypt({
    message: await openpgp.readMessage({ binaryMessage: Uint8Array.from(block.octets) }),
    decryptionKeys: [...privateKeys],
    format: 'binary',
  });
  const inner = parseMessage(data as Uint8Array);
  assert.equal(inner.root.parameters['x-sealed'], '1');
  return (data as Uint8Array).subarray(inner.root.bodyStart);
}
