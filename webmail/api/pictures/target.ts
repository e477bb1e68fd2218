import { isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Config } from '../../../delivery/config.ts';
import { hextets } from '../../../delivery/ip-address.ts';
import type { PicturePorts } from './ports.ts';
import { isPublicAddress } from './public-address.ts';

/** What is ours: names and addresses that the server never asks on behalf of a letter. */
export interface OwnPlaces {
  readonly names: ReadonlySet<string>;
  /** As they are now, IPv6 by whole groups: a machine may get others. */
  addresses(): Promise<ReadonlySet<string>>;
}

/** This machine's, and those that its name has in front of a gateway. */
export function ownPlaces(
  config: Pick<Config, 'hostname' | 'acme.names' | 'dns.nameservers'>,
  { lookUp }: Pick<PicturePorts, 'lookUp'>,
): OwnPlaces {
  const { hostname } = config;
  return {
    names: new Set([hostname, ...config['acme.names'], ...config['dns.nameservers']]),
    async addresses() {
      const local = Object.values(networkInterfaces()).flatMap(list => list ?? []);
      // A name that nobody can look up leads nobody here.
      const named = hostname.includes('.') ? await lookUp(hostname).catch(() => []) : [];
      return new Set([...local.map(({ address }) => address), ...named].map(wholeAddress));
    },
  };
}

function wholeAddress(address: string): string {
  return isIPv4(address) ? address : hextets(address).join(':');
}

/** Longer addresses are not asked for. */
const maxUrl = 4096;

/**
 * The address as it may be asked for, null when it may not: http and https at their own ports alone, without a user
 * name, a host with a dot that is not ours.
 */
export function askableUrl(text: string, { names }: Pick<OwnPlaces, 'names'>): URL | null {
  const url = text.length <= maxUrl && URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.port !== '') return null;
  if (url.username !== '' || url.password !== '') return null;
  const host = hostOf(url);
  if (isIP(host) !== 0) return isPublicAddress(host) ? url : null;
  return host.includes('.') && !names.has(host) ? url : null;
}

/** Host name or address of a URL, without brackets and the dot of the root. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/**
 * Addresses to connect to. Every one that the name has must be public and not ours, or none is used: a name that
 * points outside and inside at once is up to something. Throws when the name can't be looked up.
 */
export async function publicAddresses(
  url: URL,
  own: OwnPlaces,
  { lookUp }: Pick<PicturePorts, 'lookUp'>,
): Promise<readonly string[]> {
  const host = hostOf(url);
  const [addresses, ours] = await Promise.all([isIP(host) === 0 ? lookUp(host) : [host], own.addresses()]);
  const isGood = (address: string) => isPublicAddress(address) && !ours.has(wholeAddress(address));
  return addresses.every(isGood) ? addresses : [];
}
