/** CSS that loads nothing from elsewhere, and the addresses that it would have asked. */
export interface QuietCss {
  readonly css: string;
  readonly remote: readonly string[];
}

/** Functions whose strings are addresses (CSS Values 4 §4.5, CSS Images 4 §2). */
const loadingFunctions = new Set(['url', 'src', 'image', 'image-set', '-webkit-image-set', 'cross-fade']);
/** What stands where an address was: it loads nothing, and leaves the rest of the rule as it was. */
const nothing = '"data:,"';

/** Tokens (CSS Syntax 3 §4) as far as they hold an address or hide one: comments, strings, names, all else. */
const token =
  /\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]+|\\[\s\S])*"?|'(?:[^'\\\n]+|\\[\s\S])*'?|@?(?:[-\w\u0080-\uFFFF]+|\\(?:[\da-f]{1,6}\s?|[^\n]))+\(?|[^-@\w"'/\\();{}\u0080-\uFFFF]+|[\s\S]/giy;
/** The address behind `url(` when it stands there without quotation marks. */
const bareAddress = /(?!\s*["'])([^)]*)\)?/y;

/** Takes the addresses of other places out of a style, in time linear in its length; keeps everything else. */
export function withoutRemote(css: string): QuietCss {
  const kept: string[] = [];
  const remote: string[] = [];
  const open: boolean[] = [];
  let opened = 0;
  let isImport = false;
  const quiet = (written: string, address: string) => {
    if (!isRemote(address)) return written;
    remote.push(address);
    return nothing;
  };
  for (let place = 0; place < css.length; ) {
    token.lastIndex = place;
    const found = token.exec(css)?.[0] ?? css.slice(place);
    place += found.length;
    const name = found.length > 1 ? unescaped(found).toLowerCase() : found;
    bareAddress.lastIndex = place;
    const bare = name === 'url(' ? bareAddress.exec(css) : null;
    if (bare) {
      place += bare[0].length;
      kept.push(found, quiet(bare[1] ?? '', unescaped(bare[1] ?? '').trim()), ')');
      continue;
    }
    if (name === ')') opened -= Number(open.pop() ?? false);
    else if (found.endsWith('('))
      opened += open.push(loadingFunctions.has(name.slice(0, -1))) && Number(open.at(-1));
    else if (name === '@import') isImport = true;
    else if (name === ';' || name === '{' || name === '}') isImport = false;
    kept.push((isImport || opened > 0) && /^["']/.test(found) ? quiet(found, inside(name)) : found);
  }
  return { css: kept.join(''), remote };
}

/** True for the address of another place, however its scheme is written. */
export function isRemote(address: string): boolean {
  return /^(?:https?:|[/\\]{2})/i.test(address);
}

function inside(string: string): string {
  const isClosed = string.length > 1 && string.endsWith(string.charAt(0));
  return string.slice(1, isClosed ? -1 : undefined).trim();
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:([\da-f]{1,6})\s?|([\s\S]))/gi,
    (_whole, digits: string | undefined, one: string) =>
      digits === undefined ? one : character(Number.parseInt(digits, 16)),
  );
}

function character(value: number): string {
  return value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '\uFFFD';
}
