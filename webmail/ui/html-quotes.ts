import { ours } from './dress-html.ts';
import { attributionStart, beginsFields, isAnsweredMark, isForwardedMark } from './quote-lines.ts';

export interface QuoteWords {
  /** What is pressed to see the quoted text. */
  readonly label: string;
  readonly language: string;
}

/** Elements that mail programs put around what they quote. */
const quoteSelector = [
  'blockquote[type="cite" i]',
  '.moz-cite-prefix + blockquote',
  '.gmail_quote',
  '.gmail_quote_container',
  '.yahoo_quoted',
  '[id^="yahoo_quoted"]',
  '.protonmail_quote',
  '.tutanota_quote',
  '.zmail_extra',
  '[id$="OLK_SRC_BODY_SECTION"]',
].join();
/** Elements that stand at the head of a quoted message: all behind them is quoted. */
const headSelector = [
  '[id$="divRplyFwdMsg"]',
  '[id$="appendonsend"]',
  '[id$="mail-editor-reference-message-container"]',
  '[id$="zwchr"]',
  '.ms-outlook-mobile-reference-message',
].join();
const candidates = `${quoteSelector},${headSelector},blockquote,div,p`;
const prefixSelector = '.moz-cite-prefix, .gmail_attr, [id$="reply-intro"]';
const inlineNames = new Set(['a', 'b', 'bdi', 'em', 'font', 'i', 'span', 'strong', 'u']);
/** What may not hold a fold between itself and its children. */
const strictParents = new Set(['dl', 'ol', 'table', 'tbody', 'tfoot', 'thead', 'tr', 'ul']);
/** More quotations, elements or nodes of one head would only slow the page down. */
const maxQuotes = 100;
const maxLooked = 10_000;
const maxHeadNodes = 80;
const headLength = 1500;
const maxRun = 12;

/** Of a walk through a tree: elements and texts; what is looked at, and what is passed over with all it holds. */
const elementsAndTexts = 5;
const accepted = 1;
const rejected = 2;

/**
 * Folds what a purified body quotes into `details`, which need no script, with the words that say who is quoted.
 * Where all is quoted, or the message passes another one on, nothing is folded. Nodes are moved, none goes away.
 */
export function foldQuotes(root: HTMLElement, words: QuoteWords): void {
  const body = root.querySelector('body');
  if (!body) return;
  const folds: HTMLElement[] = [];
  for (const element of [...body.querySelectorAll(candidates)].slice(0, maxLooked)) {
    if (folds.length >= maxQuotes || folds.some(fold => fold.contains(element))) continue;
    const lines = linesOf(element);
    if (isForwardedMark(lines[0] ?? '')) break;
    const nodes = quotedAt(element, lines, body);
    const [first] = nodes;
    if (first && !strictParents.has(first.parentElement?.localName ?? '')) folds.push(fold(nodes, words));
  }
  const isOwn = ownText(body, folds);
  if (isOwn.includes(true)) openAnswered(folds, isOwn);
  else for (const made of folds) unfold(made);
}

/** The neighbouring nodes that are quoted where this element stands; none when it quotes nothing. */
function quotedAt(element: Element, lines: readonly string[], body: Element): ChildNode[] {
  const isMarked = element.matches(quoteSelector);
  // Who answers between the lines writes inside of it: what it holds is looked at by itself.
  if (isMarked && element.querySelector(':scope > blockquote')) return [];
  if (isMarked || element.localName === 'blockquote') {
    const prefix = prefixBefore(element);
    return isMarked || prefix.length > 0 ? [...between(prefix[0], element), element] : [];
  }
  const isNamed = element.matches(headSelector);
  if (!isNamed && !isAnsweredMark(lines[0] ?? '') && !beginsFields(lines, 0)) return [];
  const first = outermost(element, body);
  const rest = followers(first);
  if (lines.length === 0 && rest.every(isBlank)) return [];
  return [...between(ruleBefore(first), first), first, ...rest];
}

/** The highest element that begins with this one, below the body. */
function outermost(element: Element, body: Element): Element {
  let first = element;
  while (first.parentElement && first.parentElement !== body && isFirst(first)) first = first.parentElement;
  return first;
}

function isFirst(node: ChildNode): boolean {
  for (let before = node.previousSibling; before; before = before.previousSibling)
    if (!isBlank(before)) return false;
  return true;
}

function followers(node: ChildNode): ChildNode[] {
  const all = [...(node.parentNode?.childNodes ?? [])];
  return all.slice(all.indexOf(node) + 1);
}

