import { WireError } from './wire-error.ts';

/**
 * A domain name as its octets on the wire (RFC 1035 §3.1): labels with their lengths in front, not compressed, the
 * root's zero at the end. Any octet may stand in a label. Never changed once made.
 */
export type Name = Uint8Array;

/** Octets of a label (RFC 1035 §2.3.4). */
export const maxLabelOctets = 63;
/** Octets of a name with its lengths and the root (RFC 1035 §2.3.4). */
export const maxNameOctets = 255;

export const root: Name = Uint8Array.of(0);

const dot = 0x2e;
const backslash = 0x5c;

/**
 * The name of a text in presentation form (RFC 1035 §5.1): `\.` and `\DDD` stand for octets, a dot at the end may be
 * left out. Characters beyond ASCII are refused: names are given as A-labels. Throws `WireError`.
 */
export function parseName(text: string): Name {
  if (text === '.') return root;
  const octets: number[] = [];
  let label: number[] = [];
  const endLabel = () => {
    if (label.length === 0) throw new WireError(`empty label in ${JSON.stringify(text)}`);
    if (label.length > maxLabelOctets)
      throw new WireError(`label over ${maxLabelOctets} octets in ${JSON.stringify(text)}`);
    octets.push(label.length, ...label);
    label = [];
  };
  for (let at = 0; at < text.length; ) {
    const { octet, next, isDot } = readCharacter(text, at);
    if (isDot) endLabel();
    else label.push(octet);
    at = next;
  }
  if (label.length > 0 || octets.length === 0) endLabel();
  return bounded(Uint8Array.from([...octets, 0]));
}

function readCharacter(text: string, at: number): { octet: number; next: number; isDot: boolean } {
  const octet = text.charCodeAt(at);
  if (octet === dot) return { octet, next: at + 1, isDot: true };
  if (octet > 0x7e || octet < 0x21) throw new WireError(`character not allowed in ${JSON.stringify(text)}`);
  if (octet !== backslash) return { octet, next: at + 1, isDot: false };
  const digits = /^\d{3}/.exec(text.slice(at + 1, at + 4))?.[0];
  if (digits !== undefined) {
    if (Number(digits) > 255) throw new WireError(`\\${digits} is no octet in ${JSON.stringify(text)}`);
    return { octet: Number(digits), next: at + 4, isDot: false };
  }
  const escaped = text.charCodeAt(at + 1);
  if (!(escaped >= 0x21 && escaped <= 0x7e && !/\d/.test(text.charAt(at + 1))))
    throw new WireError(`bad escape in ${JSON.stringify(text)}`);
  return { octet: escaped, next: at + 2, isDot: false };
}

function bounded(name: Name): Name {
  if (name.length > maxNameOctets) throw new WireError(`name over ${maxNameOctets} octets`);
  return name;
}

/** Characters that every reader of zone files takes as they are; Knot takes no others without a backslash. */
const plain = /[\w*/-]/;
/** `\#` begins data of unknown types (RFC 3597 §5), and BIND takes `\[` for a bit string: these are written as numbers. */
const opening = /[#[]/;

/** The name in presentation form with its dot at the end; what is not printable ASCII as `\DDD`. */
export function nameText(name: Name): string {
  if (name.length === 1) return '.';
  return labelsOf(name)
    .map(label => `${labelText(label)}.`)
    .join('');
}

function labelText(label: Uint8Array): string {
  let text = '';
  for (const octet of label) {
    const character = String.fromCharCode(octet);
    if (plain.test(character)) text += character;
    else if (octet > 0x20 && octet < 0x7f && !opening.test(character)) text += `\\${character}`;
    else text += `\\${String(octet).padStart(3, '0')}`;
  }
  return text;
}

/** Labels from the left, without the root. Views of the name's octets. */
export function labelsOf(name: Name): Uint8Array[] {
  const labels: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const length = name[at] ?? 0;
    if (length === 0) return labels;
    labels.push(name.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
}

/** Number of labels without the root, as RRSIG counts them (RFC 4034 §3.1.3) but for wildcards. */
export function countLabels(name: Name): number {
  let count = 0;
  for (let at = 0; name[at]; at += 1 + (name[at] ?? 0)) count += 1;
  return count;
}

/** The name with one label more on its left. Throws `WireError` when that is too long. */
export function childName(label: Uint8Array | string, parent: Name): Name {
  const octets = typeof label === 'string' ? Buffer.from(label, 'latin1') : label;
  if (octets.length === 0 || octets.length > maxLabelOctets) throw new WireError('label of 1 to 63 octets');
  const name = new Uint8Array(1 + octets.length + parent.length);
  name[0] = octets.length;
  name.set(octets, 1);
  name.set(parent, 1 + octets.length);
  return bounded(name);
}

/** The name without its first label; of the root, the root. A view of the same octets. */
export function parentName(name: Name): Name {
  const length = name[0] ?? 0;
  return length === 0 ? name : name.subarray(1 + length);
}

/** The same name with A-Z as a-z (RFC 4343); other octets stay. */
export function lowerName(name: Name): Name {
  const lower = new Uint8Array(name);
  for (let at = 0; at < lower.length; at += 1) {
    const octet = lower[at] ?? 0;
    // Lengths are at most 63, below "A".
    if (octet >= 0x41 && octet <= 0x5a) lower[at] = octet + 0x20;
  }
  return lower;
}

/** A string that is equal for names that are equal (RFC 4343), for maps: the lower-case octets as latin1. */
export function nameKey(name: Name): string {
  const text = Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1');
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, letters => letters.toLowerCase()) : text;
}

export function equalNames(one: Name, other: Name): boolean {
  return one.length === other.length && nameKey(one) === nameKey(other);
}

/** Whether the name is the parent or stands anywhere below it. */
export function isAtOrBelow(name: Name, parent: Name): boolean {
  let at = name;
  while (at.length > parent.length) at = parentName(at);
  return equalNames(at, parent);
}

/** Canonical order (RFC 4034 §6.1): by labels from the right, case left aside. Negative when `one` comes first. */
export function compareNames(one: Name, other: Name): number {
  const [ours, theirs] = [labelsOf(lowerName(one)).reverse(), labelsOf(lowerName(other)).reverse()];
  for (let index = 0; index < Math.min(ours.length, theirs.length); index += 1) {
    const order = Buffer.compare(ours[index] ?? root, theirs[index] ?? root);
    if (order !== 0) return order;
  }
  return ours.length - theirs.length;
}
