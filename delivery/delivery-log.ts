import type { Config } from './config.ts';
import type { Keyring } from './crypto/keyring.ts';
import type { Arrival, Outcome } from './delivery.ts';
import { keyedHash } from './keyed-hash.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Writes the one info line of a delivery, and counts it. */
export type DeliveryLog = (arrival: Arrival, outcomes: readonly Outcome[], milliseconds: number) => void;

/** Envelope addresses stand in the log as they are, or as keyed hashes with `log.hashAddresses`. */
export function openDeliveryLog({
  config,
  keyring,
  log,
  metrics,
}: {
  config: Pick<Config, 'log.hashAddresses'>;
  keyring: Pick<Keyring, 'derive'>;
  log: Log;
  metrics: Metrics | null;
}): DeliveryLog {
  const show = config['log.hashAddresses'] ? hashWith(keyring.derive('addresses in logs')) : asItIs;
  return (arrival, outcomes, milliseconds) => {
    metrics?.delivered(arrival.door, outcomes, milliseconds / 1000);
    log.info(
      {
        transaction: arrival.id,
        door: arrival.door,
        peer: arrival.session.remoteAddress,
        reversePath: show(arrival.reversePath),
        sizeOctets: arrival.raw.byteLength,
        milliseconds: Math.round(milliseconds),
        outcomes: outcomes.map(outcome => ({ ...outcome, forwardPath: show(outcome.forwardPath) })),
      },
      'delivery',
    );
  };
}

function asItIs(address: string): string {
  return address;
}

function hashWith(key: Uint8Array): (address: string) => string {
  return address => address && keyedHash(key).update(address.toLowerCase()).digest('base64url').slice(0, 22);
}
