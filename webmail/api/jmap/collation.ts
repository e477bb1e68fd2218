import { casemapKey } from '../../../delivery/search/collation.ts';
import { MethodError } from './errors.ts';

/** The collation of every text that queries sort by, and the default (RFC 5051). */
const unicodeCasemap = 'i;unicode-casemap';

/** `collationAlgorithms` of the Session object. */
export const collations: readonly string[] = [unicodeCasemap];

/** Throws `unsupportedSort` for any other collation than ours (RFC 8620 §5.5). */
export function checkCollation(name: string | null | undefined): void {
  if (name != null && !collations.includes(name)) {
    throw new MethodError('unsupportedSort', `unknown collation ${name.slice(0, 40)}`);
  }
}

/** Compares two texts by the collation. */
export function collate(one: string, other: string): number {
  // The collation goes by octets of UTF-8, which is the order of code points.
  return Buffer.compare(Buffer.from(casemapKey(one)), Buffer.from(casemapKey(other)));
}
