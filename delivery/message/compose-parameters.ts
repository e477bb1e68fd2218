import { badField } from './compose-fields.ts';

/** Longest value that is written as one parameter. */
const maxPlain = 60;

const token = /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]+$/;

/**
 * Parameters as they stand behind a structured value, each after `; `: tokens, quoted-strings, or RFC 2231
 * segments for other letters and long values. Throws `badInput` for control characters and malformed names.
 */
export function writeParameters(field: string, parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => writeParameter(field, name.toLowerCase(), value))
    .map(parameter => `; ${parameter}`)
    .join('');
}

function writeParameter(field: string, name: string, value: string): string[] {
  if (!/^[a-z0-9!#$&+.^_`{|}~-]{1,60}$/.test(name)) throw badField(field, 'no parameter name');
  if (/[\x00-\x1f\x7f]/.test(value)) throw badField(field, 'control characters');
  if (/^[\x20-\x7e]*$/.test(value) && value.length <= maxPlain) {
    return [`${name}=${token.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`];
  }
  const segments = segmentsOf(value.toWellFormed());
  if (segments.length === 1) return [`${name}*=UTF-8''${segments[0]}`];
  return segments.map((segment, index) => `${name}*${index}*=${index === 0 ? "UTF-8''" : ''}${segment}`);
}

/** Percent-encoded pieces of whole characters (RFC 2231 §3, §4). */
function segmentsOf(value: string): string[] {
  const segments: string[] = [];
  let segment = '';
  for (const character of value) {
    const written = /^[A-Za-z0-9._~-]$/.test(character) ? character : percentEncode(character);
    if (segment.length + written.length > maxPlain - 12) {
      segments.push(segment);
      segment = '';
    }
    segment += written;
  }
  segments.push(segment);
  return segments;
}

function percentEncode(character: string): string {
  return [...Buffer.from(character)]
    .map(octet => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
