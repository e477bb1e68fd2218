import { styleUrls } from './css.ts';

type Attributes = ReadonlyMap<string, string>;
type Reader = (value: string, attributes: Attributes) => readonly string[];

/** Which elements fetch what an attribute names as soon as they are shown; `*` is every element. */
interface LoadingAttribute {
  readonly name: string;
  readonly elements: ReadonlySet<string> | '*';
  readonly read: Reader;
}

function row(name: string, elements: string, read: Reader = one): LoadingAttribute {
  return { name, elements: elements === '*' ? '*' : new Set(elements.split(' ')), read };
}

/** SVG elements whose reference is fetched when it points into another document. */
const svgReferences =
  'image use feimage script pattern lineargradient radialgradient filter textpath mpath cursor tref color-profile ' +
  'font-face-uri glyphref animate animatemotion animatetransform set svg:image';

/** Presentational attributes of SVG that take `url()`. */
const svgPaints =
  'fill stroke filter mask clip-path cursor marker marker-start marker-mid marker-end color-profile content';

/**
 * Every way in which an attribute makes a browser without scripts fetch something on display. A link is not among
 * them: it needs a click.
 */
const loadingAttributes: readonly LoadingAttribute[] = [
  row(
    'src',
    'img image video audio source track embed iframe frame input script bgsound portal fencedframe layer',
  ),
  row('srcset', 'img image source', readSourceSet),
  row('imagesrcset', 'link', readSourceSet),
  row('poster', 'video'),
  row('data', 'object'),
  row('codebase', 'object applet'),
  row('classid', 'object'),
  row('archive', 'object applet'),
  row('code', 'applet object'),
  row('lowsrc', 'img'),
  row('dynsrc', 'img'),
  row('background', 'body table thead tbody tfoot tr td th'),
  row('manifest', 'html'),
  row('icon', 'menuitem command'),
  row('href', 'link', readLink),
  row('href', svgReferences),
  row('xlink:href', svgReferences),
  row('content', 'meta', readRefresh),
  row('style', '*', styleUrls),
  ...svgPaints.split(' ').map(name => row(name, '*', readPaint)),
  // Animations can set a reference or a paint.
  ...['to', 'from', 'by', 'values'].map(name => row(name, 'animate set animatecolor', readAnimation)),
];

const byName: ReadonlyMap<string, readonly LoadingAttribute[]> = Map.groupBy(
  loadingAttributes,
  ({ name }) => name,
);

/** What the element fetches on display: addresses as written, not yet looked at. */
export function fetchedBy(element: string, attributes: Attributes): string[] {
  const urls: string[] = [];
  for (const [name, value] of attributes) {
    for (const attribute of byName.get(name) ?? []) {
      if (attribute.elements !== '*' && !attribute.elements.has(element)) continue;
      for (const url of attribute.read(value, attributes)) urls.push(url);
    }
  }
  return urls;
}

/**
 * The absolute address that a browser would ask for, with spaces and control characters removed as URL parsing
 * does; null when nothing leaves the machine (`cid:`, `data:`, a relative address without a base).
 */
export function remoteUrl(written: string, base: string | null): string | null {
  const url = written
    .slice(0, 8192)
    .replace(/^[\x00-\x20]+/, '')
    .replace(/[\t\r\n]/g, '')
    .trimEnd();
  if (/^(?:https?|ftp|wss?):/i.test(url)) return url;
  if (/^[/\\]{2}/.test(url)) return `https://${url.slice(2)}`;
  if (base === null || url === '' || url.startsWith('#') || /^[a-z][a-z0-9+.-]*:/i.test(url)) return null;
  return URL.parse(url, base)?.href ?? null;
}

function one(value: string): readonly string[] {
  return [value];
}

/** `a.png 1x, b.png 2x`: the word before each descriptor. */
function readSourceSet(value: string): readonly string[] {
  const urls: string[] = [];
  for (const candidate of value.split(/,\s|\s+/)) {
    const url = candidate.replace(/^,+|(?<!,),+$/g, '');
    if (url !== '' && !/^[\d.]+[wxh]$/i.test(url)) urls.push(url);
  }
  return urls;
}

/** Relations that no browser fetches; any other may be fetched by one of them, now or later. */
const harmlessRelations: ReadonlySet<string> = new Set(
  (
    'alternate amphtml author bookmark canonical edituri external help hub license me nofollow noopener noreferrer ' +
    'openid.delegate openid.server prev privacy-policy profile pronunciation search self shortlink tag ' +
    'terms-of-service webmention wlwmanifest'
  ).split(' '),
);

function readLink(value: string, attributes: Attributes): readonly string[] {
  const relations = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/);
  return relations.some(relation => relation !== '' && !harmlessRelations.has(relation)) ? [value] : [];
}

function readRefresh(value: string, attributes: Attributes): readonly string[] {
  if (attributes.get('http-equiv')?.trim().toLowerCase() !== 'refresh') return [];
  const match = /^[^;,]{0,40}[;,]\s{0,40}(?:url\s{0,40}=\s{0,40})?["']?([^"']{1,8192})/i.exec(value);
  return match?.[1] ? [match[1]] : [];
}

function readPaint(value: string): readonly string[] {
  return value.includes('(') || value.includes('\\') ? styleUrls(value) : [];
}

function readAnimation(value: string, attributes: Attributes): readonly string[] {
  const animated = attributes.get('attributename')?.toLowerCase() ?? '';
  return /href|src/.test(animated) ? value.split(';') : styleUrls(value);
}
