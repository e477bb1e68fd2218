import createPurifier, { type WindowLike } from 'dompurify';
import { isTooMuch } from './html-tags.ts';
import { isRemote, withoutRemote } from './remote-css.ts';
import { plainLine, trueHost } from './text.ts';

/** A purified body: a detached tree, and what it wanted from elsewhere. */
export interface Purified {
  readonly root: HTMLElement;
  /** Hosts that pictures, styles and the like would have come from, sorted. */
  readonly remoteHosts: readonly string[];
  readonly remoteCount: number;
}

export interface PurifyOptions {
  /** `data:` addresses by Content-ID. */
  readonly pictures: ReadonlyMap<string, string>;
  /** False: no link leads anywhere. */
  readonly hasLinks: boolean;
  /** Says where a link leads whose words name another host. */
  readonly leadsTo: (host: string) => string;
  /** The window that shows the body, under its own policy. */
  readonly frame: WindowLike;
}

const forbiddenTags = [
  ...['form', 'input', 'button', 'textarea', 'select', 'option', 'optgroup', 'fieldset', 'label', 'output'],
  ...['audio', 'video', 'source', 'track', 'picture', 'dialog', 'map', 'area', 'meter', 'progress'],
];

/** Attributes that make a browser fetch something when the element is shown. */
const loadingAttributes = new Set([
  'src',
  'srcset',
  'poster',
  'background',
  'longdesc',
  'data',
  'xlink:href',
]);
const linkSchemes = new Set(['http:', 'https:', 'mailto:']);
const rasterData = /^data:image\/(?:png|jpe?g|gif|webp|bmp|avif)[;,]/i;

/**
 * Takes out of an HTML body all that runs, all forms and all that loads from elsewhere. This is the second layer:
 * the policy of `frame`, which shows it, is the wall. The text is parsed by the frame's own window, under its policy,
 * never by this page. Null when that would take so long that the page would stand still.
 */
export function purify(html: string, options: PurifyOptions): Purified | null {
  if (isTooMuch(html)) return null;
  const { pictures, hasLinks, frame } = options;
  const purifier = createPurifier(frame);
  const remote: string[] = [];
  purifier.addHook('uponSanitizeElement', node => {
    // The tree belongs to another window, so `instanceof` says nothing.
    if (node.nodeName.toLowerCase() === 'style') quieten(node, remote);
  });
  purifier.addHook('uponSanitizeAttribute', (_node, attribute) => {
    const { attrName, attrValue } = attribute;
    if (attrName === 'style') attribute.attrValue = quiet(attrValue, remote);
    if (!loadingAttributes.has(attrName)) return;
    const value = attrValue.trim();
    const inline = value.toLowerCase().startsWith('cid:') ? pictures.get(contentId(value)) : undefined;
    if (inline) attribute.attrValue = inline;
    else if (!rasterData.test(value)) {
      attribute.keepAttr = false;
      if (isRemote(value)) remote.push(value);
    }
  });
  purifier.addHook('afterSanitizeAttributes', node => prepareLink(node, hasLinks));
  // With WHOLE_DOCUMENT and RETURN_DOM the answer is the html element.
  const root = purifier.sanitize(html, {
    WHOLE_DOCUMENT: true,
    RETURN_DOM: true,
    USE_PROFILES: { html: true },
    FORBID_TAGS: forbiddenTags,
    FORBID_ATTR: ['ping', 'action', 'formaction', 'usemap', 'autofocus', 'popover', 'tabindex', 'accesskey'],
  }) as HTMLElement;
  for (const picture of root.querySelectorAll('img:not([src])')) replacePicture(picture);
  for (const link of root.querySelectorAll('a[href]')) tellHost(link, options.leadsTo);
  const hosts = new Set(remote.map(hostOf).filter(host => host !== ''));
  return { root, remoteHosts: [...hosts].sort(), remoteCount: remote.length };
}

function quieten(style: Node, remote: string[]): void {
  const text = style.textContent ?? '';
  const quieter = quiet(text, remote);
  if (quieter !== text) style.textContent = quieter;
}

function quiet(css: string, remote: string[]): string {
  const found = withoutRemote(css);
  remote.push(...found.remote);
  return found.css;
}

function contentId(value: string): string {
  try {
    return decodeURIComponent(value.slice(4));
  } catch {
    return value.slice(4);
  }
}

function hostOf(address: string): string {
  const absolute = address.startsWith('//') ? `https:${address}` : address;
  return URL.canParse(absolute) ? new URL(absolute).host : '';
}

/** A link opens in a tab of its own that knows nothing of this page, and tells where it leads. */
function prepareLink(node: Element, hasLinks: boolean): void {
  const href = node.getAttribute('href');
  if (href === null) return;
  const url = hasLinks && node.localName === 'a' && URL.canParse(href) ? new URL(href) : null;
  if (!url || !linkSchemes.has(url.protocol)) {
    node.removeAttribute('href');
    return;
  }
  node.setAttribute('href', url.protocol === 'mailto:' ? plainMailto(url) : url.href);
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer');
  node.setAttribute('title', (node.getAttribute('href') ?? '').slice(0, 300));
}

/** Address and subject of a mailto link (RFC 6068); whatever else it would put into a letter is left out. */
function plainMailto(url: URL): string {
  const subject = /[?&]subject=([^&]*)/i.exec(url.search)?.[1];
  return `mailto:${url.pathname}${subject === undefined ? '' : `?subject=${subject}`}`;
}

/** Important and complete, so that no style of the sender's hides or moves it. */
const ours = (style: string) => `all: revert; ${style}`.replaceAll(';', ' !important;').concat(' !important');

/** Says behind a link where it leads when its words name another host: a title alone is not seen on a touch screen. */
function tellHost(link: Element, leadsTo: PurifyOptions['leadsTo']): void {
  const url = new URL(link.getAttribute('href') ?? '');
  const host = url.protocol === 'mailto:' ? null : trueHost(url, link.textContent ?? '');
  if (host === null) return;
  const note = link.ownerDocument.createElement('bdi');
  note.setAttribute(
    'style',
    ours('font: 600 13px/1.4 system-ui, sans-serif; color: #8a2b12; background: #fdf0ea'),
  );
  note.textContent = ` (${leadsTo(host)})`;
  link.after(note);
}

const seenPixels = 4;

/** A quiet box with the picture's words in place of one that is not shown; nothing for what nobody would have seen. */
function replacePicture(picture: Element): void {
  const text = plainLine(picture.getAttribute('alt') ?? '');
  const sides = ['width', 'height'].map(name => Number.parseInt(picture.getAttribute(name) ?? '', 10));
  const [width = Number.NaN, height = Number.NaN] = sides;
  const isKnown = sides.every(side => side >= seenPixels);
  if (sides.some(side => side < seenPixels) || (text === '' && !isKnown)) {
    picture.remove();
    return;
  }
  const box = picture.ownerDocument.createElement('span');
  box.setAttribute('class', 'blocked-picture');
  if (isKnown)
    box.setAttribute('style', `min-width: min(100%, ${width}px); min-height: ${Math.min(height, 64)}px`);
  box.textContent = text;
  picture.replaceWith(box);
}
