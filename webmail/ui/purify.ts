import createPurifier, { type WindowLike } from 'dompurify';
import { type Fetched, remoteAddress, type Wanted, withoutRemote } from './remote-css.ts';

/** A purified body: a detached tree, and what it wanted from elsewhere. */
export interface Purified {
  readonly root: HTMLElement;
  readonly wanted: readonly Wanted[];
}

export interface PurifyOptions {
  /** `data:` addresses by Content-ID. */
  readonly inline: ReadonlyMap<string, string>;
  readonly fetched: Fetched;
  /** The window that shows the body, under its own policy. */
  readonly frame: WindowLike;
}

/** What a letter is made of. Everything that runs, loads, asks or plays is missing, and what browsers learn later. */
const tags =
  'a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del ' +
  'details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main ' +
  'mark menu nav nobr ol p pre q rp rt ruby s samp section small span strike strong style sub summary sup table tbody ' +
  'td tfoot th thead time tr tt u ul var wbr';
const attributes =
  'align alt background bgcolor border cellpadding cellspacing class clear color colspan datetime dir face headers ' +
  'height hidden href id lang media noshade nowrap open reversed role rowspan scope size span src srcset start style ' +
  'title type valign value width';

/** Attributes that make a browser fetch a picture when the element is shown. */
const pictureAttributes = ['src', 'srcset', 'background'];
/** Attributes of elements that are left out, or that no browser of today reads. */
const otherLoading = [
  'src',
  'srcset',
  'data',
  'poster',
  'href',
  'xlink:href',
  'lowsrc',
  'dynsrc',
  'imagesrcset',
];
const rasterData = /^data:image\/(?:png|jpe?g|gif|webp|bmp|avif)[;,]/i;
const goodLink = /^(?:https?:|mailto:|#)/i;

/**
 * Takes out of an HTML body all that runs, all forms and all that loads from elsewhere. This is the second layer:
 * the policy of `frame`, which shows it, is the wall. The text is parsed by the frame's own window, under its policy,
 * never by this page, and the tree is moved as it is, never written out and parsed again.
 */
export function purify(html: string, { inline, fetched, frame }: PurifyOptions): Purified {
  const purifier = createPurifier(frame);
  const wanted: Wanted[] = [];
  const quiet = (style: string): string => {
    const found = withoutRemote(style, fetched);
    wanted.push(...found.wanted);
    return found.css;
  };
  const note = (value: string, isPicture: boolean): string | undefined => {
    const address = remoteAddress(value);
    if (address === null) return undefined;
    wanted.push({ address, isPicture });
    return isPicture ? fetched.get(address) : undefined;
  };
  purifier.addHook('uponSanitizeElement', (node, { tagName, allowedTags }) => {
    // The tree belongs to another window, so `instanceof` says nothing.
    if (tagName === 'style') node.textContent = quiet(node.textContent ?? '');
    if (allowedTags[tagName] || tagName === 'area' || node.nodeType !== 1) return;
    for (const name of otherLoading) note(firstOf(name, attributeOf(node, name)), false);
  });
  purifier.addHook('uponSanitizeAttribute', (node, attribute) => {
    const { attrName, attrValue } = attribute;
    if (attrName === 'style') attribute.attrValue = quiet(attrValue);
    if (attrName === 'href') attribute.keepAttr = node.localName === 'a' && goodLink.test(attrValue);
    // Tables that only place things; any other role would tell a screen reader what is not so.
    if (attrName === 'role') attribute.keepAttr = /^(?:presentation|none)$/i.test(attrValue);
    if (!pictureAttributes.includes(attrName)) return;
    const value = firstOf(attrName, attrValue);
    const ours = /^cid:/i.test(value) ? inline.get(contentId(value)) : note(value, true);
    const shown = ours ?? (rasterData.test(value) ? value : '');
    attribute.attrValue = shown;
    attribute.keepAttr = shown !== '';
  });
  // With WHOLE_DOCUMENT and RETURN_DOM the answer is the html element.
  const root = purifier.sanitize(html, {
    WHOLE_DOCUMENT: true,
    RETURN_DOM: true,
    ALLOWED_TAGS: tags.split(' '),
    ALLOWED_ATTR: attributes.split(' '),
    ADD_URI_SAFE_ATTR: pictureAttributes,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
  }) as HTMLElement;
  return { root, wanted };
}

/** An attribute of an element whose own members a sender may have covered by names of form fields. */
function attributeOf(node: Node, name: string): string {
  return Element.prototype.getAttribute.call(node, name) ?? '';
}

/** Of several addresses of one picture, one a size, the last: lists go from small to large. */
function firstOf(attribute: string, value: string): string {
  if (!attribute.endsWith('srcset')) return value;
  const addresses = value.match(/[^\s,]\S*[^\s,](?=\s|,|$)/g) ?? [];
  return addresses.filter(address => !/^[\d.]+[wxh]$/.test(address)).at(-1) ?? '';
}

function contentId(value: string): string {
  try {
    return decodeURIComponent(value.slice(4));
  } catch {
    return value.slice(4);
  }
}
