import type { SearchTerm } from '../../query.ts';
import { OctetReader, pushVarint } from './varint.ts';

/** Where a term can be met: the fields of `SearchText`, and header blocks. The order is that of the stored numbers. */
export const hitFields = ['subject', 'body', 'originators', 'destinations', 'attachments', 'header'] as const;

export type HitField = (typeof hitFields)[number];

const fieldBits = 3;

/** A hit as one number: its place in the block and its field. Sorted, hits of one email stand together. */
export function hitOf(position: number, field: HitField): number {
  return (position << fieldBits) | hitFields.indexOf(field);
}

/** Which fields count: one bit for each. */
export type FieldMask = number;

/** The bit of a field; `any` is all fields of words. */
export function maskOf(field: SearchTerm['field'] | 'header'): FieldMask {
  return field === 'any' ? maskOf('header') - 1 : 1 << hitFields.indexOf(field);
}

/**
 * A term's hits, sorted and each once: for each field with hits, their number times 8 plus the field's number, then
 * positions, each as the difference from the one before; all as varints.
 */
export function encodeHits(hits: readonly number[]): Uint8Array {
  const octets: number[] = [];
  for (let field = 0; field < hitFields.length; field++) {
    const positions = hits.filter(hit => (hit & 7) === field).map(hit => hit >>> fieldBits);
    if (positions.length === 0) continue;
    pushVarint(octets, (positions.length << fieldBits) | field);
    let last = 0;
    for (const position of positions) {
      pushVarint(octets, position - last);
      last = position;
    }
  }
  return Uint8Array.from(octets);
}

/** Adds the fields in which the term was met to what `masks` says of each position. */
export function markHits(octets: Uint8Array, masks: Uint8Array): void {
  const reader = new OctetReader(octets);
  while (!reader.isAtEnd) {
    const begin = reader.varint();
    const bit = 1 << (begin & 7);
    let position = 0;
    for (let left = begin >>> fieldBits; left > 0 && !reader.isAtEnd; left--) {
      position += reader.varint();
      if (position < masks.length) masks[position] = (masks[position] ?? 0) | bit;
    }
  }
}
