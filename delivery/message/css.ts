const LF = 10;
const QUOTE = 34;
const APOSTROPHE = 39;
const OPEN = 40;
const CLOSE = 41;
const ASTERISK = 42;
const HYPHEN = 45;
const SLASH = 47;
const BACKSLASH = 92;

/** What a quoted string belongs to when it is an address whatever it looks like. */
const fetching = /^(?:@import|url|src|image|image-set|-webkit-image-set|-moz-image)$/;

/**
 * Addresses that a style sheet or a style attribute can fetch: of `url()`, and of quoted strings that `@import`,
 * `image-set()`, `src()` or, absolute ones, custom properties can hold. Follows the tokenizer of CSS Syntax 3
 * (comments, bad strings, bad urls, escapes) in one pass.
 */
export function styleUrls(css: string): string[] {
  // Neither `url(` nor a string without one of these.
  return /[("']/.test(css) ? new StyleReader(css).read() : [];
}

class StyleReader {
  readonly #css: string;
  readonly #urls: string[] = [];
  readonly #namePattern = /(?:[-\w\u0080-\uffff]|\\(?:[0-9a-fA-F]{1,6}[ \t\n\f\r]?|[^\n\f\r0-9a-fA-F]))+/y;
  #position = 0;
  /** The at-keyword or function that was read last, lower-case. */
  #context = '';

  constructor(css: string) {
    this.#css = css;
  }

  read(): string[] {
    while (this.#position < this.#css.length) this.#step(this.#css.charCodeAt(this.#position));
    return this.#urls;
  }

  #step(code: number): void {
    if (code === SLASH && this.#css.charCodeAt(this.#position + 1) === ASTERISK) this.#skipComment();
    else if (code === QUOTE || code === APOSTROPHE) this.#readString(code);
    else if (isNameStart(code)) this.#readName();
    else {
      if (code === 59 || code === 123 || code === 125) this.#context = '';
      this.#position++;
    }
  }

  #skipComment(): void {
    const end = this.#css.indexOf('*/', this.#position + 2);
    this.#position = end === -1 ? this.#css.length : end + 2;
  }

  /** A string ends at its quote; a bare line end makes it a bad string, which ends there, too. */
  #readString(quote: number): void {
    const start = ++this.#position;
    let at = start;
    let hasEscape = false;
    for (; at < this.#css.length; at++) {
      const code = this.#css.charCodeAt(at);
      if (code === quote || isLineEnd(code)) break;
      if (code !== BACKSLASH) continue;
      hasEscape = true;
      at++;
    }
    const text = this.#css.slice(start, at);
    this.#position = at + 1;
    this.#addString(hasEscape ? decodeEscapes(text) : text);
  }

  #addString(text: string): void {
    if (this.#context === '@namespace') return;
    if (fetching.test(this.#context) || /^\s*(?:[a-z]+:|[/\\]{2})/i.test(text)) this.#urls.push(text);
  }

  #readName(): void {
    const isAt = this.#css[this.#position - 1] === '@';
    this.#namePattern.lastIndex = this.#position;
    const written = this.#namePattern.exec(this.#css)?.[0] ?? '';
    this.#position += Math.max(written.length, 1);
    const name = decodeEscapes(written).toLowerCase();
    if (isAt) this.#context = `@${name}`;
    else if (this.#css.charCodeAt(this.#position) === OPEN) this.#openFunction(name);
  }

  #openFunction(name: string): void {
    this.#position++;
    if (!this.#context.startsWith('@')) this.#context = name;
    this.#readUrl(name);
  }

  /** The rest of `url(` when it is not quoted. */
  #readUrl(name: string): void {
    if (name !== 'url') return;
    let at = this.#position;
    while (isSpace(this.#css.charCodeAt(at))) at++;
    this.#position = at;
    const first = this.#css.charCodeAt(at);
    if (first === QUOTE || first === APOSTROPHE) return;
    for (; at < this.#css.length && this.#css.charCodeAt(at) !== CLOSE; at++) {
      if (this.#css.charCodeAt(at) === BACKSLASH) at++;
    }
    const text = this.#css.slice(this.#position, at).trim();
    this.#position = Math.min(at + 1, this.#css.length);
    // Quotes and brackets make it a bad url, which is not fetched.
    if (text !== '' && !/["'(]/.test(text.replace(/\\./gs, '')) && this.#context !== '@namespace') {
      this.#urls.push(decodeEscapes(text));
    }
  }
}

/** Escapes: a backslash and one to six hexadecimal digits, a line end (nothing), or any character. */
function decodeEscapes(css: string): string {
  if (!css.includes('\\')) return css;
  return css.replace(
    /\\(?:([0-9a-fA-F]{1,6})[ \t\n\f\r]?|(\r\n|[\s\S]))/g,
    (_, hex: string | undefined, character: string | undefined) => {
      if (hex === undefined) return /[\n\f\r]/.test(character ?? '') ? '' : (character ?? '');
      const code = Number.parseInt(hex, 16);
      const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
      return isCharacter ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}

function isNameStart(code: number): boolean {
  return isNamePart(code) || code === BACKSLASH;
}

function isNamePart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === HYPHEN ||
    code === 95 ||
    code > 127
  );
}

function isLineEnd(code: number): boolean {
  return code === LF || code === 13 || code === 12;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || isLineEnd(code);
}
