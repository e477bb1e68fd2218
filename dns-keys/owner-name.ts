import { hash } from 'node:crypto';
import { lowerAscii } from './local-part.ts';
import { childName, maxNameOctets, type Name, parseName } from './name.ts';

/** The label below a domain where its keys are: OpenPGP (RFC 7929 §3), S/MIME (RFC 8162 §3). */
export const keyLabels = { openpgp: '_openpgpkey', smime: '_smimecert' } as const;
export type KeyKind = keyof typeof keyLabels;

/** Octets of SHA-256 that the label holds, as twice as many hexadecimal digits. */
const hashOctets = 28;

/** The first label of the owner name of a local part (prepared, see `prepareLocalPart`): 56 hexadecimal digits. */
export function ownerLabel(localPart: string): string {
  return hash('sha256', localPart.normalize('NFC')).slice(0, 2 * hashOctets);
}

/**
 * The labels under which the key of a local part (as registered, without quotes) is published, the lower-cased one
 * first. Clients must not change the case (RFC 7929 §4), but GnuPG and others lower it, ASCII letters alone or all.
 * Plus-addresses and catch-alls are never published.
 */
export function publishedOwners(localPart: string): string[] {
  const forms = new Set([lowerAscii(localPart), localPart.toLowerCase(), localPart]);
  return [...new Set([...forms].map(ownerLabel))];
}

/** The apex of the zone of a domain's keys: `_openpgpkey.example.org`. `domain` in A-labels. Throws `WireError`. */
export function keyZone(domain: string, kind: KeyKind = 'openpgp'): Name {
  return parseName(`${keyLabels[kind]}.${domain}`);
}

/** Octets that an owner name has beside those of its domain: two labels with their lengths. */
const octetsBesideDomain =
  1 + 2 * hashOctets + 1 + Math.max(...Object.values(keyLabels).map(({ length }) => length));

/** Whether the names of a domain's keys fit into 255 octets; a longer one has no key zones. `domain` in A-labels. */
export function mayHaveKeyZones(domain: string): boolean {
  // The length of its first label, and the root's zero.
  return octetsBesideDomain + domain.length + 2 <= maxNameOctets;
}

/** The owner names of a local part in the zone of this apex, as `publishedOwners`. */
export function publishedOwnerNames(localPart: string, apex: Name): Name[] {
  return publishedOwners(localPart).map(label => childName(label, apex));
}
