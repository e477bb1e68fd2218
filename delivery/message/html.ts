import { styleUrls } from './css.ts';
import { decodeEntities } from './html-entities.ts';
import { fetchedBy, remoteUrl } from './html-remote.ts';
import { pixels, readInlineStyle } from './html-style.ts';
import { type HtmlToken, HtmlTokenizer } from './html-tags.ts';

/** A picture of an HTML body. */
export interface HtmlImage {
  /** As written, entities decoded; empty when missing. */
  readonly src: string;
  /** Pixels of the attribute or the inline style, null when not given. */
  readonly width: number | null;
  readonly height: number | null;
  /** Nobody can see it: hidden by a style or an ancestor, a side of 0, or 1 x 1 pixels. */
  readonly hidden: boolean;
}

/** A link of an HTML body. */
export interface HtmlLink {
  /** As written, entities decoded, spaces around it removed. */
  readonly href: string;
  /** The text that is shown as the link. */
  readonly text: string;
}

/** What an HTML body shows and does on display. Lists hold at most 10,000 rows. */
export interface HtmlScan {
  /** Visible text: entities decoded, white space folded, blocks on lines of their own; `alt` for pictures; cut at 2,000,000. */
  readonly text: string;
  readonly images: readonly HtmlImage[];
  readonly links: readonly HtmlLink[];
  /** Absolute addresses that are fetched when the body is shown, each once. */
  readonly remoteUrls: readonly string[];
  /** A script element, an event handler attribute or a `javascript:` address. */
  readonly hasScript: boolean;
  readonly hasForm: boolean;
  /** Text that is there but not shown (inline styles, `hidden`), at most 10,000 characters. */
  readonly hiddenText: string;
}

const maxRows = 10_000;
const maxHiddenText = 10_000;
const maxText = 2_000_000;
/** `srcdoc` documents are read this deep. */
const maxFrames = 3;

const voidElements: ReadonlySet<string> = new Set(
  'area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr'.split(
    ' ',
  ),
);

const blockElements: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body br center dd details dialog dir div dl dt fieldset figcaption figure ' +
    'footer form frameset h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol option p pre section select ' +
    'summary table tbody tfoot thead tr ul'
  ).split(' '),
);

/** Elements that end where the next of their name begins. */
const selfEnding: ReadonlySet<string> = new Set('dd dt li option p td th tr'.split(' '));

/** HTML elements that end foreign content (HTML standard, parsing of foreign content). */
const breakouts: ReadonlySet<string> = new Set(
  (
    'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta ' +
    'nobr ol p pre ruby s small span strike strong sub sup table tt u ul var'
  ).split(' '),
);

/** Raw text elements whose content nobody sees. */
const unseen: ReadonlySet<string> = new Set(['script', 'style', 'title', 'iframe', 'noembed', 'noframes']);

/**
 * Scans HTML in one pass: linear in its length whatever it is, never throws. What a browser without scripts would
 * fetch on display is reported even where the scan can't be sure that it is shown.
 */
export function scanHtml(html: string): HtmlScan {
  return scanFrame(html, 1);
}

function scanFrame(html: string, depth: number): HtmlScan {
  const scan = scanOnce(html, { depth, knowsForeign: true });
  if (!/<(?:svg|math)/i.test(html)) return scan;
  // Browsers look ahead for what to fetch with a scanner that knows nothing of foreign content.
  const ahead = scanOnce(html, { depth, knowsForeign: false });
  const remoteUrls = new Set([...scan.remoteUrls, ...ahead.remoteUrls]);
  return { ...scan, remoteUrls: [...remoteUrls].slice(0, maxRows) };
}

interface ScanOptions {
  readonly depth: number;
  /** Content of svg and math is read by its own rules. */
  readonly knowsForeign: boolean;
}

function scanOnce(html: string, options: ScanOptions): HtmlScan {
  const scanner = new Scanner(options);
  const tokenizer = new HtmlTokenizer(html);
  for (let token = tokenizer.next(); token; token = tokenizer.next()) scanner.take(token, tokenizer);
  return scanner.finish();
}

