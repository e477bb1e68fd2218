import { plainLine, trueHost } from './text.ts';

export interface DressOptions {
  /** False: no link leads anywhere. */
  readonly hasLinks: boolean;
  /** Says where a link leads whose words name another host. */
  readonly leadsTo: (host: string) => string;
}

/** Makes a purified tree ready to be read: links tell where they lead, pictures that are not shown leave their words. */
export function dressHtml(root: HTMLElement, { hasLinks, leadsTo }: DressOptions): void {
  for (const link of root.querySelectorAll('a[href]')) {
    prepareLink(link, hasLinks);
    tellHost(link, leadsTo);
  }
  for (const picture of root.querySelectorAll('img:not([src]):not([srcset])')) replacePicture(picture);
}

const linkSchemes = new Set(['http:', 'https:', 'mailto:']);

/** A link opens in a tab of its own that knows nothing of this page; one to a place of the letter stays in it. */
function prepareLink(link: Element, hasLinks: boolean): void {
  const href = link.getAttribute('href') ?? '';
  if (href.startsWith('#')) return;
  const url = hasLinks && URL.canParse(href) ? new URL(href) : null;
  if (!url || !linkSchemes.has(url.protocol)) {
    link.removeAttribute('href');
    return;
  }
  link.setAttribute('href', url.protocol === 'mailto:' ? plainMailto(url) : url.href);
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'noopener noreferrer');
  link.setAttribute('title', (link.getAttribute('href') ?? '').slice(0, 300));
}

/** Address and subject of a mailto link (RFC 6068); whatever else it would put into a letter is left out. */
function plainMailto(url: URL): string {
  const subject = /[?&]subject=([^&]*)/i.exec(url.search)?.[1];
  return `mailto:${url.pathname}${subject === undefined ? '' : `?subject=${subject}`}`;
}

/** A style of ours in a letter: important and complete, so that none of the sender's hides or moves what has it. */
export const ours = (style: string) =>
  `all: revert; ${style}`.replaceAll(';', ' !important;').concat(' !important');

/** Says behind a link where it leads when its words name another host: a title alone is not seen on a touch screen. */
function tellHost(link: Element, leadsTo: DressOptions['leadsTo']): void {
  const href = link.getAttribute('href') ?? '';
  if (!/^https?:/i.test(href)) return;
  const host = trueHost(new URL(href), link.textContent ?? '');
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
