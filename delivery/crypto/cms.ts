import { decodeBody } from '../message/content.ts';
import type { Entity, Message } from '../message/shape.ts';
import { type DerElement, readElements, readObjectIdentifier } from './der.ts';
import type { DecryptFindings } from './findings.ts';

/** What stands outside of an encrypted CMS message (RFC 5652 §6.1, RFC 5083 §2.1). */
export interface CmsShape {
  readonly strength: 'strong' | 'weak';
  readonly noIntegrity: boolean;
  readonly algorithms: readonly string[];
}

/**
 * What can be said of an S/MIME message (RFC 8551), which is recognised but neither opened nor checked here: the
 * encryption as its structure shows it, `unknown` where it shows nothing; a signature is `unknown`.
 */
export function cmsFindings(
  message: Message,
  { kind, entity }: { kind: 'encrypted' | 'signed'; entity: Entity },
): DecryptFindings {
  const base: DecryptFindings = {
    form: 'smime',
    encryption: 'none',
    signature: 'unknown',
    noIntegrity: false,
    signer: null,
    subject: 'open',
    opened: false,
    failure: 'unsupported',
    algorithms: [],
  };
  if (kind === 'signed') return base;
  const octets = decodeBody(message, entity);
  if (contentTypeOf(octets) === 'signedData') return base;
  const shape = cmsShape(octets);
  if (!shape) return { ...base, encryption: 'unknown', subject: 'unknown', failure: 'malformed' };
  const { strength, noIntegrity, algorithms } = shape;
  return { ...base, encryption: strength, subject: 'unknown', noIntegrity, algorithms };
}

const contentTypes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.7.2': 'signedData',
  '1.2.840.113549.1.7.3': 'envelopedData',
  '1.2.840.113549.1.9.16.1.23': 'authEnvelopedData',
};

function contentTypeOf(octets: Uint8Array): string | null {
  const [contentType] = childrenOf(readElements(octets, 1)[0]);
  return contentType?.tag === tags.objectIdentifier
    ? (contentTypes[readObjectIdentifier(contentType.content)] ?? null)
    : null;
}

const tags = { integer: 0x02, objectIdentifier: 0x06, sequence: 0x30, set: 0x31, explicit0: 0xa0 } as const;

function childrenOf(element: DerElement | undefined): DerElement[] {
  return element && element.tag & 0x20 ? readElements(element.content) : [];
}

/**
 * Reads the head of an enveloped message; null when it is none. `strong` needs authenticated encryption and, for each
 * recipient, RSA of 2,048 bits or more or key agreement: CBC alone lets others bend the content (Efail).
 */
export function cmsShape(octets: Uint8Array): CmsShape | null {
  const type = contentTypeOf(octets);
  if (type !== 'envelopedData' && type !== 'authEnvelopedData') return null;
  const [, wrapper] = childrenOf(readElements(octets, 1)[0]);
  const [enveloped] = childrenOf(wrapper);
  const fields = childrenOf(enveloped);
  const recipients = fields.find(field => field.tag === tags.set);
  const content = fields.find(field => field.tag === tags.sequence);
  const cipher = objectIdentifierIn(childrenOf(content)[1]);
  if (!recipients || !cipher) return null;
  const keys = childrenOf(recipients).map(recipientAlgorithm);
  if (keys.length === 0) return null;
  const { name, isCurrent } = ciphers[cipher] ?? { name: cipher, isCurrent: false };
  const noIntegrity = type === 'envelopedData';
  const isStrong = !noIntegrity && isCurrent && keys.every(key => key.isStrong);
  return {
    strength: isStrong ? 'strong' : 'weak',
    noIntegrity,
    algorithms: [...new Set([...keys.map(key => key.name), name])],
  };
}

function objectIdentifierIn(algorithm: DerElement | undefined): string | null {
  const [identifier] = childrenOf(algorithm);
  return identifier?.tag === tags.objectIdentifier ? readObjectIdentifier(identifier.content) : null;
}

/** KeyTransRecipientInfo shows the RSA key's size by the length of what it encrypted; KeyAgree is [1]. */
function recipientAlgorithm(recipient: DerElement): { name: string; isStrong: boolean } {
  if (recipient.tag === 0xa1) return { name: 'ecdh', isStrong: true };
  const encryptedKey = childrenOf(recipient).at(-1);
  if (recipient.tag !== tags.sequence || !encryptedKey) return { name: 'other', isStrong: false };
  const bits = encryptedKey.content.length * 8;
  return { name: `rsa${bits}`, isStrong: bits >= 2048 };
}

/** RFC 8551 §2.7, RFC 5084, RFC 8103. */
const ciphers: Readonly<Record<string, { name: string; isCurrent: boolean }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes128-cbc', isCurrent: true },
  '2.16.840.1.101.3.4.1.22': { name: 'aes192-cbc', isCurrent: true },
  '2.16.840.1.101.3.4.1.42': { name: 'aes256-cbc', isCurrent: true },
  '2.16.840.1.101.3.4.1.6': { name: 'aes128-gcm', isCurrent: true },
  '2.16.840.1.101.3.4.1.26': { name: 'aes192-gcm', isCurrent: true },
  '2.16.840.1.101.3.4.1.46': { name: 'aes256-gcm', isCurrent: true },
  '1.2.840.113549.1.9.16.3.18': { name: 'chacha20-poly1305', isCurrent: true },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', isCurrent: false },
  '1.2.840.113549.3.2': { name: 'rc2-cbc', isCurrent: false },
};
