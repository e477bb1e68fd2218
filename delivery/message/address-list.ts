import type { Mailbox, MailboxGroup } from './shape.ts';
import { decodeWords } from './words.ts';

/** Mailboxes and groups that are kept of one field; more are left out. */
const maxMailboxes = 10_000;
/** Words of one mailbox that are kept. */
const maxPieces = 10_000;

/** A piece of a mailbox: a run of characters, or the content of a quoted-string. */
interface Piece {
  readonly text: string;
  readonly isQuoted: boolean;
  /** White space stands before it. */
  readonly isApart: boolean;
}

/** What was read of the mailbox that is being read. */
interface Draft {
  pieces: Piece[];
  /** The last one. */
  comment: string;
  address: string | null;
  /** Pieces behind the angle brackets. */
  trailing: Piece[];
}

/**
 * Reads an address list with everything RFC 5322 §3.4 and §4.4 allow (groups, comments, quoted-strings, routes,
 * spaces around dots) and the forms that real senders write beside it: unquoted commas in display names,
 * semicolons between addresses, missing angle brackets. Never throws; what can't be read as an address is given
 * as written. Mailboxes outside groups that stand together share one group of name null (RFC 8621 §4.1.2.4).
 */
export function parseAddressList(value: string): MailboxGroup[] {
  return new AddressListReader(value.replace(/[\r\n]+/g, '')).read();
}

class AddressListReader {
  readonly #text: string;
  #position = 0;
  #isApart = false;
  #draft = newDraft();
  #count = 0;
  readonly #groups: { name: string | null; mailboxes: Mailbox[] }[] = [];
  #isInGroup = false;
  /** A quotation mark without its pair was met: from there on they are ordinary characters. */
  #hasLoneQuote = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(): MailboxGroup[] {
    while (this.#position < this.#text.length && this.#count < maxMailboxes) this.#step();
    this.#finish();
    return this.#groups.filter(group => group.name !== null || group.mailboxes.length > 0);
  }

  #step(): void {
    const char = this.#text[this.#position];
    if (char === ' ' || char === '\t') {
      this.#position++;
      this.#isApart = true;
    } else if (char === '(') this.#draft.comment = this.#readComment();
    else if (char === '"') this.#readQuoted();
    else if (char === '<') this.#readAngle();
    else if (char === ',') this.#endAtComma();
    else if (char === ';') this.#endGroup();
    else if (char === ':' && this.#startsGroup()) this.#startGroup();
    else this.#readRun();
  }

  #push(text: string, isQuoted: boolean): void {
    const pieces = this.#draft.address === null ? this.#draft.pieces : this.#draft.trailing;
    if (pieces.length < maxPieces) pieces.push({ text, isQuoted, isApart: this.#isApart });
    this.#isApart = false;
  }

  /** A comment, nested ones included; its content with the outer parentheses removed. */
  #readComment(): string {
    const end = endOfComment(this.#text, this.#position);
    const content = this.#text.slice(this.#position + 1, end).replace(/\\(.)/g, '$1');
    this.#position = end + 1;
    this.#isApart = true;
    return content.trim();
  }

  #readQuoted(): void {
    const end = this.#hasLoneQuote ? this.#text.length : endOfQuoted(this.#text, this.#position);
    if (end >= this.#text.length) {
      this.#hasLoneQuote = true;
      this.#push('"', false);
      this.#position++;
      return;
    }
    this.#push(this.#text.slice(this.#position + 1, end).replace(/\\(.)/g, '$1'), true);
    this.#position = end + 1;
  }

  #readAngle(): void {
    const start = this.#position + 1;
    const end = endOfAngle(this.#text, start);
    const content = this.#text.slice(start, end);
    const isClosed = this.#text[end] === '>';
    this.#position = isClosed ? end + 1 : end;
    // `<Name <a@example.org>>`: the outer bracket is noise.
    if (!isClosed && !content.includes('@')) {
      if (content.trim() !== '') this.#push(content.trim(), false);
      return;
    }
    if (this.#draft.address !== null) this.#startNext();
    this.#draft.address = cleanAddress(content);
  }

  /** A second pair of angle brackets without a comma: what stood between belongs to the second mailbox. */
  #startNext(): void {
    const pieces = this.#draft.trailing;
    this.#draft.trailing = [];
    this.#finish();
    this.#draft.pieces = pieces;
  }

  #endAtComma(): void {
    this.#position++;
    const { address, pieces } = this.#draft;
    const isUnquotedName = address === null && pieces.length > 0 && !hasAt(pieces);
    if (isUnquotedName && nextIsNamed(this.#text, this.#position)) {
      pieces.push({ text: ',', isQuoted: false, isApart: false });
      return;
    }
    this.#finish();
  }

