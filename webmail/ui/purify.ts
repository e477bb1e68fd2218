import createPurifier, { type WindowLike } from 'dompurify';

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
const remoteInStyle = /url\(\s*['"]?\s*((?:https?:)?\/\/[^'")\s]*)[^)]*\)/gi;
const importRule = /@import[^;]{0,2000}(?:;|$)/gi;

/**
 * Takes out of an HTML body all that runs, all forms and all that loads from elsewhere. This is the second layer:
 * the policy of `frame`, which shows it, is the wall. The text is parsed by the frame's own window, under its policy,
 * never by this page.
 */
export function purify(html: string, { pictures, hasLinks, frame }: PurifyOptions): Purified {
  const purifier = createPurifier(frame);
  const remote: string[] = [];
  purifier.addHook('uponSanitizeElement', node => {
    // The tree belongs to another window, so `instanceof` says nothing.
    if (node.nodeName.toLowerCase() === 'style') quieten(node, remote);
  });
  purifier.addHook('uponSanitizeAttribute', (_node, attribute) => {
    const { attrName, attrValue } = attribute;
    if (attrName === 'style') attribute.attrValue = withoutRemote(attrValue, remote);
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
  });
  const hosts = new Set(remote.map(hostOf).filter(host => host !== ''));
  return { root: root as HTMLElement, remoteHosts: [...hosts].sort(), remoteCount: remote.length };
}

function quieten(style: Node, remote: string[]): void {
  const text = style.textContent ?? '';
  const withoutImports = text.replace(importRule, rule => {
    remote.push(/['"(]\s*['"]?((?:https?:)?\/\/[^'")\s]*)/i.exec(rule)?.[1] ?? '');
    return '';
  });
  const quiet = withoutRemote(withoutImports, remote);
  if (quiet !== text) style.textContent = quiet;
}

function withoutRemote(css: string, remote: string[]): string {
  return css.replace(remoteInStyle, (_whole, address: string) => {
    remote.push(address);
    return 'none';
  });
}

function isRemote(value: string): boolean {
  return /^(?:https?:)?\/\//i.test(value);
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
  const isLink =
    hasLinks && node.localName === 'a' && URL.canParse(href) && linkSchemes.has(new URL(href).protocol);
  if (!isLink) {
    node.removeAttribute('href');
    return;
  }
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer');
  node.setAttribute('title', href.slice(0, 300));
}
