/** A stretch of plain text, or a web address in it. */
export type Piece = string | Link;

export interface Link {
  readonly href: string;
  /** The text as it was written. */
  readonly label: string;
  /** Where it truly leads, when the text reads otherwise: letters of other scripts, a user name before the host. */
  readonly trueHost: string | null;
}

/** Ends before white space, quotation marks, controls, and all that has no shape or turns the reading direction. */
const addressPattern = /https?:\/\/[^\s<>"'`\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]{1,2000}/giu;
const trailing = new Set(['.', ',', ';', ':', '!', '?', ')', ']', '}', '…', '’', '”', '»']);
/** More would only slow the page down: the rest stays text. */
const maxLinks = 1000;

/** Finds http and https addresses. The label is the text as written; the address is what a browser makes of it. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(addressPattern)) {
    const label = trimAddress(match[0]);
    if (!URL.canParse(label)) continue;
    if (match.index > end) pieces.push(text.slice(end, match.index));
    const url = new URL(label);
    pieces.push({ href: url.href, label, trueHost: trueHost(url, label) });
    end = match.index + label.length;
    if (pieces.length >= 2 * maxLinks) break;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

const label = '[\\p{L}\\p{N}\\p{M}-]{1,63}';
/** An address with its scheme, or a bare name that ends like a domain. */
const namedHosts = [
  /^https?:\/\/(?:[^\s/?#@]{0,256}@)?([^\s/?#@:]{1,253})/iu,
  new RegExp(`^((?:${label}\\.){1,9}\\p{L}{2,63})(?=$|[\\s/:?#,])`, 'iu'),
];

/** Where an address leads, when the text that stands for it names another host; null when it does not. */
export function trueHost(url: URL, written: string): string | null {
  const start = written.slice(0, 600).replace(shapeless, '');
  const named = namedHosts.map(pattern => pattern.exec(start)?.[1]).find(host => host !== undefined);
  const isOdd = url.username !== '' || url.password !== '' || url.hostname.includes('xn--');
  const isOther = named !== undefined && bare(named) !== bare(url.hostname);
  return isOdd || isOther ? url.host : null;
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^www\.|\.$/g, '');
}

/** Punctuation behind an address belongs to the sentence; a closing bracket that was opened inside does not. */
function trimAddress(address: string): string {
  const opening = address.indexOf('(');
  let end = address.length;
  while (end > 0 && trailing.has(address[end - 1] ?? '')) {
    if (address[end - 1] === ')' && opening >= 0 && opening < end) break;
    end -= 1;
  }
  return address.slice(0, end);
}

/** Marks that write a text backwards whatever its letters are: no written language needs them. */
export const overrides = /[\u202D\u202E]/g;

/** A text of several lines as it may be shown, its lines ended by LF. */
export function plainText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(overrides, '');
}

/** What every quotation has in one of its lines: a mark, a rule, a name and a colon, or a colon at the end. */
const quoteSigns =
  /^>|^[ \t]{0,40}[-_]{2}|[:：][ \t\u00A0]{0,40}$|^\s{0,3}\*?\p{L}[\p{L} -]{0,22}\*?\s?[:：]/mu;

/** False: the text quotes nothing. True: it is worth looking whether it does. */
export function mayQuote(text: string): boolean {
  return quoteSigns.test(plainText(text));
}

const unseen = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;
/** Characters without a shape of their own; U+2800 and U+3164 are drawn as a blank. */
const shapeless = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/**
 * One line of text that a sender chose, without controls and without marks that turn the reading direction; empty
 * when nothing of it would be seen.
 */
export function plainLine(text: string): string {
  const line = text.replace(unseen, '').replace(/\s+/g, ' ').trim();
  return line.replace(shapeless, '') === '' ? '' : line;
}

/** A display name as it may be shown: empty when there is none, or when it poses as an address. */
export function displayNameOf(name: string | null): string {
  const line = plainLine(name ?? '');
  return line.normalize('NFKC').includes('@') ? '' : line;
}

/** What to call somebody: their display name unless it is missing or poses as an address. */
export function nameOf(person: { readonly name: string | null; readonly address: string }): string {
  return displayNameOf(person.name) || plainLine(person.address);
}

/** Whether a subject says that the message passes another one on. */
export function isForwardSubject(subject: string): boolean {
  return /^\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|tr|wg|rv|i|enc|doorst|vb|vs|pd)\s*:/i.test(subject);
}
