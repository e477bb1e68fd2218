import { allEntities, bodyLists } from './body.ts';
import { decodeText } from './content.ts';
import { scanOf } from './scan.ts';
import type { Entity, Message } from './shape.ts';

/** Longest preview (RFC 8621 §4.1.4). */
const maxPreview = 256;
/** HTML is read up to this many times the characters wanted of its text. */
const markupShare = 20;

/**
 * What a reader sees as text: the text body's parts in order, HTML reduced to its visible text, line endings LF,
 * cut to `maxCharacters`. A blank text body (senders fill it with nothing) gives way to the HTML body.
 */
export function visibleText(message: Message, maxCharacters: number): string {
  const lists = bodyLists(message);
  const candidates = [lists.textBody, lists.htmlBody, allEntities(message).filter(isShown).slice(0, 1)];
  for (const parts of candidates) {
    const text = joinTexts(message, parts.filter(isText), maxCharacters);
    if (/\S/.test(text)) return text;
  }
  return '';
}

function joinTexts(message: Message, parts: readonly Entity[], maxCharacters: number): string {
  let text = '';
  for (const part of parts) {
    const room = maxCharacters - text.length;
    if (room <= 0) break;
    const piece = textOf(message, part, room);
    if (piece !== '') text += (text === '' ? '' : '\n') + piece;
  }
  return cutText(text, maxCharacters);
}

/** The first words of the text on one line, at most 256 characters; quoted lines only when there is nothing else. */
export function previewText(message: Message): string {
  const lines = visibleText(message, 4000).split('\n');
  const own = fold(lines.filter(line => !/^\s*>/.test(line)));
  const folded = own === '' ? fold(lines) : own;
  return cutText(folded, maxPreview);
}

/** White space and what takes no room; lone spaces, nearly all there is, are left alone. */
const gaps =
  /(?:[\s\u200b-\u200f\u2060\ufeff\u00ad]|\u034f){2,}|[^\S ]|[\u200b-\u200f\u2060\ufeff\u00ad]|\u034f/g;

function fold(lines: readonly string[]): string {
  return lines.join(' ').replace(gaps, ' ').trim();
}

function isText(entity: Entity): boolean {
  return entity.mediaType === 'text/plain' || entity.mediaType === 'text/html';
}

function isShown(entity: Entity): boolean {
  return isText(entity) && entity.disposition !== 'attachment';
}

function textOf(message: Message, part: Entity, maxCharacters: number): string {
  const isHtml = part.mediaType === 'text/html';
  const { text } = decodeText(message, part, isHtml ? maxCharacters * markupShare + 100_000 : maxCharacters);
  return isHtml || looksLikeHtml(text) ? scanOf(message, text).text : text.replace(/\r\n?/g, '\n').trimEnd();
}

/** HTML that its sender calls text. */
function looksLikeHtml(text: string): boolean {
  return /^\s{0,100}<(?:!doctype html|html)\b/i.test(text.slice(0, 200));
}

function cutText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const cut = text.slice(0, maxCharacters);
  return cut.replace(/[\ud800-\udbff]$/, '');
}
