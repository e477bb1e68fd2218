import type { HtmlScan } from '../message/html.ts';
import { asciiHost, type HostParts, hostParts } from './domains.ts';
import { innerTargets, isProtectiveRewriter } from './nested-links.ts';

export { isNumericHost, registeredDomain } from './domains.ts';

/** Where a link was found. A nested one stands in the target of another: a redirector leads there. */
export type LinkSource = 'html' | 'plain' | 'nested' | 'picture' | 'document';

/** A link of a message, its target taken apart. */
export interface Link {
  /** The target as written, at most 2,000 characters. */
  readonly href: string;
  /** What the reader sees, null for an address written in plain text. */
  readonly text: string | null;
  /** Lower-case scheme without colon, empty when there is none. */
  readonly scheme: string;
  /** Lower-case host in ASCII, empty when there is none. */
  readonly host: string;
  /** The host by the public suffix list. */
  readonly parts: HostParts;
  /** User part in front of the host (`http://bank.example@…`). */
  readonly user: string;
  readonly port: string;
  /** Path, query and fragment. */
  readonly path: string;
  readonly source: LinkSource;
}

const maxLinks = 150;
const maxNested = 30;
const maxCharacters = 2000;

/** The links of HTML scans, of plain text and of pictures and documents in order, then those nested in them; bounded. */
export function linksOf(
  scans: readonly HtmlScan[],
  plain: string,
  elsewhere: ReadonlyArray<readonly [source: LinkSource, target: string]> = [],
): Link[] {
  const links: Link[] = [];
  for (const scan of scans) {
    for (const { href, text } of scan.links.slice(0, maxLinks)) links.push(readLink(href, text));
  }
  for (const [address] of plain.matchAll(/\b(?:https?:\/\/|www\.)[^\s<>"'\])}]{3,1000}/gi)) {
    if (links.length >= maxLinks) break;
    links.push(readLink(address, null));
  }
  const outer = links.slice(0, maxLinks).map(unwrapped);
  for (const [source, target] of elsewhere) outer.push(readLink(target, null, source));
  return [...outer, ...nestedIn(outer)];
}

/** Takes a target apart without asking whether it is a good one: browsers are forgiving, too. */
export function readLink(
  href: string,
  text: string | null,
  source: LinkSource = text === null ? 'plain' : 'html',
): Link {
  const written = href.trim().slice(0, maxCharacters);
  const found = /^(?:([a-z][a-z0-9+.-]{0,30}):)?(?:[\\/]{2,}([^\\/?#]*))?(.*)$/is.exec(written);
  const scheme = (found?.[1] ?? (/^www\./i.test(written) ? 'http' : '')).toLowerCase();
  const rest = found?.[3] ?? '';
  const authority = found?.[2] ?? (found?.[1] === undefined && scheme ? rest.split(/[/?#]/)[0] : '') ?? '';
  const at = authority.lastIndexOf('@');
  const [named = '', port = ''] = splitPort(authority.slice(at + 1));
  const host = asciiHost(named.toLowerCase().replace(/\.$/, ''));
  return {
    href: written,
    text,
    scheme,
    host,
    parts: hostParts(host),
    user: at < 0 ? '' : authority.slice(0, at),
    port,
    path: found?.[2] === undefined && authority ? rest.slice(authority.length) : rest,
    source,
  };
}

/** A link that a protecting relay has rewritten stands for what it was before. */
function unwrapped(link: Link): Link {
  if (!isProtectiveRewriter(link.host)) return link;
  const [inner] = innerTargets(link.host, link.path);
  return inner === undefined ? link : readLink(inner, link.text, link.source);
}

function nestedIn(links: readonly Link[]): Link[] {
  const nested: Link[] = [];
  const seen = new Set<string>();
  for (const { host, path } of links) {
    if (nested.length >= maxNested) break;
    for (const target of innerTargets(host, path)) {
      if (seen.has(target)) continue;
      seen.add(target);
      nested.push(readLink(target, null, 'nested'));
    }
  }
  return nested.slice(0, maxNested);
}

function splitPort(authority: string): string[] {
  const found = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?/.exec(authority);
  return [found?.[1] ?? '', found?.[2] ?? ''];
}

/** The host that a link's text shows, null when the text shows none. */
export function shownHost(text: string): string | null {
  const shown = /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}]{2,24})(?:[/?:#\s]|$)/iu.exec(
    text.slice(0, 300),
  );
  return shown?.[1] ? asciiHost(shown[1].toLowerCase()) : null;
}

/** True for a link that a browser follows to a server. */
export function isWebLink({ scheme, host }: Link): boolean {
  return host !== '' && (scheme === 'http' || scheme === 'https');
}
