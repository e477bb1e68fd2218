import type { Clock } from '../../delivery/clock.ts';
import type { Log } from '../../delivery/log.ts';
import { addressOctets } from '../answer/address.ts';

const windowMilliseconds = 60_000;
/** Networks and kinds looked after at once; those beyond share one place. */
const maxPlaces = 256;

/** What peers do that anybody can make us write down as often as they like. */
export interface PeerLog {
  /**
   * One line a minute for each network (IPv4 /24, IPv6 /56) and event at level info, with `leftOut`: how many lines
   * before it were at level debug only, as all others are.
   */
  note(event: string, address: string, fields: Record<string, unknown>): void;
}

/** Lines at level info are bounded in all too: in one minute no more than there are places. */
export function newPeerLog({ clock, log }: { clock: Clock; log: Log }): PeerLog {
  const places = new Map<string, { until: number; leftOut: number }>();
  return {
    note(event, address, fields) {
      const now = clock.now().getTime();
      const key = `${event} ${networkOf(address)}`;
      if (!places.has(key) && places.size >= maxPlaces) dropOld(places, now);
      const chosen = places.has(key) || places.size < maxPlaces ? key : 'others';
      const place = places.get(chosen);
      if (place && isOpen(place.until, now)) {
        place.leftOut += 1;
        log.debug(fields, event);
        return;
      }
      const leftOut = place?.leftOut ?? 0;
      places.set(chosen, { until: now + windowMilliseconds, leftOut: 0 });
      log.info({ ...fields, ...(leftOut > 0 ? { leftOut } : {}) }, event);
    },
  };
}

/** A clock that was set back opens no window for longer. */
function isOpen(until: number, now: number): boolean {
  return now < until && until - now <= windowMilliseconds;
}

function dropOld(places: Map<string, { until: number }>, now: number): void {
  for (const [key, { until }] of places) if (!isOpen(until, now)) places.delete(key);
}

function networkOf(address: string): string {
  const octets = addressOctets(address);
  return Buffer.from(octets.subarray(0, octets.length === 4 ? 3 : 7)).toString('hex');
}
