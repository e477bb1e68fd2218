import { MethodError } from './errors.ts';

type Collate = (a: string, b: string) => number;

function compareCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function asciiUpper(text: string): string {
  return text.replace(/[a-z]/g, letter => letter.toUpperCase());
}

/** A leading run of digits as a number; what has none sorts behind (RFC 4790 §9.1). */
function leadingNumber(text: string): number {
  const digits = /^\d{1,300}/.exec(text);
  return digits ? Number(digits[0]) : Number.POSITIVE_INFINITY;
}

const unicode = new Intl.Collator('und', { sensitivity: 'base' });

/** The collations of the Session object: RFC 4790 and RFC 5051. */
export const collations: Readonly<Record<string, Collate>> = {
  'i;ascii-casemap': (a, b) => compareCodeUnits(asciiUpper(a), asciiUpper(b)),
  'i;ascii-numeric': (a, b) => {
    const [first, second] = [leadingNumber(a), leadingNumber(b)];
    if (first === second) return 0;
    return first < second ? -1 : 1;
  },
  'i;unicode-casemap': (a, b) => unicode.compare(a, b),
};

/** The collation of this name, `i;unicode-casemap` for none; throws `unsupportedSort` when there is none such. */
export function collationOf(name: string | null): Collate {
  const known = name ?? 'i;unicode-casemap';
  const collate = Object.hasOwn(collations, known) ? collations[known] : undefined;
  if (!collate) throw new MethodError('unsupportedSort', 'unknown collation');
  return collate;
}
