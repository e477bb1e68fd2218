import { allEntities } from '../message/body.ts';
import type { Entity, Message } from '../message/shape.ts';

type Range = readonly [start: number, end: number];

/** Encodings whose octets can be cut without decoding them; base64 is left as it is. */
const cuttable: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary', 'quoted-printable']);

/** A legacy display element is a few lines; further on it is the author's own text. */
const maxOctets = 8192;

/**
 * The octets of a header-protected message without the copies of header fields that were put into its text for
 * programs that don't know RFC 9788 (§5.2, "Legacy Display Elements"): they would be shown twice.
 */
export function withoutLegacyDisplay(message: Message): Uint8Array {
  const ranges = allEntities(message).flatMap(entity => legacyRange(message, entity) ?? []);
  if (ranges.length === 0) return message.raw;
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const [start, end] of ranges.sort((one, other) => one[0] - other[0])) {
    if (start < at) continue;
    pieces.push(message.raw.subarray(at, start));
    at = end;
  }
  return Buffer.concat([...pieces, message.raw.subarray(at)]);
}

function legacyRange({ raw }: Message, entity: Entity): [Range] | null {
  if (entity.parameters['hp-legacy-display'] !== '1' || !cuttable.has(entity.transferEncoding)) return null;
  const { bodyStart, bodyEnd, mediaType } = entity;
  const text = Buffer.from(raw.subarray(bodyStart, Math.min(bodyEnd, bodyStart + maxOctets))).toString(
    'latin1',
  );
  const found =
    mediaType === 'text/plain' ? plainElement(text) : mediaType === 'text/html' ? htmlElement(text) : null;
  return found && [[bodyStart + found[0], bodyStart + found[1]]];
}

/** Lines that look like header fields, up to and with the first empty line (RFC 9788 §5.2.2). */
function plainElement(text: string): Range | null {
  const match = /^(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n/.exec(text);
  return match ? [0, match[0].length] : null;
}

/** The `div` of this class (RFC 9788 §5.2.3). */
function htmlElement(text: string): Range | null {
  const match = /<div\s[^<>]{0,200}header-protection-legacy-display[^<>]{0,200}>/i.exec(text);
  const end = match ? text.toLowerCase().indexOf('</div>', match.index) : -1;
  return match && end >= 0 ? [match.index, end + '</div>'.length] : null;
}
