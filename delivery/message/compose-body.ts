/** A body as it stands in the octets, and the transfer encoding it is in. */
export interface EncodedBody {
  readonly transferEncoding: '7bit' | '8bit' | 'quoted-printable' | 'base64';
  readonly octets: Buffer;
}

/** Longest line of `7bit` (RFC 2045 §2.7), and of quoted-printable and base64. */
const maxLine = 998;
const encodedLine = 76;

const CR = 13;
const LF = 10;
const SP = 32;
const HTAB = 9;
const EQUALS = 61;

/** Text as UTF-8 with CRLF line endings: as it is when ASCII, else in the shorter of the two encodings. */
export function encodeText(text: string): EncodedBody {
  const octets = Buffer.from(text.toWellFormed().replace(/\r\n?|\n/g, '\r\n'), 'utf8');
  if (isSevenBit(octets) && !octets.subarray(0, 5).equals(fromLine) && !octets.includes('\nFrom ')) {
    return { transferEncoding: '7bit', octets };
  }
  const others = octets.reduce((count, octet) => (octet > 126 || octet < 9 ? count + 1 : count), 0);
  if (others * 3 > octets.length) return { transferEncoding: 'base64', octets: writeBase64(octets) };
  return { transferEncoding: 'quoted-printable', octets: writeQuotedPrintable(octets) };
}

/** mbox readers and old relays change lines that begin so. */
const fromLine = Buffer.from('From ');

/** Any octets, kept exactly. Messages inside messages may only be sent as they are (RFC 2046 §5.2.1). */
export function encodeOctets(octets: Uint8Array, mediaType: string): EncodedBody {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (isSevenBit(buffer)) return { transferEncoding: '7bit', octets: buffer };
  if (mediaType.startsWith('message/') && mediaType !== 'message/global') {
    return { transferEncoding: '8bit', octets: buffer };
  }
  return { transferEncoding: 'base64', octets: writeBase64(buffer) };
}

/** ASCII without NUL, lines of at most 998 octets that end with CRLF and nothing else. */
function isSevenBit(octets: Uint8Array): boolean {
  let lineStart = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet === 0 || octet > 127 || at - lineStart > maxLine) return false;
    if (octet === CR) {
      if (octets[at + 1] !== LF) return false;
      at++;
      lineStart = at + 1;
    } else if (octet === LF) {
      return false;
    }
  }
  return true;
}

function writeBase64(octets: Buffer): Buffer {
  const encoded = octets.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < encoded.length; at += encodedLine) lines.push(encoded.slice(at, at + encodedLine));
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** RFC 2045 §6.7: every line at most 76 characters, spaces at line ends encoded, `From ` too. */
function writeQuotedPrintable(octets: Buffer): Buffer {
  const pieces: string[] = [];
  let line = '';
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet === CR && octets[at + 1] === LF) {
      pieces.push(line, '\r\n');
      line = '';
      at++;
      continue;
    }
    const written = writeOctet(
      octet,
      octets[at + 1],
      line === '' && octets.subarray(at, at + 5).equals(fromLine),
    );
    if (line.length + written.length > encodedLine - 1) {
      pieces.push(line, '=\r\n');
      line = '';
    }
    line += written;
  }
  pieces.push(line);
  return Buffer.from(pieces.join(''), 'latin1');
}

function writeOctet(octet: number, next: number | undefined, isEscaped: boolean): string {
  const isSpace = octet === SP || octet === HTAB;
  const isAtEnd = next === undefined || next === CR;
  const isPlain = isSpace ? !isAtEnd : octet > SP && octet < 127 && octet !== EQUALS;
  if (isPlain && !isEscaped) return String.fromCharCode(octet);
  return `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}
