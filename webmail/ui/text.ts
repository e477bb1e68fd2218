/** A stretch of plain text, or a web address in it. */
export type Piece = string | { readonly href: string; readonly label: string };

/** Lines of a message: the writer's own, or what they quoted. */
export interface Block {
  readonly isQuoted: boolean;
  readonly text: string;
}

const addressPattern = /https?:\/\/[^\s<>"'`]{1,2000}/gi;
const trailing = new Set(['.', ',', ';', ':', '!', '?', ')', ']', '}', '…', '’', '”', '»']);

/** Finds http and https addresses. The label is the text as written; the address is what a browser makes of it. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(addressPattern)) {
    const label = trimAddress(match[0]);
    if (!URL.canParse(label)) continue;
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ href: new URL(label).href, label });
    end = match.index + label.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** Punctuation behind an address belongs to the sentence; a closing bracket that was opened inside does not. */
function trimAddress(address: string): string {
  let end = address.length;
  while (end > 0 && trailing.has(address[end - 1] ?? '')) {
    if (address[end - 1] === ')' && address.slice(0, end).includes('(')) break;
    end -= 1;
  }
  return address.slice(0, end);
}

/** Splits a text into own and quoted blocks (lines that begin with `>`); empty lines stay with the block before. */
export function blocksOf(text: string): Block[] {
  const blocks: { isQuoted: boolean; lines: string[] }[] = [];
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const last = blocks.at(-1);
    const isQuoted = line.startsWith('>') || (line.trim() === '' && last?.isQuoted === true);
    if (last && last.isQuoted === isQuoted) last.lines.push(line);
    else blocks.push({ isQuoted, lines: [line] });
  }
  return blocks
    .map(({ isQuoted, lines }) => ({ isQuoted, text: lines.join('\n').replace(/^\n+|\s+$/g, '') }))
    .filter(block => block.text !== '');
}

const unseen = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;

/** One line of text that a sender chose, without controls and without marks that turn the reading direction. */
export function plainLine(text: string): string {
  return text.replace(unseen, '').replace(/\s+/g, ' ').trim();
}

/** What to call somebody: their display name unless it is missing or poses as an address. */
export function nameOf(person: { readonly name: string | null; readonly address: string }): string {
  const name = plainLine(person.name ?? '');
  return name !== '' && !name.includes('@') ? name : plainLine(person.address);
}
