import type { PipelineDeps } from './pipeline.ts';
import type { ReputationFindings } from './reputation/findings.ts';
import { organisationalDomain, reputationKeys } from './reputation/keys.ts';
import { standingOf } from './reputation/standing.ts';
import { isNumericHost, registeredDomain } from './spam/links.ts';
import { lookAt } from './spam/look.ts';
import type { Work } from './stage-table.ts';

/** Domains of links that DNS lists are asked about. */
const maxLinkDomains = 8;

/**
 * What is known of the sender: by verdicts kept here and, where an admin has switched them on, by DNS lists and another
 * filter, who is not asked where one on the way has written what it found. Outsiders are asked about new mail of strangers only. Throws what the store throws.
 */
export async function findReputation(
  work: Work,
  { store, senderSources }: Pick<PipelineDeps, 'store' | 'senderSources'>,
): Promise<ReputationFindings> {
  const { arrival, authentication = null } = work;
  const { session } = arrival;
  const keys = reputationKeys({ session, authentication });
  const isAsked =
    arrival.door !== 'import' && session.authenticatedUser === null && session.source !== 'inside';
  const lists = isAsked ? senderSources?.lists : null;
  const filter = isAsked ? senderSources?.filter : null;
  const found = isAsked ? (senderSources?.upstream?.read(arrival, work.message) ?? null) : null;
  const [counts, entries, said] = await Promise.all([
    store && keys.length > 0 ? store.getSenderCounts(keys, arrival.receivedAt) : [],
    lists?.check({ address: session.remoteAddress, domains: lists.asksDomains ? domainsOf(work) : [] }) ?? [],
    found ?? filter?.ask(arrival) ?? null,
  ]);
  return { ...standingOf(keys, counts), lists: entries, filter: said };
}

/** Domains that stand behind a message: of its author, its path, its signers and its links. */
function domainsOf({ message, authentication, arrival: { reversePath } }: Work): string[] {
  const hosts = lookAt(message)
    .links.map(({ host }) => host)
    .filter(host => host.includes('.') && !isNumericHost(host));
  const links = [...new Set(hosts.map(registeredDomain))].slice(0, maxLinkDomains);
  const senders = [
    authentication?.dmarc.domain,
    reversePath.slice(reversePath.lastIndexOf('@') + 1),
    ...(authentication?.dkim ?? []).filter(({ result }) => result === 'pass').map(({ domain }) => domain),
  ];
  const known = senders.filter(domain => domain?.includes('.') === true) as string[];
  return [...new Set([...known.map(organisationalDomain), ...links])];
}
