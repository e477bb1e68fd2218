/**
 * The local part of an address, as it may be written in a header field, prepared for hashing (RFC 7929 §3): comments
 * and folding white space removed, enclosing quotes and quoting of single characters removed, NFC. Case stays.
 * Null when it is no local part (RFC 5322 §3.4.1, obsolete forms as well).
 */
export function prepareLocalPart(text: string): string | null {
  let prepared = '';
  let mayFollow: 'word' | 'dot' = 'word';
  for (let at = 0; at < text.length; ) {
    const blank = skipBlank(text, at);
    if (blank === null) return null;
    if (blank > at) {
      at = blank;
      continue;
    }
    if (text[at] === '.') {
      if (mayFollow !== 'dot') return null;
      prepared += '.';
      mayFollow = 'word';
      at += 1;
      continue;
    }
    const word = mayFollow === 'word' ? readWord(text, at) : null;
    if (!word) return null;
    prepared += word.value;
    mayFollow = 'dot';
    at = word.end;
  }
  return mayFollow === 'dot' && prepared !== '' ? prepared.normalize('NFC') : null;
}

/** Where white space and comments end; null when a comment never does (RFC 5322 §3.2.2). */
function skipBlank(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') depth += 1;
    else if (depth > 0 && character === ')') depth -= 1;
    else if (depth > 0 && character === '\\') at += 1;
    else if (depth === 0 && !/[ \t\r\n]/.test(character ?? '')) return at;
  }
  return depth === 0 ? text.length : null;
}

const atom = /[^\s\p{Cc}"(),.:;<>@[\\\]]+/uy;
const quotedString = /"((?:[^"\\\r\n]|\r\n[ \t]|\\[^\r\n])*)"/uy;

function readWord(text: string, at: number): { value: string; end: number } | null {
  atom.lastIndex = at;
  const plain = atom.exec(text);
  if (plain) return { value: plain[0], end: atom.lastIndex };
  quotedString.lastIndex = at;
  const quoted = quotedString.exec(text);
  if (!quoted) return null;
  const value = (quoted[1] ?? '').replace(/\r\n(?=[ \t])/g, '').replace(/\\(.)/gu, '$1');
  return { value, end: quotedString.lastIndex };
}

/** A-Z as a-z, other characters as they are: how WKD and GnuPG lower a local part. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase());
}
