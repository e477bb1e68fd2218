/** Return codes of a list (RFC 5782 §2.1), and how strongly an entry with one of them speaks against a sender. */
export interface ListCodes {
  /** For each octet of the address the least and the greatest value. */
  readonly octets: ReadonlyArray<readonly [least: number, greatest: number]>;
  /** -1..1; below 0 for lists of the good. */
  readonly weight: number;
}

/** One DNS list, as an admin names it. */
export interface DnsList {
  readonly zone: string;
  readonly codes: readonly ListCodes[];
  /** Name that is always listed (RFC 5782 §5), in front of the zone; null: the usual one. */
  readonly testName: string | null;
}

const zoneForm = /^(?=.{1,200}$)[a-z0-9_](?:[a-z0-9_-]*)(?:\.[a-z0-9_-]+)+$/i;

/**
 * Reads `ZONE=CODE[:WEIGHT][;CODE[:WEIGHT]]…[;test:NAME]`, such as `zen.example.org=127.0.0.2-3;127.0.0.10-11:0.5`. Each
 * octet of a code is a number, a range, or `*`; codes are in 127.0.0.0/8. Null where the text is none of that.
 */
export function parseDnsList(text: string): DnsList | null {
  const [zone = '', right, ...rest] = text.split('=');
  if (!zoneForm.test(zone) || right === undefined || rest.length > 0) return null;
  const words = right.split(';');
  const tests = words.filter(word => word.startsWith('test:'));
  const codes = words.filter(word => !word.startsWith('test:')).map(parseCodes);
  if (codes.length === 0 || tests.length > 1 || codes.includes(null)) return null;
  const testName = tests[0]?.slice('test:'.length) || null;
  return { zone: zone.toLowerCase(), codes: codes.filter(code => code !== null), testName };
}

function parseCodes(word: string): ListCodes | null {
  const [pattern = '', weightText, ...rest] = word.split(':');
  const weight = weightText === undefined ? 1 : Number(weightText);
  if (rest.length > 0 || weightText === '' || !(Math.abs(weight) <= 1)) return null;
  const octets = pattern.split('.').map(parseOctet);
  const [first] = octets;
  if (octets.length !== 4 || octets.includes(null) || first?.[0] !== 127 || first[1] !== 127) return null;
  return { octets: octets.filter(octet => octet !== null), weight };
}

function parseOctet(text: string): readonly [number, number] | null {
  if (text === '*') return [0, 255];
  const found = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(text);
  if (!found) return null;
  const [least, greatest] = [Number(found[1]), Number(found[2] ?? found[1])];
  return least <= greatest && greatest <= 255 ? [least, greatest] : null;
}

/** What an answer of a list is worth. */
export type CodeMeaning =
  | { readonly kind: 'listed'; readonly weight: number }
  /** A code that the admin did not name: it says nothing. */
  | { readonly kind: 'other' }
  /** Not a listing: the list refuses us (127.255.255.x), or somebody else answers for it. */
  | { readonly kind: 'error' };

/** Reads one address that a list answered. */
export function meaningOf(list: DnsList, address: string): CodeMeaning {
  const octets = address.split('.').map(Number);
  const [first, second, third] = octets;
  if (octets.length !== 4 || first !== 127) return { kind: 'error' };
  if (second === 255 && third === 255) return { kind: 'error' };
  const codes = list.codes.find(code =>
    code.octets.every(([least, greatest], at) => {
      const octet = octets[at] ?? -1;
      return octet >= least && octet <= greatest;
    }),
  );
  return codes ? { kind: 'listed', weight: codes.weight } : { kind: 'other' };
}
