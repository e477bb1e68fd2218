import { Buffer } from 'node:buffer';
import type { Reference, Template } from './shape.ts';

/** A string of a script with what its extensions find in it; `fault` is why it can't be used, else null. */
export function templateOf(
  written: string,
  extensions: ReadonlySet<string>,
): { template: Template; fault: string | null } {
  const decoded = extensions.has('encoded-character')
    ? decodeCharacters(written)
    : { text: written, fault: null };
  if (!extensions.has('variables')) return { template: constantOf(decoded.text), fault: decoded.fault };
  const { template, fault } = withReferences(decoded.text);
  return { template, fault: decoded.fault ?? fault };
}

/** A string that is the same in every run. */
export function constantOf(text: string): Template {
  return { constant: text, parts: [text] };
}

const encoded = /\$\{(hex|unicode):([ \t\r\n]*[0-9a-f]+(?:[ \t\r\n]+[0-9a-f]+)*[ \t\r\n]*)\}/gi;

/**
 * Encoded characters replaced (RFC 5228 §2.4.2.4); what only looks like some stays. Octets that stand side by side
 * are read as UTF-8 together.
 */
function decodeCharacters(written: string): { text: string; fault: string | null } {
  const pieces: Buffer[] = [];
  let fault: string | null = null;
  let from = 0;
  for (const match of written.matchAll(encoded)) {
    const [whole, kind = '', digits = ''] = match;
    const numbers = digits.trim().split(/[ \t\r\n]+/);
    if (kind.toLowerCase() === 'hex' && numbers.some(each => each.length > 2)) continue;
    pieces.push(Buffer.from(written.slice(from, match.index)));
    const codes = numbers.map(each => Number.parseInt(each, 16));
    if (kind.toLowerCase() === 'hex') pieces.push(Buffer.from(codes));
    else {
      const wrong = codes.findIndex(code => code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff));
      if (wrong !== -1) fault ??= `there is no Unicode character ${(numbers[wrong] ?? '').slice(0, 12)}`;
      else pieces.push(Buffer.from(String.fromCodePoint(...codes)));
    }
    from = match.index + whole.length;
  }
  pieces.push(Buffer.from(written.slice(from)));
  return { text: Buffer.concat(pieces).toString('utf8'), fault };
}

const references = /\$\{([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*|[0-9]+)\}/gi;

/** References to variables found (RFC 5229 §3); what only looks like one stays. */
function withReferences(text: string): { template: Template; fault: string | null } {
  const parts: (string | Reference)[] = [];
  let fault: string | null = null;
  let from = 0;
  for (const match of text.matchAll(references)) {
    const [whole, name = ''] = match;
    if (match.index > from) parts.push(text.slice(from, match.index));
    if (name.includes('.')) fault ??= `no extension brings the namespace of ${whole.slice(0, 60)}`;
    else if (/^[0-9]/.test(name)) parts.push({ match: Math.min(Number(name), Number.MAX_SAFE_INTEGER) });
    else parts.push({ variable: name.toLowerCase() });
    from = match.index + whole.length;
  }
  if (from === 0) return { template: constantOf(text), fault };
  if (from < text.length) parts.push(text.slice(from));
  return { template: { constant: null, parts }, fault };
}
