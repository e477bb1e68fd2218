import { randomInt } from 'node:crypto';
import { isIPv6, SocketAddress } from 'node:net';
import type { Clock } from '../../delivery/clock.ts';
import { plainAddress } from '../../delivery/ip-address.ts';
import type { Log } from '../../delivery/log.ts';
import type { ServerAddress } from '../ask/tcp-exchange.ts';
import { equalNames, type Name, nameKey, nameText } from '../name.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { notifyMessage, readNotifyAnswer } from './notify-message.ts';
import type { TsigKey } from './tsig.ts';
import { responseVerifier, signRequest } from './tsig-client.ts';

/** A secondary that is told of changes. */
export interface NotifyTarget extends ServerAddress {
  readonly key: TsigKey | null;
}

export interface NotifyTimings {
  /** Until it is tried again: first, then twice as long each time, up to the longest. */
  readonly firstRetrySeconds: number;
  readonly longestRetrySeconds: number;
  /** How long an answer is waited for at most, while one of the places is taken. */
  readonly answerSeconds: number;
  /** After so long without an answer it is left alone. */
  readonly giveUpSeconds: number;
  /** Then it is tried anew, as at each change of the zone. */
  readonly againSeconds: number;
  /** Messages to one secondary that wait for an answer at one time. */
  readonly places: number;
}

export const defaultNotifyTimings: NotifyTimings = {
  firstRetrySeconds: 1,
  longestRetrySeconds: 60,
  answerSeconds: 2,
  giveUpSeconds: 300,
  againSeconds: 3600,
  places: 64,
};

export interface TargetDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly timings: NotifyTimings;
  readonly send: (octets: Buffer, address: ServerAddress) => void;
}

/** A zone that this secondary is to be told of, until it has answered. */
interface Task {
  readonly soa: RecordSet;
  readonly key: TsigKey | null;
  startedAt: number;
  retrySeconds: number;
  timer: NodeJS.Timeout | null;
  /** Of the message that waits for its answer. */
  id: number | null;
  /** Judges the TSIG of the answer; null where none is expected. */
  verify: ReturnType<typeof responseVerifier> | null;
}

/** What one secondary is told: each zone until it has answered, so many at one time that it is not flooded. */
export class TargetQueue {
  readonly #target: ServerAddress;
  readonly #deps: TargetDeps;
  readonly #tasks = new Map<string, Task>();
  readonly #waiting = new Set<Task>();
  readonly #sent = new Map<number, Task>();
  #isSilent = false;
  #lastWord: string | null = null;

  constructor(target: ServerAddress, deps: TargetDeps) {
    this.#target = target;
    this.#deps = deps;
  }

  /** Tells of a change, signed with the key; whatever was still to be told of this zone is past. */
  add(soa: RecordSet, key: TsigKey | null): void {
    this.forget(soa.owner);
    const { firstRetrySeconds } = this.#deps.timings;
    const task: Task = {
      soa,
      key,
      startedAt: this.#now,
      retrySeconds: firstRetrySeconds,
      timer: null,
      id: null,
      verify: null,
    };
    this.#tasks.set(nameKey(soa.owner), task);
    this.#waiting.add(task);
    this.#sendNext();
  }

  forget(apex: Name): void {
    const task = this.#tasks.get(nameKey(apex));
    if (task) this.#end(task);
  }

  close(): void {
    for (const task of [...this.#tasks.values()]) this.#end(task);
  }

  /** Zones that this secondary has not answered for. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Takes an answer that came from the secondary's address. */
  receive(octets: Uint8Array): void {
    const answer = readNotifyAnswer(octets);
    const task = answer && this.#sent.get(answer.id);
    if (!answer || !task || !equalNames(answer.apex, task.soa.owner)) return;
    const verdict = task.verify?.(octets, Math.floor(this.#now)) ?? null;
    if (verdict && verdict.status !== 'verified') {
      // Anyone can send this, so it ends nothing; it is told when nothing better comes.
      this.#lastWord =
        verdict.status === 'refused' ? `TSIG error ${verdict.error}` : `answer ${verdict.status}`;
      return;
    }
    const fields = { ...this.#fields, zone: nameText(task.soa.owner) };
    if (answer.rcode !== 0) this.#deps.log.info({ ...fields, rcode: answer.rcode }, 'notifyRefused');
    if (this.#isSilent) this.#deps.log.info(this.#fields, 'secondaryAnswersAgain');
    [this.#isSilent, this.#lastWord] = [false, null];
    this.#end(task);
    this.#sendNext();
  }

  get #now(): number {
    return this.#deps.clock.now().getTime() / 1000;
  }

  get #fields(): { secondary: string; port: number } {
    return { secondary: this.#target.address, port: this.#target.port };
  }

  #end(task: Task): void {
    this.#leavePlace(task);
    this.#waiting.delete(task);
    this.#tasks.delete(nameKey(task.soa.owner));
  }

  #leavePlace(task: Task): void {
    if (task.timer) clearTimeout(task.timer);
    if (task.id !== null) this.#sent.delete(task.id);
    [task.timer, task.id, task.verify] = [null, null, null];
  }

  #sendNext(): void {
    for (const task of this.#waiting) {
      if (this.#sent.size >= this.#deps.timings.places) return;
      this.#waiting.delete(task);
      this.#send(task);
    }
  }

  #send(task: Task): void {
    const { timings, send } = this.#deps;
    let id = randomInt(0x1_0000);
    while (this.#sent.has(id)) id = randomInt(0x1_0000);
    const plain = notifyMessage(id, task.soa);
    const { key } = task;
    const signed = key && signRequest(plain, key, Math.floor(this.#now));
    task.id = id;
    task.verify = key && signed && responseVerifier({ key, mac: signed.mac });
    this.#sent.set(id, task);
    const answerSeconds = Math.min(timings.answerSeconds, task.retrySeconds);
    this.#after(task, answerSeconds, () => this.#rest(task, task.retrySeconds - answerSeconds));
    send(signed?.octets ?? plain, this.#target);
  }

  /** No answer came: its place is free, and it is tried again after a while, or much later. */
  #rest(task: Task, seconds: number): void {
    const { timings } = this.#deps;
    this.#leavePlace(task);
    const isGivenUp = this.#now - task.startedAt >= timings.giveUpSeconds;
    if (isGivenUp) this.#tellSilence(task);
    this.#after(task, isGivenUp ? timings.againSeconds : seconds, () => {
      if (isGivenUp) [task.startedAt, task.retrySeconds] = [this.#now, timings.firstRetrySeconds];
      else task.retrySeconds = Math.min(timings.longestRetrySeconds, task.retrySeconds * 2);
      this.#waiting.add(task);
      this.#sendNext();
    });
    this.#sendNext();
  }

  #tellSilence(task: Task): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    const zone = nameText(task.soa.owner);
    const fields = { ...this.#fields, zone, zones: this.#tasks.size, lastWord: this.#lastWord };
    this.#deps.log.warn(fields, 'secondaryNeverAnswers');
  }

  #after(task: Task, seconds: number, work: () => void): void {
    task.timer = setTimeout(work, Math.max(0, seconds) * 1000);
    task.timer.unref();
  }
}

/** A string that is equal for one secondary, however its address is written. */
export function targetKey({ address, port }: ServerAddress): string {
  const plain = plainAddress(address);
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
  return `${new SocketAddress({ address: plain, family }).address} ${port}`;
}
