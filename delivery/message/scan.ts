import { type HtmlScan, scanHtml } from './html.ts';
import type { Message } from './shape.ts';

/** Longer texts, and more of one message, are scanned each time: what is kept must stay small. */
const maxKept = 8;
const maxCharacters = 200_000;

/** Scans by their text, as long as their message is in use. */
const kept = new WeakMap<Message, Map<string, HtmlScan>>();

/**
 * `scanHtml` of a text of this message. Preview, search, score and index all look at the same HTML: it is scanned
 * once for all that read the same text of it.
 */
export function scanOf(message: Message, html: string): HtmlScan {
  if (html.length > maxCharacters) return scanHtml(html);
  const scans = kept.get(message) ?? new Map<string, HtmlScan>();
  kept.set(message, scans);
  const known = scans.get(html);
  if (known) return known;
  const scan = scanHtml(html);
  if (scans.size < maxKept) scans.set(html, scan);
  return scan;
}