  #endGroup(): void {
    this.#position++;
    this.#finish();
    this.#isInGroup = false;
  }

  #startsGroup(): boolean {
    return !this.#isInGroup && this.#draft.address === null && this.#draft.pieces.length > 0;
  }

  #startGroup(): void {
    this.#position++;
    const name = nameOf(this.#draft.pieces);
    this.#draft = newDraft();
    // `mailto:a@example.org` is no group.
    if (name?.toLowerCase() === 'mailto') return;
    this.#count++;
    this.#groups.push({ name: name ?? '', mailboxes: [] });
    this.#isInGroup = true;
  }

  #readRun(): void {
    const start = this.#position;
    let end = start + 1;
    if (this.#text[start] === '[' && this.#text[start - 1] === '@') {
      const close = this.#text.indexOf(']', start);
      if (close !== -1) end = close + 1;
    }
    while (end < this.#text.length && !isSpecial(this.#text.charCodeAt(end))) end++;
    this.#position = end;
    this.#push(this.#text.slice(start, end), false);
  }

  #finish(): void {
    const mailbox = mailboxOf(this.#draft);
    this.#draft = newDraft();
    this.#isApart = false;
    if (!mailbox) return;
    this.#count++;
    const last = this.#groups.at(-1);
    if (last && (this.#isInGroup || last.name === null)) last.mailboxes.push(mailbox);
    else this.#groups.push({ name: null, mailboxes: [mailbox] });
  }
}

function newDraft(): Draft {
  return { pieces: [], comment: '', address: null, trailing: [] };
}

/** Space, tab, `"`, `(`, `,`, `:`, `;`, `<` and, before a domain literal, `[`. */
function isSpecial(code: number): boolean {
  return (
    code === 32 ||
    code === 9 ||
    code === 34 ||
    code === 40 ||
    code === 44 ||
    code === 58 ||
    code === 59 ||
    code === 60 ||
    code === 91
  );
}

function endOfComment(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at;
  }
  return text.length;
}

function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/** Index of the closing bracket; of the next opening one, or the end, when it is missing. */
function endOfAngle(text: string, start: number): number {
  let hasLoneQuote = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '>' || char === '<') return at;
    if (char !== '"' || hasLoneQuote) continue;
    const end = endOfQuoted(text, at);
    hasLoneQuote = end >= text.length;
    if (!hasLoneQuote) at = end;
  }
  return text.length;
}

/** An addr-spec without route (RFC 5322 §4.4), comments and spaces outside quotes. */
function cleanAddress(content: string): string {
  let clean = '';
  let at = 0;
  while (at < content.length) {
    const char = content[at];
    if (char === '(') at = endOfComment(content, at) + 1;
    else if (char === '"') {
      const end = Math.min(endOfQuoted(content, at) + 1, content.length);
      clean += content.slice(at, end);
      at = end;
    } else {
      if (char !== ' ' && char !== '\t') clean += char;
      at++;
    }
  }
  if (clean.startsWith('@')) clean = clean.slice(clean.indexOf(':') + 1);
  return clean.replace(/^mailto:/i, '');
}

function hasAt(pieces: readonly Piece[]): boolean {
  return pieces.some(piece => !piece.isQuoted && piece.text.includes('@'));
}

/** True when an angle bracket comes before the next semicolon, colon or `@`: `Doe, Jane, PhD <jane@example.org>`. */
function nextIsNamed(text: string, start: number): boolean {
  const limit = Math.min(text.length, start + 200);
  for (let at = start; at < limit; at++) {
    const char = text[at];
    if (char === '<') return true;
    if (char === ';' || char === '@' || char === ':') return false;
  }
  return false;
}

function mailboxOf(draft: Draft): Mailbox | null {
  const comment = decodeWords(draft.comment).trim() || null;
  if (draft.address !== null) {
    const name = nameOf(withoutLastCommas(draft.pieces)) ?? nameOf(draft.trailing) ?? comment;
    return draft.address === '' && name === null ? null : { name, address: draft.address };
  }
  if (draft.pieces.length === 0) return null;
  return bareMailbox(draft.pieces, comment);
}

/** A mailbox without angle brackets: `a@b`, `"a b"@c`, `a . b @ c` (obsolete), `Name a@b` (missing brackets). */
function bareMailbox(pieces: readonly Piece[], comment: string | null): Mailbox {
  const whole = pieces.filter(piece => !piece.isQuoted && /^[^@]+@[^@]+$/.test(piece.text));
  const address = whole.at(-1);
  if (address && pieces.length > 1 && standsApart(pieces, address)) {
    const name = nameOf(pieces.filter(piece => piece !== address));
    return { name: name ?? comment, address: address.text };
  }
  if (!pieces.some(piece => piece.text.includes('@'))) {
    return { name: null, address: decodeWords(joinPieces(pieces)) };
  }
  return { name: comment, address: pieces.map(writePiece).join('') };
}

/** The addr-spec is a word of its own: not a piece of `a . b@c . d`. */
function standsApart(pieces: readonly Piece[], address: Piece): boolean {
  const index = pieces.indexOf(address);
  const before = pieces[index - 1];
  const after = pieces[index + 1];
  const isFreeBefore =
    !before || (address.isApart && !before.text.endsWith('.') && !address.text.startsWith('.'));
  const isFreeAfter = !after || (after.isApart && !after.text.startsWith('.') && !address.text.endsWith('.'));
  return isFreeBefore && isFreeAfter;
}

/** `Jane Doe, <jane@example.org>`. */
function withoutLastCommas(pieces: readonly Piece[]): readonly Piece[] {
  const last = pieces.findLastIndex(piece => piece.isQuoted || piece.text !== ',');
  return pieces.slice(0, last + 1);
}

function writePiece(piece: Piece): string {
  return piece.isQuoted ? `"${piece.text.replace(/["\\]/g, '\\$&')}"` : piece.text;
}

function joinPieces(pieces: readonly Piece[]): string {
  let text = '';
  for (const piece of pieces) text += (piece.isApart && text !== '' ? ' ' : '') + piece.text;
  return text;
}

function nameOf(pieces: readonly Piece[]): string | null {
  return decodeWords(joinPieces(pieces)).trim() || null;
}
