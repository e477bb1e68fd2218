import type { PublicSubkeyPacket, SignaturePacket } from 'openpgp';
import type { CertificatePart } from './certificate-parts.ts';
import { loadOpenPgp } from './openpgp.ts';
import { holds, type SelfSigned, selfSignatureTypes as types } from './self-signatures.ts';

/** The first octet of key flags (RFC 9580 §5.2.3.29). */
const flags = { sign: 0x02, encrypt: 0x04 | 0x08 } as const;

/** Public-key algorithms that can sign and not encrypt (RFC 9580 §9.1): DSA, ECDSA, EdDSA, Ed25519, Ed448. */
const signingOnly: ReadonlySet<number> = new Set([17, 19, 22, 27, 28]);
/** RSA can do both. */
const rsa = 1;

/**
 * Subkeys for encrypting and signing that are neither expired nor revoked at `at`, each with its newest binding alone.
 * Subkeys for authentication (SSH) concern nobody else.
 */
export async function usableSubkeys(
  parts: readonly CertificatePart[],
  selfSigned: SelfSigned,
  at: Date,
): Promise<CertificatePart[]> {
  const usable: CertificatePart[] = [];
  for (const part of parts) {
    const subkey = await selfSigned.subkeyOf(part);
    const [binding] = await selfSigned.onSubkey(part, types.subkeyBinding);
    if (!subkey || !binding || isOver(subkey, binding.says, at)) continue;
    if ((await selfSigned.onSubkey(part, types.subkeyRevocation)).length > 0) continue;
    if (await hasUse(subkey, binding.says, { selfSigned, at })) {
      usable.push({ packet: part.packet, signatures: [binding.packet] });
    }
  }
  return usable;
}

function isOver({ created }: PublicSubkeyPacket, { keyExpirationTime }: SignaturePacket, at: Date): boolean {
  return keyExpirationTime ? created.getTime() + keyExpirationTime * 1000 <= at.getTime() : false;
}

async function hasUse(
  subkey: PublicSubkeyPacket,
  says: SignaturePacket,
  { selfSigned, at }: { selfSigned: SelfSigned; at: Date },
): Promise<boolean> {
  const given = says.keyFlags?.[0] ?? flagsOf(subkey);
  if (given & flags.encrypt) return true;
  if ((given & flags.sign) === 0 || !says.embeddedSignature) return false;
  // A signing subkey counts when it has agreed, or it could be claimed by a foreign key (RFC 9580 §5.2.3.34).
  const data = { key: selfSigned.primary, bind: subkey };
  return holds(says.embeddedSignature, { key: subkey, data, at }, await loadOpenPgp());
}

function flagsOf({ algorithm }: PublicSubkeyPacket): number {
  if (algorithm === rsa) return flags.encrypt | flags.sign;
  return signingOnly.has(algorithm) ? flags.sign : flags.encrypt;
}
