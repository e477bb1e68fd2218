import { readHops } from './authenticate/hops.ts';
import type { Arrival } from './delivery.ts';
import { openExempt } from './greylist/exempt.ts';
import type { FilterFindings } from './hand-off/findings.ts';
import { readSpamFields } from './hand-off/spam-fields.ts';
import type { HeaderField, Message } from './message/shape.ts';

/** What a filter on the way, in front of this server, wrote into the header. */
export interface UpstreamFilter {
  /** What it said; null where no server that is trusted wrote anything. */
  read(arrival: Pick<Arrival, 'session' | 'trustedHops'>, message: Message): FilterFindings | null;
}

export interface UpstreamSettings {
  /** Addresses and networks of servers whose filter is trusted, and the words of `setting-forms.ts`. */
  readonly networks: readonly string[];
  /** Whether that filter removes the fields that came with a message, so that all that are left are its own. */
  readonly removesForeign: boolean;
}

const words: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Null where no server is trusted: then nobody's fields are read. */
export function openUpstreamFilter({ networks, removesForeign }: UpstreamSettings): UpstreamFilter | null {
  if (networks.length === 0) return null;
  const trusted = openExempt(networks.flatMap(text => words[text] ?? [text]));
  return {
    read(arrival, message) {
      const { fields } = message.root;
      const end = endOfTrusted(arrival, message, address => trusted.hasAddress(address));
      if (end === null) return null;
      const above = readSpamFields(fields.slice(0, end));
      return above || !removesForeign ? above : readBelow(withoutRepeated(fields));
    },
  };
}

/**
 * The place in the header of the lowest trace field that a trusted server wrote: what stands above it was written there
 * or later, what stands below came with the message. From hop to hop, a server is trusted when one that is trusted has seen its
 * address. Null when there is none.
 */
function endOfTrusted(
  { session, trustedHops }: Pick<Arrival, 'session' | 'trustedHops'>,
  message: Message,
  isTrusted: (address: string | null) => boolean,
): number | null {
  const hops = readHops(message);
  let count = Math.min(trustedHops, hops.length);
  // What a trusted MTA writes of its peer is nearer than what it forwards of the first one.
  let client = count > 0 ? (hops[count - 1]?.fromAddress ?? null) : session.remoteAddress;
  while (count < hops.length && isTrusted(client)) {
    client = hops[count]?.fromAddress ?? null;
    count++;
  }
  if (count === 0) return null;
  const places = message.root.fields.flatMap(({ name }, at) => (/^received$/i.test(name) ? [at] : []));
  return places[count - 1] ?? null;
}

/**
 * A filter removes fields with its own names alone: where those of two filters stand side by side, the worse counts, so that
 * nobody gains by writing the other's.
 */
function readBelow(fields: readonly HeaderField[]): FilterFindings | null {
  const [ofRspamd, others] = [true, false].map(wanted =>
    readSpamFields(fields.filter(({ name }) => /spamd/i.test(name) === wanted)),
  );
  if (!ofRspamd || !others) return ofRspamd ?? others ?? null;
  return ofRspamd.score / ofRspamd.required > others.score / others.required ? ofRspamd : others;
}

/** A filter that removes those of others writes each field once: where there are two, one is somebody else's. */
function withoutRepeated(fields: readonly HeaderField[]): HeaderField[] {
  const counts = new Map<string, number>();
  for (const { name } of fields) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  return fields.filter(({ name }) => counts.get(name.toLowerCase()) === 1);
}
