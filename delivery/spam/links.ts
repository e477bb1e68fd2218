import type { HtmlScan } from '../message/html.ts';

/** A link of a message, its target taken apart. */
export interface Link {
  /** The target as written, at most 2,000 characters. */
  readonly href: string;
  /** What the reader sees, null for an address written in plain text. */
  readonly text: string | null;
  /** Lower-case scheme without colon, empty when there is none. */
  readonly scheme: string;
  /** Lower-case host, empty when there is none. */
  readonly host: string;
  /** User part in front of the host (`http://bank.example@…`). */
  readonly user: string;
  readonly port: string;
  /** Path and query. */
  readonly path: string;
}

const maxLinks = 150;
const maxCharacters = 2000;

/** The links of HTML scans and of plain text, in order, bounded. */
export function linksOf(scans: readonly HtmlScan[], plain: string): Link[] {
  const links: Link[] = [];
  for (const scan of scans) {
    for (const { href, text } of scan.links.slice(0, maxLinks)) links.push(readLink(href, text));
  }
  for (const [address] of plain.matchAll(/\b(?:https?:\/\/|www\.)[^\s<>"'\])}]{3,1000}/gi)) {
    if (links.length >= maxLinks) break;
    links.push(readLink(address, null));
  }
  return links.slice(0, maxLinks);
}

/** Takes a target apart without asking whether it is a good one: browsers are forgiving, too. */
export function readLink(href: string, text: string | null): Link {
  const written = href.trim().slice(0, maxCharacters);
  const parts = /^(?:([a-z][a-z0-9+.-]{0,30}):)?(?:[\\/]{2,}([^\\/?#]*))?(.*)$/is.exec(written);
  const scheme = (parts?.[1] ?? (/^www\./i.test(written) ? 'http' : '')).toLowerCase();
  const rest = parts?.[3] ?? '';
  const authority = parts?.[2] ?? (parts?.[1] === undefined && scheme ? rest.split(/[/?#]/)[0] : '') ?? '';
  const at = authority.lastIndexOf('@');
  const [host = '', port = ''] = splitPort(authority.slice(at + 1));
  return {
    href: written,
    text,
    scheme,
    host: host.toLowerCase().replace(/\.$/, ''),
    user: at < 0 ? '' : authority.slice(0, at),
    port,
    path: parts?.[2] === undefined && authority ? rest.slice(authority.length) : rest,
  };
}

function splitPort(authority: string): string[] {
  const found = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?/.exec(authority);
  return [found?.[1] ?? '', found?.[2] ?? ''];
}

/** A host that is a number: dotted, decimal, hexadecimal, or an IPv6 literal. */
export function isNumericHost(host: string): boolean {
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}|\d{8,10}|0x[0-9a-f]{1,8}|\[[0-9a-f:.]+\])$/i.test(host);
}

/** Registries that give out names on the second level (`co.uk`, `com.br`, `gouv.fr`). */
const secondLevel = /^(?:ac|co|com|edu|gob|gouv|gov|govt|ltd|mil|net|ne|nom|or|org|plc|sch)$/;

/** The domain somebody registered, by the shape of the name: `mail.shop.example` gives `shop.example`. */
export function registeredDomain(host: string): string {
  if (isNumericHost(host)) return host;
  const labels = host.split('.').slice(-3);
  const [third, second = '', top = ''] = labels.length === 3 ? labels : ['', ...labels];
  if (top.length === 2 && secondLevel.test(second) && third) return `${third}.${second}.${top}`;
  return top ? `${second}.${top}` : second;
}

/** The host that a link's text shows, null when the text shows none. */
export function shownHost(text: string): string | null {
  const shown = /^\s*(?:https?:\/\/)?((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?:[/?:#\s]|$)/i.exec(
    text.slice(0, 300),
  );
  return shown?.[1]?.toLowerCase() ?? null;
}