/** A rule right above what is quoted. */
function ruleBefore(node: ChildNode): ChildNode | undefined {
  let before = node.previousSibling;
  while (before && isBlank(before) && before.nodeName.toLowerCase() !== 'hr') before = before.previousSibling;
  return before?.nodeName.toLowerCase() === 'hr' ? before : undefined;
}

/** The nodes right before a quotation that say who is quoted. */
function prefixBefore(quote: Element): ChildNode[] {
  let node = quote.previousSibling;
  for (let steps = 0; node && isBlank(node) && steps < maxRun; steps++) node = node.previousSibling;
  if (!node) return [];
  if (isElement(node) && node.matches(prefixSelector)) return [node];
  const run: ChildNode[] = [];
  for (let at: ChildNode | null = node; at && run.length < maxRun; at = at.previousSibling) {
    if (run.length > 0 && !isInline(at)) break;
    run.unshift(at);
    if (!isInline(at)) break;
  }
  const text = run
    .map(one => one.textContent ?? '')
    .join('')
    .replace(/\s+/g, ' ');
  return attributionStart([text], 0, false) === 0 ? run : [];
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}

function isInline(node: Node): boolean {
  return node.nodeType === 3 || (isElement(node) && inlineNames.has(node.localName));
}

/** Nothing that would be seen as text or a picture. */
function isBlank(node: Node): boolean {
  if (isElement(node) && (node.localName === 'img' || node.querySelector('img'))) return false;
  return (node.textContent ?? '').trim() === '';
}

function between(first: ChildNode | undefined, end: ChildNode): ChildNode[] {
  const nodes: ChildNode[] = [];
  for (let node = first ?? null; node && node !== end; node = node.nextSibling) nodes.push(node);
  return nodes;
}

/** The first lines of an element as they are shown: those of paragraphs and line breaks. */
function linesOf(element: Element): string[] {
  const lines = [''];
  const breaks = new Set(['br', 'p', 'div', 'tr', 'hr', 'li']);
  const walker = element.ownerDocument.createTreeWalker(element, elementsAndTexts);
  let length = 0;
  for (let steps = 0; steps < maxHeadNodes && length < headLength; steps++) {
    const node = walker.nextNode();
    if (!node) break;
    if (isElement(node)) {
      if (breaks.has(node.localName)) lines.push('');
    } else {
      const text = (node.textContent ?? '').slice(0, headLength).replace(/\s+/g, ' ');
      length += text.length;
      lines.push(`${lines.pop() ?? ''}${text}`);
    }
  }
  return lines.map(line => line.trim()).filter(line => line !== '');
}

const summaryStyle = ours(
  'display: inline-block; margin: 8px 0; padding: 3px 12px; border-radius: 999px; background: light-dark(#eceae4, #2c323a); color: light-dark(#565b63, #a5adb6); font: 13px/1.5 system-ui, sans-serif; cursor: pointer',
);

function fold(nodes: readonly ChildNode[], { label, language }: QuoteWords): HTMLElement {
  const [first] = nodes;
  const page = first?.ownerDocument;
  if (!first || !page) throw new Error('nothing to fold');
  const details = page.createElement('details');
  details.setAttribute('style', ours('display: block'));
  const summary = page.createElement('summary');
  summary.setAttribute('style', summaryStyle);
  summary.setAttribute('lang', language);
  summary.textContent = label;
  details.append(summary);
  first.before(details);
  details.append(...nodes);
  return details;
}

function unfold(details: HTMLElement): void {
  details.firstElementChild?.remove();
  details.replaceWith(...details.childNodes);
}

/** Whether something of the writer's own stands before the first fold, between the others, and behind the last. */
function ownText(body: Element, folds: readonly HTMLElement[]): boolean[] {
  const isOwn = [false];
  const made = new Set<Node>(folds);
  const accept = (node: Node): number => {
    if (node.nodeName === 'STYLE') return rejected;
    if (made.has(node)) isOwn.push(false);
    else if (isElement(node) ? node.localName === 'img' : !isBlank(node)) isOwn[isOwn.length - 1] = true;
    return made.has(node) ? rejected : accepted;
  };
  const walker = body.ownerDocument.createTreeWalker(body, elementsAndTexts, accept);
  while (walker.nextNode());
  return isOwn;
}

/** What is answered between the lines stays in sight. */
function openAnswered(folds: readonly HTMLElement[], isOwn: readonly boolean[]): void {
  const lastOwn = isOwn.lastIndexOf(true);
  if (lastOwn < 2) return;
  for (const details of folds.slice(0, lastOwn)) details.setAttribute('open', '');
}
