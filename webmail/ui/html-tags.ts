/** A piece of an HTML text as a parser cuts it (HTML §13.2.5). */
export interface HtmlToken {
  readonly kind: 'start' | 'end' | 'text' | 'hidden';
  /** Lower-case name of a tag; of anything else, what stands there. */
  readonly value: string;
  readonly attributes: number;
  /** Offset in the text. */
  readonly place: number;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** Their content is text that is not shown as such. */
const raw = words('iframe noembed noframes script style textarea title xmp');

const opening = /<(?:(\/?)([a-z][^\s/>]*)|!--(?:-?>|[\s\S]*?(?:--!?>|$))|[!?/][^>]*>?)/giy;
const attribute = /[\s/]*(?:>|(?:=[^\s/>=]*|[^\s/>=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|(?!["'])[^\s>]*))?)/y;

/** Cuts an HTML text into tags and the text between them, in time linear in its length; never throws. */
export function* htmlTokens(html: string): Generator<HtmlToken> {
  let place = 0;
  while (place < html.length) {
    opening.lastIndex = place;
    const found = opening.exec(html);
    const name = found?.[2]?.toLowerCase();
    if (!found || name === undefined) {
      const end = found ? place + found[0].length : nextTag(html, place + 1);
      yield { kind: found ? 'hidden' : 'text', value: html.slice(place, end), attributes: 0, place };
      place = end;
      continue;
    }
    const { end, attributes } = tagEnd(html, place + found[0].length);
    yield { kind: found[1] ? 'end' : 'start', value: name, attributes, place };
    place = end;
    if (found[1] || !raw.has(name)) continue;
    const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
    close.lastIndex = place;
    const last = close.exec(html)?.index ?? html.length;
    yield { kind: 'hidden', value: html.slice(place, last), attributes: 0, place };
    place = last;
  }
}

function nextTag(html: string, from: number): number {
  const next = html.indexOf('<', from);
  return next < 0 ? html.length : next;
}

function tagEnd(html: string, from: number): { end: number; attributes: number } {
  let end = from;
  for (let attributes = 0; ; attributes += 1) {
    attribute.lastIndex = end;
    const found = attribute.exec(html)?.[0];
    if (found === undefined) return { end: html.length, attributes };
    end += found.length;
    if (/^[\s/]*>$/.test(found)) return { end, attributes };
  }
}

/** Browsers nest no deeper when they draw a page, and parsing takes time that grows with the square of the depth. */
const maxDepth = 512;
const maxElements = 40_000;
const maxAttributes = 200;

/** Elements that hold nothing, that always end where the next begins, or that are there but once. */
const uncounted = words(
  'area base basefont bgsound br col embed hr image img input keygen link meta param source track wbr ' +
    'p tr td th tbody thead tfoot colgroup caption html head body',
);
/** An end tag inside of these ends nothing outside of them. */
const walls = words('applet button marquee object select table template');
/** Elements that a parser opens again where they were not ended (HTML §13.2.4.3). */
const formatting = words('a b big code em font i nobr s small strike strong tt u');
/** Elements whose end tag also ends what is open inside (HTML §13.2.4.2). */
const special = words(
  'address applet article aside blockquote button center dd details dialog dir div dl dt fieldset figcaption figure footer ' +
    'form frameset h1 h2 h3 h4 h5 h6 header hgroup li listing main marquee menu nav object ol pre search section ' +
    'select summary table template ul',
);

/**
 * True when a browser would take very long to parse or to draw an HTML text; in time linear in its length. The depth
 * is never taken for less than it is: in doubt, end tags end nothing.
 */
export function isTooMuch(html: string): boolean {
  const open: string[] = [];
  let elements = 0;
  let last = '';
  for (const { kind, value, attributes, place } of htmlTokens(html)) {
    if (isUncertain(kind, value, last, open)) {
      return open.length + (html.slice(place).match(/<[a-z]/gi)?.length ?? 0) > maxDepth;
    }
    last = value;
    if (kind === 'end') end(open, value);
    if (kind !== 'start') continue;
    elements += 1;
    endBefore(open, siblings.get(value));
    if (!uncounted.has(value) && !raw.has(value)) open.push(value);
    if (open.length > maxDepth || elements > maxElements || attributes > maxAttributes) return true;
  }
  return false;
}

/** Where what a tag means depends on more than is looked at here. */
function isUncertain(kind: HtmlToken['kind'], value: string, last: string, open: readonly string[]): boolean {
  if (kind === 'hidden') return last === 'script' && value.includes('<!--');
  if (kind !== 'start') return false;
  if (value === 'svg' || value === 'math' || value === 'plaintext') return true;
  return raw.has(value) && (open.includes('select') || open.includes('frameset'));
}

/** Elements that end where one of these begins, unless something special is open between them. */
const siblings: ReadonlyMap<string, readonly string[]> = new Map([
  ['li', ['li']],
  ['dd', ['dd', 'dt']],
  ['dt', ['dd', 'dt']],
]);

function endBefore(open: string[], names: readonly string[] | undefined): void {
  if (!names) return;
  const place = open.findLastIndex(
    one => names.includes(one) || (special.has(one) && one !== 'div' && one !== 'address'),
  );
  const found = open[place];
  if (found !== undefined && names.includes(found)) end(open, found);
}

/** Takes out what an end tag surely ends, never more. */
function end(open: string[], name: string): void {
  const place = open.lastIndexOf(name);
  if (place < 0) return;
  if (place === open.length - 1) return void open.pop();
  const inner = open.slice(place + 1);
  const stops = special.has(name) ? walls : special;
  if (name !== 'table' && inner.some(one => stops.has(one))) return;
  open.splice(place, inner.length + 1, ...inner.filter(one => formatting.has(one)));
}

const lines = words('address blockquote br center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul');
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** The words of an HTML text, a line for each of its paragraphs and rows; only ever shown as text. */
export function textOfHtml(html: string): string {
  const pieces: string[] = [];
  for (const { kind, value } of htmlTokens(html)) {
    if (kind === 'text') pieces.push(value.replace(/\s+/g, ' '));
    else if (kind !== 'hidden') pieces.push(lines.has(value) ? '\n' : value === 'td' ? ' ' : '');
  }
  const text = pieces.join('').replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,5}));?/gi, reference);
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
    .join('\n\n');
}

function reference(whole: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name) return entities[name.toLowerCase()] ?? whole;
  const value = decimal ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
  return value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '';
}
