/** One element of BER or DER (X.690); children are read on demand. */
export interface DerElement {
  /** Identifier octet: class, constructed bit and number (below 31). */
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Elements one after another; stops at the first broken one. Indefinite lengths are followed at most 16 deep. */
export function readElements(octets: Uint8Array, limit = 64): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < octets.length && elements.length < limit; ) {
    const element = readElement(octets, at, 0);
    if (!element || element.tag === 0) break;
    elements.push(element);
    at = element.end;
  }
  return elements;
}

const maxDepth = 16;

function readElement(octets: Uint8Array, at: number, depth: number): (DerElement & { end: number }) | null {
  const tag = octets[at];
  const first = octets[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || depth > maxDepth) return null;
  if (first === 0x80) return readIndefinite(octets, at, depth);
  const count = first & 0x80 ? first & 0x7f : 0;
  if (count > 4) return null;
  let length = count === 0 ? first : 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (octets[at + 2 + index] ?? 0);
  const start = at + 2 + count;
  // A cut end is read as far as it goes: only the first fields matter.
  const end = Math.min(octets.length, start + length);
  return { tag, content: octets.subarray(start, end), end };
}

/** Ends with two zero octets at its own level (X.690 §8.1.3.6). */
function readIndefinite(
  octets: Uint8Array,
  at: number,
  depth: number,
): (DerElement & { end: number }) | null {
  const tag = octets[at] ?? 0;
  const start = at + 2;
  let next = start;
  while (next < octets.length) {
    if (octets[next] === 0 && octets[next + 1] === 0) {
      return { tag, content: octets.subarray(start, next), end: next + 2 };
    }
    const child = readElement(octets, next, depth + 1);
    if (!child) return null;
    next = child.end;
  }
  return { tag, content: octets.subarray(start), end: octets.length };
}

/** Dotted decimal form of an OBJECT IDENTIFIER's content. */
export function readObjectIdentifier(content: Uint8Array): string {
  const numbers: number[] = [];
  let value = 0;
  for (const octet of content) {
    value = value * 128 + (octet & 0x7f);
    if (octet & 0x80) continue;
    if (numbers.length === 0) {
      const head = Math.min(2, Math.floor(value / 40));
      numbers.push(head, value - head * 40);
    } else numbers.push(value);
    value = 0;
  }
  return numbers.join('.');
}