class Scanner {
  readonly #options: ScanOptions;
  readonly #text = new TextFolder();
  readonly #images: HtmlImage[] = [];
  readonly #links: HtmlLink[] = [];
  readonly #remoteUrls = new Set<string>();
  #hasScript = false;
  #hasForm = false;
  readonly #hiddenText = new TextFolder();
  #base: string | null = null;
  #link: { readonly href: string; readonly text: TextFolder } | null = null;
  /** The element that hides what is inside it, and how many of its name are open. */
  #hider: { readonly name: string; open: number } | null = null;
  /** The raw text element, or style in foreign content, whose content comes next. */
  #inside: string | null = null;
  /** How many svg and math elements are open. */
  #foreign = 0;

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  take(token: HtmlToken, tokenizer: HtmlTokenizer): void {
    if (token.kind === 'text') this.#takeText(token.text);
    else if (token.kind === 'end') this.#takeEnd(token.name);
    else this.#takeStart(token, tokenizer);
  }

  finish(): HtmlScan {
    this.#endLink();
    return {
      text: this.#text.finish(),
      images: this.#images,
      links: this.#links,
      remoteUrls: [...this.#remoteUrls],
      hasScript: this.#hasScript,
      hasForm: this.#hasForm,
      hiddenText: this.#hiddenText.finish().slice(0, maxHiddenText),
    };
  }

  #takeText(raw: string): void {
    const inside = this.#inside;
    if (inside === 'style') {
      for (const url of styleUrls(this.#foreign > 0 ? decodeEntities(raw) : raw)) this.#addRemote(url);
      if (this.#foreign === 0) this.#inside = null;
      return;
    }
    this.#inside = null;
    if (inside !== null && unseen.has(inside)) return;
    const text = inside === 'xmp' ? raw : decodeEntities(raw);
    if (this.#hider) {
      if (this.#hiddenText.length < maxHiddenText) this.#hiddenText.add(text.slice(0, maxHiddenText));
      return;
    }
    this.#addVisible(text);
  }

  #addVisible(text: string): void {
    this.#text.add(text);
    this.#link?.text.add(text);
  }

  #takeEnd(name: string): void {
    this.#inside = null;
    if (name === 'a') this.#endLink();
    if ((name === 'svg' || name === 'math') && this.#foreign > 0) this.#foreign--;
    this.#breakFor(name);
    if (this.#hider?.name === name && --this.#hider.open === 0) this.#hider = null;
  }

  #takeStart(token: HtmlToken & { kind: 'start' }, tokenizer: HtmlTokenizer): void {
    const { name, attributes } = token;
    if (name === 'svg' || name === 'math') this.#foreign += this.#options.knowsForeign ? 1 : 0;
    else if (breakouts.has(name)) this.#foreign = 0;
    this.#inside = name;
    if (this.#foreign === 0) tokenizer.expectRawText(name);
    this.#breakFor(name);
    if (name === 'a' || name === 'area') this.#startLink(name, attributes);
    const style = readInlineStyle(attributes.get('style'));
    const isHidden = style.isHidden || attributes.has('hidden');
    this.#nestHider(name, isHidden);
    if (attributes.size > 0) this.#takeAttributes(name, attributes);
    if (name === 'img' || name === 'image') this.#addImage(attributes, style, isHidden);
    if (name === 'form') this.#hasForm = true;
    if (name === 'script') this.#hasScript = true;
    if (voidElements.has(name)) this.#inside = null;
  }

  #nestHider(name: string, isHidden: boolean): void {
    if (this.#hider?.name === name) {
      if (selfEnding.has(name)) this.#hider = null;
      else this.#hider.open++;
    }
    if (isHidden && !this.#hider && !voidElements.has(name)) this.#hider = { name, open: 1 };
  }

  #takeAttributes(name: string, attributes: ReadonlyMap<string, string>): void {
    if (name === 'base' && this.#base === null) this.#base = remoteUrl(attributes.get('href') ?? '', null);
    for (const url of fetchedBy(name, attributes)) this.#addRemote(url);
    for (const [attribute, value] of attributes) {
      if (attribute.startsWith('on') || isScriptUrl(value)) this.#hasScript = true;
    }
    const document = name === 'iframe' ? attributes.get('srcdoc') : undefined;
    if (document && this.#options.depth < maxFrames) {
      this.#addFrame(scanFrame(document, this.#options.depth + 1));
    }
  }

  #addFrame(frame: HtmlScan): void {
    for (const url of frame.remoteUrls) this.#addRemote(url);
    for (const image of frame.images) if (this.#images.length < maxRows) this.#images.push(image);
    for (const link of frame.links) if (this.#links.length < maxRows) this.#links.push(link);
    this.#hasScript ||= frame.hasScript;
    this.#hasForm ||= frame.hasForm;
    this.#text.breakLine();
    this.#text.add(frame.text);
    this.#text.breakLine();
  }

  #addRemote(written: string): void {
    if (this.#remoteUrls.size >= maxRows) return;
    const url = remoteUrl(written, this.#base);
    if (url !== null) this.#remoteUrls.add(url);
  }

  #addImage(
    attributes: ReadonlyMap<string, string>,
    style: { readonly width: number | null; readonly height: number | null },
    isHidden: boolean,
  ): void {
    if (this.#images.length >= maxRows) return;
    // A style wins over the attribute.
    const width = style.width ?? pixels(attributes.get('width'));
    const height = style.height ?? pixels(attributes.get('height'));
    const isPoint = width === 0 || height === 0 || (width === 1 && height === 1);
    const hidden = isHidden || isPoint || this.#hider !== null;
    // Shown in place of the picture wherever pictures are not loaded.
    if (!hidden) this.#addVisible(attributes.get('alt') ?? '');
    this.#images.push({ src: (attributes.get('src') ?? '').trim(), width, height, hidden });
  }

  #startLink(name: string, attributes: ReadonlyMap<string, string>): void {
    this.#endLink();
    const href = (attributes.get('href') ?? attributes.get('xlink:href'))?.trim();
    if (href === undefined) return;
    this.#link = { href, text: new TextFolder() };
    if (name === 'area') this.#endLink();
  }

  #endLink(): void {
    if (this.#link && this.#links.length < maxRows) {
      this.#links.push({ href: this.#link.href, text: this.#link.text.finish() });
    }
    this.#link = null;
  }

  #breakFor(name: string): void {
    if (this.#hider) {
      if (blockElements.has(name)) this.#hiddenText.breakLine();
    } else if (blockElements.has(name)) {
      this.#text.breakLine();
      this.#link?.text.breakLine();
    } else if (name === 'td' || name === 'th') {
      this.#text.add(' ');
      this.#link?.text.add(' ');
    }
  }
}

function isScriptUrl(value: string): boolean {
  return (
    value.length > 10 && /^[\x00-\x20]*j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t\s*:/i.test(value.slice(0, 200))
  );
}

/** Gathers text with white space folded and line breaks between blocks. */
class TextFolder {
  readonly #pieces: string[] = [];
  #isAtStart = true;
  #endsInSpace = true;
  /** Characters gathered. */
  length = 0;

  add(text: string): void {
    if (this.length > maxText) return;
    let folded = /[\t\n\f\r]| {2}/.test(text) ? text.replace(/[ \t\n\f\r]+/g, ' ') : text;
    if (this.#endsInSpace && folded.startsWith(' ')) folded = folded.slice(1);
    if (folded === '') return;
    this.#pieces.push(folded);
    this.length += folded.length;
    this.#endsInSpace = folded.endsWith(' ');
    this.#isAtStart = false;
  }

  breakLine(): void {
    if (this.#isAtStart || this.length > maxText) return;
    this.#pieces.push('\n');
    this.#isAtStart = true;
    this.#endsInSpace = true;
  }

  finish(): string {
    return this.#pieces.join('').replaceAll(' \n', '\n').trim();
  }
}
