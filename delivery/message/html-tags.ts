import { decodeEntities } from './html-entities.ts';

/** A piece of HTML as the tokenizer gives it. */
export type HtmlToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'start'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'end'; readonly name: string };

/** Attributes that are kept of one tag. */
const maxAttributes = 200;

/** Elements whose content is text up to their end tag (HTML standard, parsing of raw text and RCDATA). */
const rawTextElements: ReadonlyMap<string, RegExp> = new Map(
  ['script', 'style', 'title', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes'].map(name => [
    name,
    new RegExp(`</${name}[\\s/>]`, 'gi'),
  ]),
);

/**
 * Cuts HTML into text, start tags and end tags as a browser without scripts does. One pass: each character is
 * looked at a bounded number of times, whatever the input. Comments, doctypes and processing instructions are
 * left out. Text is given raw (`decodeEntities` reads it); attribute values are decoded.
 */
export class HtmlTokenizer {
  readonly #html: string;
  #position = 0;
  /** Name of the raw text element that was opened last, while its content has not been given. */
  #rawText: string | null = null;
  #isPlainText = false;

  constructor(html: string) {
    this.#html = html;
  }

  /** The next token, null at the end. */
  next(): HtmlToken | null {
    while (this.#position < this.#html.length) {
      const token = this.#read();
      if (token) return token;
    }
    return null;
  }

  /** The content up to the end tag of the element just opened is text and nothing else. */
  expectRawText(name: string): void {
    if (rawTextElements.has(name)) this.#rawText = name;
    else if (name === 'plaintext') this.#isPlainText = true;
  }

  #read(): HtmlToken | null {
    if (this.#isPlainText) return this.#text(this.#html.length);
    if (this.#rawText) return this.#readRawText(this.#rawText);
    const open = this.#html.indexOf('<', this.#position);
    if (open === -1) return this.#text(this.#html.length);
    if (open > this.#position) return this.#text(open);
    return this.#readMarkup(open);
  }

  #text(end: number): HtmlToken {
    const text = this.#html.slice(this.#position, end);
    this.#position = end;
    return { kind: 'text', text };
  }

  #readRawText(name: string): HtmlToken | null {
    this.#rawText = null;
    const pattern = rawTextElements.get(name);
    if (!pattern) return null;
    pattern.lastIndex = this.#position;
    const end = pattern.exec(this.#html)?.index ?? this.#html.length;
    return end > this.#position ? this.#text(end) : null;
  }

  #readMarkup(open: number): HtmlToken | null {
    const code = this.#html.charCodeAt(open + 1);
    if (isLetter(code)) return this.#readStartTag(open + 1);
    if (code === 47) {
      if (isLetter(this.#html.charCodeAt(open + 2))) return this.#readEndTag(open + 2);
      return this.#skipTo('>', open + 2);
    }
    if (this.#html.startsWith('<!--', open)) return this.#skipComment(open + 4);
    if (code === 33 || code === 63) return this.#skipTo('>', open + 2);
    this.#position = open + 1;
    return { kind: 'text', text: '<' };
  }

  #skipTo(mark: string, from: number): null {
    const end = this.#html.indexOf(mark, from);
    this.#position = end === -1 ? this.#html.length : end + mark.length;
    return null;
  }

  /** A comment ends at `-->` or `--!>`; `<!-->` and `<!--->` are whole comments. */
  #skipComment(from: number): null {
    if (this.#html[from] === '>') this.#position = from + 1;
    else if (this.#html.startsWith('->', from)) this.#position = from + 2;
    else {
      commentEnd.lastIndex = from;
      const end = commentEnd.exec(this.#html);
      this.#position = end ? end.index + end[0].length : this.#html.length;
    }
    return null;
  }

  #readEndTag(start: number): HtmlToken {
    const end = nameEnd(this.#html, start);
    this.#position = end;
    this.#readAttributes();
    return { kind: 'end', name: this.#html.slice(start, end).toLowerCase() };
  }

  #readStartTag(start: number): HtmlToken {
    const end = nameEnd(this.#html, start);
    this.#position = end;
    const attributes = this.#readAttributes();
    return { kind: 'start', name: this.#html.slice(start, end).toLowerCase(), attributes };
  }

  /** Attributes up to and over the closing bracket. The first of a name counts. */
  #readAttributes(): ReadonlyMap<string, string> {
    const html = this.#html;
    let attributes: Map<string, string> | null = null;
    let at = this.#position;
    for (;;) {
      while (isSpace(html.charCodeAt(at)) || html.charCodeAt(at) === 47) at++;
      if (at >= html.length || html.charCodeAt(at) === 62) break;
      const end = attributeNameEnd(html, at);
      const name = html.slice(at, end).toLowerCase();
      at = skipSpaces(html, end);
      let value = '';
      if (html.charCodeAt(at) === 61) {
        const found = readValue(html, skipSpaces(html, at + 1));
        value = found.value;
        at = found.end;
      }
      attributes ??= new Map();
      if (attributes.size < maxAttributes && !attributes.has(name)) attributes.set(name, value);
    }
    this.#position = Math.min(at + 1, html.length);
    return attributes ?? noAttributes;
  }
}

const noAttributes: ReadonlyMap<string, string> = new Map();
const commentEnd = /--!?>/g;

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13 && code !== 11);
}

function skipSpaces(html: string, from: number): number {
  let at = from;
  while (isSpace(html.charCodeAt(at))) at++;
  return at;
}

function nameEnd(html: string, from: number): number {
  let at = from;
  for (; at < html.length; at++) {
    const code = html.charCodeAt(at);
    if (code === 62 || code === 47 || isSpace(code)) break;
  }
  return at;
}

/** An attribute name may begin with `=` (a parse error that browsers accept). */
function attributeNameEnd(html: string, from: number): number {
  let at = from + 1;
  for (; at < html.length; at++) {
    const code = html.charCodeAt(at);
    if (code === 61 || code === 62 || code === 47 || isSpace(code)) break;
  }
  return at;
}

function readValue(html: string, from: number): { value: string; end: number } {
  const quote = html[from];
  if (quote === '"' || quote === "'") {
    const close = html.indexOf(quote, from + 1);
    const end = close === -1 ? html.length : close;
    return { value: decodeEntities(html.slice(from + 1, end), true), end: Math.min(end + 1, html.length) };
  }
  let end = from;
  for (; end < html.length; end++) {
    const code = html.charCodeAt(end);
    if (code === 62 || isSpace(code)) break;
  }
  return { value: decodeEntities(html.slice(from, end), true), end };
}
