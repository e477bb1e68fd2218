import { type Clock, unixSeconds } from '../delivery/clock.ts';
import type { Log } from '../delivery/log.ts';
import { parseMessage } from './message.ts';
import type { Name } from './name.ts';
import type { DnsHooks } from './server/door.ts';
import type { DnsSettings } from './settings.ts';
import { answerSigned } from './transfer/answer-signed.ts';
import { refuseNotify } from './transfer/notify-message.ts';
import { newPeerLog } from './transfer/peer-log.ts';
import { type TransferZone, transfer } from './transfer/transfer.ts';
import { TransferTurns } from './transfer/transfer-turns.ts';
import { tsigKeyring, tsigOctets } from './transfer/tsig.ts';
import { WireError } from './wire-error.ts';

/** What the name server does beside answering questions: transfers, signed queries, and words that nobody need send us. */
export function dnsHooks(
  find: (apex: Name) => TransferZone | null,
  { settings, clock, log }: { settings: DnsSettings; clock: Clock; log: Log },
): DnsHooks {
  const findKey = tsigKeyring(settings.tsigKeys);
  const deps = {
    findZone: find,
    findKey,
    clock,
    log,
    peerLog: newPeerLog({ clock, log }),
    turns: new TransferTurns(),
  };
  return {
    async *onTransfer(query, peer) {
      const message = parseOrNull(query);
      if (message) yield* transfer({ octets: query, message }, peer, deps);
    },
    onNotify(query) {
      if (parseOrNull(query) === null) return null;
      const nowSeconds = unixSeconds(clock.now());
      return answerSigned(query, { findKey, nowSeconds }, plain => refuseNotify(parseMessage(plain), find));
    },
    onSigned(query, peer, answer) {
      const nowSeconds = unixSeconds(clock.now());
      return answerSigned(query, { findKey, nowSeconds }, (plain, key) => {
        if (key) peer.onVerified?.();
        return answer(plain, key ? tsigOctets(key) : 0);
      });
    },
  };
}

function parseOrNull(query: Uint8Array): ReturnType<typeof parseMessage> | null {
  try {
    return parseMessage(query);
  } catch (error) {
    // The responder has read its question, and knows what to say of what is damaged behind it.
    if (error instanceof WireError) return null;
    throw error;
  }
}
