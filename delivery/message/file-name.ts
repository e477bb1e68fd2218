import { decodeWords } from './words.ts';

/**
 * The file name of a part: `filename` of Content-Disposition, else `name` of Content-Type. Many senders use encoded
 * words where RFC 2047 §5 forbids them: those are decoded. Control characters are dropped; folders in the name
 * stay, so whoever writes a file must not trust it. Null when there is none.
 */
export function fileNameOf(
  disposition: Readonly<Record<string, string>>,
  contentType: Readonly<Record<string, string>>,
): string | null {
  const written = ownValue(disposition, 'filename') || ownValue(contentType, 'name');
  if (!written) return null;
  const decoded = written.includes('=?') ? decodeWords(written) : written;
  return decoded.replace(/[\x00-\x1f\x7f]/g, '').trim() || null;
}

function ownValue(parameters: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(parameters, name) ? (parameters[name] ?? '') : '';
}
