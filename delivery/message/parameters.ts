import { Buffer } from 'node:buffer';
import { decodeCharset } from './charset.ts';

/** A structured field value (RFC 2045 §5.1): what stands before the first semicolon, and the parameters. */
export interface FieldParameters {
  /** Without comments, as written otherwise. */
  readonly value: string;
  /** Names lower-case, values unquoted and decoded (RFC 2231). The first of a name counts. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Parameters that are kept; more are left out. */
const maxParameters = 1000;

/** Reads `type/subtype; name=value; …` with quoted strings, comments, continuations and charsets (RFC 2231). */
export function parseFieldParameters(value: string): FieldParameters {
  const scanner = { text: value.replace(/[\r\n]+/g, ''), position: 0 };
  const head = readBare(scanner, true);
  const raw = new Map<string, string>();
  while (scanner.position < scanner.text.length && raw.size < maxParameters) readParameter(scanner, raw);
  return { value: head, parameters: Object.fromEntries(raw.size > 0 ? joinContinuations(raw) : raw) };
}

interface Scanner {
  readonly text: string;
  position: number;
}

/** Everything up to the next semicolon; with `dropComments` without what stands in parentheses. */
function readBare(scanner: Scanner, dropComments: boolean): string {
  const { text } = scanner;
  let kept = '';
  let depth = 0;
  let from = scanner.position;
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 59 && depth === 0) break;
    if (!dropComments) continue;
    if (char === 40) {
      if (depth++ === 0) kept += text.slice(from, at);
    } else if (char === 41 && depth > 0) {
      if (--depth === 0) from = at + 1;
    }
  }
  if (depth === 0) kept += text.slice(from, at);
  scanner.position = at;
  return kept.trim();
}

/** Reads one `; name=value` into `raw`; names without a value are skipped. */
function readParameter(scanner: Scanner, raw: Map<string, string>): void {
  const { text } = scanner;
  scanner.position++;
  let at = scanner.position;
  while (at < text.length && text[at] !== '=' && text[at] !== ';') at++;
  const name = text
    .slice(scanner.position, at)
    .replace(/\([^()]*\)/g, '')
    .trim()
    .toLowerCase();
  scanner.position = at;
  if (text[at] !== '=') return;
  at++;
  while (text[at] === ' ' || text[at] === '\t') at++;
  scanner.position = at;
  // Unquoted file names with parentheses are common, comments behind them are not.
  const value = text[at] === '"' ? readQuoted(scanner) : readBare(scanner, !/name/.test(name));
  if (name !== '' && !raw.has(name)) raw.set(name, value);
}

/** A quoted-string (RFC 5322 §3.2.4) and whatever follows it before the next semicolon, which is dropped. */
function readQuoted(scanner: Scanner): string {
  const { text } = scanner;
  let value = '';
  let at = scanner.position + 1;
  let from = at;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] !== '\\' || at + 1 >= text.length) continue;
    // `C:\name` of senders that do not escape: a backslash before anything but `"` and `\` stays.
    const isEscape = text[at + 1] === '"' || text[at + 1] === '\\';
    value += text.slice(from, isEscape ? at : at + 1);
    from = at + 1;
    at++;
  }
  value += text.slice(from, at);
  const semicolon = text.indexOf(';', at);
  scanner.position = semicolon === -1 ? text.length : semicolon;
  return value;
}

interface Segment {
  readonly value: string;
  readonly isEncoded: boolean;
}

/** RFC 2231 §3, §4: `name*0*=utf-8'fr'…; name*1=…` become one value. An encoded value wins over a plain one. */
function joinContinuations(raw: ReadonlyMap<string, string>): Map<string, string> {
  const joined = new Map<string, string>();
  const segmented = new Map<string, Map<number, Segment>>();
  for (const [key, value] of raw) {
    const match = /^([^*]+)\*(?:(\d{1,4})(\*)?)?$/.exec(key);
    if (!match?.[1]) {
      joined.set(key, value);
      continue;
    }
    const segments = segmented.get(match[1]) ?? new Map<number, Segment>();
    segmented.set(match[1], segments);
    segments.set(Number(match[2] ?? 0), {
      value,
      isEncoded: match[2] === undefined || match[3] !== undefined,
    });
  }
  for (const [name, segments] of segmented) {
    const value = decodeSegments(segments);
    if (value !== null) joined.set(name, value);
  }
  return joined;
}

function decodeSegments(segments: ReadonlyMap<number, Segment>): string | null {
  const first = segments.get(0);
  if (!first) return null;
  const prefix = first.isEncoded ? /^([^']*)'[^']*'/.exec(first.value) : null;
  const octets: Buffer[] = [];
  for (let index = 0; index < segments.size; index++) {
    const segment = segments.get(index);
    if (!segment) break;
    const text = index === 0 && prefix ? segment.value.slice(prefix[0].length) : segment.value;
    octets.push(segment.isEncoded ? percentDecode(text) : Buffer.from(text, 'utf8'));
  }
  return decodeCharset(Buffer.concat(octets), prefix?.[1] || 'utf-8').text;
}

function percentDecode(text: string): Buffer {
  const octets = Buffer.from(text, 'utf8');
  let length = 0;
  for (let at = 0; at < octets.length; at++) {
    const digits = octets[at] === 37 ? octets.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
      octets[length++] = Number.parseInt(digits, 16);
      at += 2;
    } else {
      octets[length++] = octets[at] ?? 0;
    }
  }
  return octets.subarray(0, length);
}
