import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../delivery/clock.ts';
import type { Log } from '../../delivery/log.ts';
import type { ServerAddress } from '../ask/tcp-exchange.ts';
import type { Name } from '../name.ts';
import type { RecordSet } from '../zone/record-set.ts';
import {
  defaultNotifyTimings,
  type NotifyTarget,
  type NotifyTimings,
  TargetQueue,
  targetKey,
} from './notify-target.ts';

export type { NotifyTarget, NotifyTimings };

/** Tells secondaries that zones have changed (RFC 1996), again and again until they have answered. */
export interface Notifier {
  /** Tells each of the secondaries of a zone's SOA set as it is now; an older word that is under way is past. */
  notify(soa: RecordSet, targets: readonly NotifyTarget[]): void;
  /** Tells nobody any more of a zone. */
  forget(apex: Name): void;
  /** Words that have had no answer: zones times secondaries. */
  readonly unanswered: number;
  close(): void;
}

type Family = 'udp4' | 'udp6';

/** Opens one; its sockets open when they are first needed, at ports of the system's choice. */
export function openNotifier(deps: { clock: Clock; log: Log; timings?: NotifyTimings }): Notifier {
  const { log, timings = defaultNotifyTimings } = deps;
  const queues = new Map<string, TargetQueue>();
  const sockets = new Map<Family, Socket>();
  const socketOf = (family: Family): Socket => {
    const known = sockets.get(family);
    if (known) return known;
    const socket = createSocket(family);
    socket.unref();
    socket.on('message', (octets, peer) => queues.get(targetKey(peer))?.receive(octets));
    socket.on('error', error => {
      log.warn({ error: String(error) }, 'notifySocketFailed');
      sockets.delete(family);
      socket.close();
    });
    sockets.set(family, socket);
    return socket;
  };
  // What can't be sent now has no answer, and is tried again as that is.
  const send = (octets: Buffer, { address, port }: ServerAddress) =>
    socketOf(isIPv6(address) ? 'udp6' : 'udp4').send(octets, port, address, () => {});
  const queueOf = (target: NotifyTarget): TargetQueue => {
    const key = targetKey(target);
    const queue = queues.get(key) ?? new TargetQueue(target, { clock: deps.clock, log, timings, send });
    queues.set(key, queue);
    return queue;
  };
  return {
    notify(soa, targets) {
      for (const target of targets) queueOf(target).add(soa, target.key);
    },
    forget(apex) {
      for (const queue of queues.values()) queue.forget(apex);
    },
    get unanswered() {
      return [...queues.values()].reduce((sum, queue) => sum + queue.size, 0);
    },
    close() {
      for (const queue of queues.values()) queue.close();
      for (const socket of sockets.values()) socket.close();
      queues.clear();
      sockets.clear();
    },
  };
}
