import { findArmor } from '../../delivery/crypto/armor.ts';
import { decrypt } from '../../delivery/crypto/decrypt.ts';
import type { DecryptFindings } from '../../delivery/crypto/findings.ts';
import { encryptionShape } from '../../delivery/crypto/packets.ts';
import { protectionOf } from '../../delivery/crypto/protection.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import type { Message } from '../../delivery/message/shape.ts';
import type { KeyHolder } from './key-holder.ts';
import type { OpenFailure, OpenRefusal, SenderKey } from './protocol.ts';

/** What our own server had sealed. */
export interface Unsealed {
  /** As it came. */
  readonly message: Message;
  /** What the server put beside it for learning; null where it put nothing. */
  readonly learning: string | null;
}

export const nothingToOpen: OpenRefusal = { failure: 'notEncrypted', keyIds: [], isInside: false };

/** Opens the seal of our own server, and nobody else's. */
export async function unseal(
  stored: Message,
  { receivedAt }: { readonly receivedAt: Date },
  keys: KeyHolder,
): Promise<Unsealed | OpenRefusal> {
  const refusal = closedFor(stored, keys);
  if (refusal) return refusal;
  const { findings, content } = await decrypt(stored, ownerOf(keys, [], receivedAt));
  if (findings.failure !== null) {
    return { failure: failureOf(findings), keyIds: keyIdsOf(stored), isInside: false };
  }
  const parameters = content?.root.parameters ?? {};
  if (!content || parameters['x-sealed'] !== '1') return { ...nothingToOpen, failure: 'malformed' };
  return {
    message: parseMessage(content.raw.subarray(content.root.bodyStart)),
    learning: parameters['x-learning'] ?? null,
  };
}

/** Why an encrypted message can't be opened with the keys as they are now; null when it can, or isn't encrypted. */
export function closedFor(message: Message, keys: KeyHolder): OpenRefusal | null {
  const keyIds = recipientsOf(message);
  if (keyIds === null) return null;
  const named = keyIds.filter(id => !isHidden(id));
  const isHiddenToo = named.length < keyIds.length;
  const fits = (held: readonly string[]) => isHiddenToo || named.some(id => held.includes(id));
  if (keys.unlocked().some(key => fits(key.keyIds))) return null;
  const failure: OpenFailure = keys.locked().some(key => fits(key.keyIds)) ? 'locked' : 'noKey';
  return { failure, keyIds: named, isInside: false };
}

/** Key ids that the message is encrypted to; null when it is not encrypted, or not so that a key could open it. */
function recipientsOf(message: Message): readonly string[] | null {
  const protection = protectionOf(message);
  if (protection.form === 'none' || protection.form === 'smime') return null;
  if (protection.kind !== 'encrypted' || !protection.octets) return null;
  const shape = encryptionShape(protection.octets);
  return shape && !shape.noIntegrity ? shape.recipients : null;
}

export function keyIdsOf(message: Message): readonly string[] {
  return (recipientsOf(message) ?? []).filter(id => !isHidden(id));
}

function isHidden(keyId: string): boolean {
  return /^0+$/.test(keyId);
}

export function failureOf({ failure }: DecryptFindings): OpenFailure {
  if (failure === 'noKey' || failure === 'noIntegrity' || failure === 'tooLarge') return failure;
  return 'malformed';
}

/** Who holds these keys, as the code that opens mail on the server sees an owner. */
export function ownerOf(
  keys: KeyHolder,
  senderKeys: readonly SenderKey[],
  receivedAt: Date,
): Parameters<typeof decrypt>[1] {
  return {
    privateKeys: keys.unlocked().map(({ fingerprint }) => ({ fingerprint, wrapped: new Uint8Array() })),
    keyring: { unwrapKey: async ({ fingerprint }) => keys.secretKey(fingerprint) },
    publicKeys: senderKeys.flatMap(key => {
      const octets = findArmor(new TextEncoder().encode(key.armor))?.octets;
      return octets ? [{ ...key, octets, firstSeenAt: new Date(key.firstSeenAt) }] : [];
    }),
    receivedAt,
  };
}
