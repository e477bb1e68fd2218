import { createHash } from 'node:crypto';
import type { Senders } from '../store/store.ts';

export interface GreylistSettings {
  /** Shortest and longest wait for the message to come again. */
  readonly waitSeconds: number;
  readonly retrySeconds: number;
  /** How long an origin that came again in time is let in at once, from its last message on. */
  readonly allowSeconds: number;
}

/** What is put off: one sender's way to some domains of ours. */
export interface GreylistRequest {
  /** Where it comes from: the network as `networkOf` writes it, or the domain that has named this client by SPF. */
  readonly origin: string;
  readonly reversePath: string;
  readonly recipientDomains: readonly string[];
}

/**
 * Whether a message must come again (RFC 6647): each triple of origin, reverse-path and recipient domain must have
 * been seen long enough ago, and since then never for longer than `retrySeconds` apart. An origin that comes again in
 * time has shown that it has a queue, and is let in at once from then on. Throws what the store throws.
 */
export async function mustWait(
  request: GreylistRequest,
  {
    senders,
    settings,
    at,
  }: {
    senders: Pick<Senders, 'getSenderCounts' | 'addSenderCounts' | 'noteSight'>;
    settings: GreylistSettings;
    at: Date;
  },
): Promise<boolean> {
  const pass = `greylist:${request.origin}`;
  const [passed] = await senders.getSenderCounts([pass], at);
  const age = passed ? (at.getTime() - passed.lastSeenAt.getTime()) / 1000 : Number.POSITIVE_INFINITY;
  if (age <= settings.allowSeconds) {
    if (age > renewSeconds) await senders.addSenderCounts([{ key: pass, wanted: 1, unwanted: 0 }], at);
    return false;
  }
  const sights = await Promise.all(
    triplesOf(request).map(triple => senders.noteSight(triple, at, settings.retrySeconds)),
  );
  const oldEnough = at.getTime() - settings.waitSeconds * 1000;
  if (sights.some(({ firstSeenAt }) => firstSeenAt.getTime() > oldEnough)) return true;
  await senders.addSenderCounts([{ key: pass, wanted: 1, unwanted: 0 }], at);
  return false;
}

/** A pass is written again when it is older: once a day is enough. */
const renewSeconds = 86_400;

/** One key for each domain; hashed, for they hold addresses of people. */
function triplesOf({ origin, reversePath, recipientDomains }: GreylistRequest): string[] {
  const domains = new Set(recipientDomains.map(domain => domain.toLowerCase()));
  return [...domains].map(domain => {
    const triple = JSON.stringify([origin, plainPath(reversePath), domain]);
    return `greylist:${createHash('sha256').update(triple).digest('base64url')}`;
  });
}

/**
 * A reverse-path without what changes with each message or each try: BATV and SRS marks, details behind a +, numbers
 * (VERP, counters).
 */
export function plainPath(reversePath: string): string {
  const at = reversePath.lastIndexOf('@');
  const [local, domain] = at < 0 ? [reversePath, ''] : [reversePath.slice(0, at), reversePath.slice(at)];
  const plain = local
    .toLowerCase()
    .replace(/^(?:prvs|btv1)=+[^=]*=+/, '')
    .replace(/^srs([01])[=+-][^=]*=[^=]*=/, 'srs$1=')
    .replace(/(?<=.)\+.*$/, '')
    .replace(/\d+/g, '#');
  return `${plain}${domain.toLowerCase()}`;
}
