import type { MetricRow } from '../delivery/metrics.ts';
import type { KeeperState } from './publish/zone-keeper.ts';
import type { DnsMetrics } from './server/metrics.ts';
import type { ZoneTable } from './zone/zone-table.ts';

export interface ShownDns {
  readonly server: Readonly<DnsMetrics>;
  readonly keeper: () => KeeperState;
  readonly table: ZoneTable;
  /** Null where nothing is watched. */
  readonly watched: () => { readonly checked: number; readonly differing: number } | null;
  /** NOTIFY without an answer. */
  readonly unanswered: () => number;
  readonly now: () => Date;
}

const rcodeNames = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** What the DNS door counts, one row each. */
export function dnsMetricRows({ server, keeper, table, watched, unanswered, now }: ShownDns): MetricRow[] {
  const counter = (name: string, help: string, read: () => number): MetricRow => ({
    kind: 'counter',
    name: `caliopen_dns_${name}_total`,
    help,
    read: () => ({ '': read() }),
  });
  const gauge = (name: string, help: string, read: () => number): MetricRow => ({
    kind: 'gauge',
    name: `caliopen_dns_${name}`,
    help,
    read: () => ({ '': read() }),
  });
  return [
    {
      kind: 'counter',
      name: 'caliopen_dns_queries_total',
      help: 'DNS queries by transport',
      label: 'transport',
      read: () => ({ udp: server.queriesUdp, tcp: server.queriesTcp, tls: server.queriesTls }),
    },
    {
      kind: 'counter',
      name: 'caliopen_dns_answers_total',
      help: 'DNS answers by code',
      label: 'rcode',
      read: () =>
        Object.fromEntries(
          server.answersByRcode.map((count, code) => [rcodeNames[code] ?? String(code), count]),
        ),
    },
    counter('truncated', 'Answers that say to ask over TCP', () => server.truncated),
    counter('silent', 'Queries left without an answer because they were none', () => server.silent),
    counter('rate_dropped', 'Answers dropped by the rate limit', () => server.rateDropped),
    counter('rate_truncated', 'Answers cut short by the rate limit', () => server.rateTruncated),
    counter('signatures', 'Signatures made as answers needed them', () => server.signatures),
    counter('faults', 'Queries over which the program failed; each is a fault of ours', () => server.faults),
    counter('connections_refused', 'Connections over the limit', () => server.connectionsRefused),
    gauge('connections', 'Connections open now', () => server.connections),
    gauge('zones', 'Zones that are answered from', () => table.size),
    gauge('late_domains', 'Domains whose zones could not be brought up to date', () => keeper().lateDomains),
    gauge('store_available', '0 while the store does not answer and what is known is served', () =>
      Number(keeper().isStoreThere),
    ),
    gauge('store_heard_seconds', 'Seconds since the store answered last', () =>
      Math.max(0, (now().getTime() - keeper().heardAt.getTime()) / 1000),
    ),
    gauge(
      'published_keys_checked',
      'Published keys looked up as the world does, in the last round',
      () => watched()?.checked ?? 0,
    ),
    gauge(
      'published_keys_differing',
      'Of these, keys for which the world hears something else',
      () => watched()?.differing ?? 0,
    ),
    gauge('notify_unanswered', 'Words to secondaries that have had no answer', unanswered),
  ];
}
