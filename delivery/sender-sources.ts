import type { Config } from './config.ts';
import { type DnsLists, openDnsLists } from './dns-lists/dns-lists.ts';
import { type DnsList, parseDnsList } from './dns-lists/list.ts';
import { type HandOff, openHandOff } from './hand-off/hand-off.ts';
import type { SpamdAddress } from './hand-off/spamd.ts';
import type { Log } from './log.ts';
import type { Resolver } from './resolver.ts';
import { hostAndPort } from './setting-forms.ts';
import { formatSessionFields } from './trace.ts';
import { openUpstreamFilter, type UpstreamFilter } from './upstream-filter.ts';

/** Who outside is asked about senders; null each where nobody is. */
export interface SenderSources {
  readonly lists: DnsLists | null;
  readonly filter: HandOff | null;
  /** A filter in front of this server, whose header fields are read. */
  readonly upstream: UpstreamFilter | null;
}

/** Opens what the settings name. */
export function openSenderSources(config: Config, deps: { resolver: Resolver; log: Log }): SenderSources {
  const now = () => performance.now();
  const lists = {
    addresses: listsOf(config['dnsLists.addresses']),
    domains: listsOf(config['dnsLists.domains']),
  };
  const isOff = lists.addresses.length === 0 && lists.domains.length === 0;
  const url = config['filter.rspamd'];
  return {
    lists: isOff
      ? null
      : openDnsLists(lists, { ...deps, now, timeoutMilliseconds: config['dnsLists.timeoutMilliseconds'] }),
    filter: openHandOff(
      {
        rspamd: url ? { url, password: config['filter.rspamdPassword'] } : null,
        spamd: spamdAddress(config['filter.spamd']),
        timeoutMilliseconds: config['filter.timeoutMilliseconds'],
        maxOctets: config['filter.maxSizeOctets'],
      },
      { log: deps.log, now, sessionFields: arrival => formatSessionFields(arrival, config.hostname) },
    ),
    upstream: openUpstreamFilter({
      networks: config['filter.trustedNetworks'],
      removesForeign: config['filter.removesForeign'],
    }),
  };
}

function listsOf(texts: readonly string[]): DnsList[] {
  return texts.map(parseDnsList).filter(list => list !== null);
}

/** spamd's port where the setting names none. */
const spamdPort = 783;

function spamdAddress(text: string): SpamdAddress | null {
  const path = /^unix:(.+)/.exec(text)?.[1];
  if (path) return { path };
  const { host, port } = hostAndPort(text) ?? {};
  return host ? { host, port: port ?? spamdPort } : null;
}
