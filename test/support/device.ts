import { openDesk } from '../../webmail/device/answer.ts';
import type { KeptKey } from '../../webmail/device/key-safe.ts';
import type { Answers, FromWorker, Request, SenderKey } from '../../webmail/device/protocol.ts';

/** A device as the page sees its worker, without a browser: its safe is memory, its clock moves by hand. */
export interface TestDevice {
  ask<Kind extends Request['kind']>(
    request: Extract<Request, { kind: Kind }>,
    accountId?: string,
  ): Promise<Answers[Kind]>;
  /** What lies in its safe. */
  readonly kept: Map<string, KeptKey>;
  /** Everything that its worker posted. */
  readonly posted: FromWorker[];
  /** Addresses whose keys it wanted. */
  readonly wanted: string[];
  /** Lets the time of the idle lock pass. */
  idle(): void;
  /** The next reading of its safe fails. */
  breakSafe(): void;
  /** How often that time has begun. */
  begun(): number;
}

/** A new device; `senderKeys` are what the page answers with. */
export function openTestDevice(senderKeys: readonly SenderKey[] = []): TestDevice {
  const kept = new Map<string, KeptKey>();
  const posted: FromWorker[] = [];
  const wanted: string[] = [];
  const waiting = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  let lastId = 0;
  let idle = () => {};
  let begun = 0;
  let isBroken = false;
  const desk = openDesk({
    openSafe: () => ({
      list: async () => {
        const isRead = !isBroken;
        isBroken = false;
        if (!isRead) throw new Error('the safe is broken');
        return [...kept.values()];
      },
      put: async key => void kept.set(key.fingerprint, key),
      remove: async fingerprint => void kept.delete(fingerprint),
    }),
    later: act => {
      begun++;
      idle = act;
      return () => {
        idle = () => {};
      };
    },
    post: message => {
      posted.push(message);
      if ('event' in message) return;
      if ('wants' in message) {
        wanted.push(...message.wants);
        desk.take({ id: message.id, keys: senderKeys });
        return;
      }
      const { resolve, reject } = waiting.get(message.id) ?? {};
      if ('error' in message) reject?.(new Error(message.error));
      else resolve?.(message.answer as never);
    },
  });
  return {
    kept,
    posted,
    wanted,
    idle: () => idle(),
    begun: () => begun,
    breakSafe: () => {
      isBroken = true;
    },
    ask: (request, accountId = 'account') => {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        desk.take({ id, accountId, request });
      });
    },
  };
}
