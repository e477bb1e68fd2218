import type { DnsAnswer, DnsClient } from '../ask/dns-client.ts';
import type { ObservedDs } from '../dnssec/key-parent.ts';
import { type Name, nameText, parentName } from '../name.ts';
import { decodeData, rrTypes } from '../rr/table.ts';

export interface ParentLook {
  /** What each name server of the parent gives as DS of a zone; null when one of them gave nothing. */
  dsAtParent(apex: Name): Promise<readonly ObservedDs[] | null>;
}

export interface ParentLookDeps {
  /** Asks a resolver. */
  readonly resolver: DnsClient;
  /** Asks one server for what it holds; over TCP, so that nobody can slip in an answer. */
  readonly server: (address: string) => DnsClient;
}

/** Looks for a zone's DS at every server of its parent (RFC 7583 §3.3: what a cache says comes too early and too late). */
export function openParentLook({ resolver, server }: ParentLookDeps): ParentLook {
  return {
    async dsAtParent(apex) {
      try {
        const hosts = await parentHosts(parentName(apex), resolver);
        if (hosts.length === 0) return null;
        return await Promise.all(hosts.map(host => askHost(host, apex, { resolver, server })));
      } catch {
        // Whatever did not answer: nothing is known, and nothing is decided.
        return null;
      }
    },
  };
}

/** The servers of the zone that a name is in. */
async function parentHosts(name: Name, resolver: DnsClient): Promise<Name[]> {
  for (let at = name; at.length > 1; at = parentName(at)) {
    const { records } = await resolver.ask(at, rrTypes.NS);
    if (records.length > 0) return records.map(({ rdata }) => decodeData(rrTypes.NS, rdata).target);
  }
  return [];
}

/** By the first of its addresses that answers: IPv6 may not lead anywhere from here. */
async function askHost(host: Name, apex: Name, { resolver, server }: ParentLookDeps): Promise<ObservedDs> {
  let fault: unknown;
  for (const address of await addressesOf(host, resolver)) {
    try {
      return observed(await server(address).ask(apex, rrTypes.DS));
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

async function addressesOf(host: Name, resolver: DnsClient): Promise<string[]> {
  const [four, six] = await Promise.all([resolver.ask(host, rrTypes.A), resolver.ask(host, rrTypes.AAAA)]);
  const addresses = [
    ...four.records.map(({ rdata }) => decodeData(rrTypes.A, rdata).address),
    ...six.records.map(({ rdata }) => decodeData(rrTypes.AAAA, rdata).address),
  ];
  if (addresses.length === 0) throw new Error(`${nameText(host)} has no address`);
  return addresses;
}

/** TTL of a denial: that of SOA, or its minimum (RFC 2308 §5). */
function observed({ message, records }: DnsAnswer): ObservedDs {
  // TTL in a cache has run down, and another server than one of the parent knows nothing of DS.
  if (!message.isAuthoritative) throw new Error('not an answer of the parent');
  const rdatas = records.map(({ rdata }) => rdata);
  if (rdatas.length > 0) return { rdatas, ttlSeconds: Math.max(...records.map(one => one.ttlSeconds)) };
  const soa = message.authorities.find(({ type }) => type === rrTypes.SOA);
  const minimum = soa ? decodeData(rrTypes.SOA, soa.rdata).minimumSeconds : 0;
  return { rdatas, ttlSeconds: Math.min(soa?.ttlSeconds ?? 0, minimum) };
}
