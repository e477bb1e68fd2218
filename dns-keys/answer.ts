import type { Client } from './answer/client.ts';
import { Responder } from './answer/responder.ts';
import type { ZoneTable } from './zone/zone-table.ts';

/** All that an answer depends on beside the query. */
export interface AnswerContext {
  readonly zones: ZoneTable;
  readonly client: Client;
  /** Unix seconds. */
  readonly now: number;
  /** Secrets of server cookies, 16 octets each, the newest first; none for no cookies. */
  readonly cookieSecrets?: readonly Uint8Array[];
  readonly requiresCookie?: boolean;
  /** Told to TCP clients that ask. */
  readonly idleSeconds?: number;
}

/**
 * The answer to one query, null where there must be silence (RFC 1035 and its many successors, see `answer/`). Servers
 * keep a `Responder` instead, which remembers signatures of denials.
 */
export function answer(query: Uint8Array, context: AnswerContext): Buffer | null {
  const { zones, client, now, cookieSecrets = [], requiresCookie = false, idleSeconds = 10 } = context;
  const responder = new Responder({ zones, cookieSecrets: () => cookieSecrets, idleSeconds });
  const output = { octets: Buffer.allocUnsafe(65_535), base: 0 };
  const asking = { client, now, requiresCookie, maySign: true, reservedOctets: 0 };
  const octets = responder.respond(query, asking, output);
  return octets > 0 ? Buffer.from(output.octets.subarray(0, octets)) : null;
}
