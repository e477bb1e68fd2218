import { createHash } from 'node:crypto';
import { type Name, nameKey, nameText, parseName } from '../name.ts';
import { WireError } from '../wire-error.ts';

/** Characters of a file's name before its ending: file systems take 255 octets of both. */
const maxCharacters = 200;

/** The name of a zone's files without their ending: its apex, with `%hh` for what is no letter, digit, `-`, `_` or dot. */
export function zoneFileName(apex: Name): string {
  const text = nameText(apex)
    .slice(0, -1)
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, character => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  if (text.length > 0 && text.length <= maxCharacters && !text.startsWith('.')) return text;
  const hash = createHash('sha256').update(nameKey(apex), 'latin1').digest('hex');
  return `${text.slice(0, 100)}%${hash}`;
}

/** The zone of such a name; null for one that holds a hash, or is no name. */
export function zoneOfFile(fileName: string): Name | null {
  const text = fileName.replace(/%([0-9a-f]{2})/g, (_all, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  try {
    const apex = parseName(text);
    return zoneFileName(apex) === fileName ? apex : null;
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}
