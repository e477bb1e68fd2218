import type { Request, Response } from 'express';
import { DeliveryError } from '../../delivery/errors.ts';
import { paths, type StateChange } from '../wire.ts';
import { isGranted } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { type PushStates, type PushType, pushState, pushTypes, withScripts } from './push-types.ts';
import type { Route, RouteTools } from './route.ts';

type Called = RouteTools & { readonly caller: Caller };

/** EventSource push (RFC 8620 §7.3). */
export const pushRoutes: readonly Route[] = [
  { method: 'get', path: paths.eventSource, right: 'eventSource', handle: stream },
];

/** Pings are no more frequent than this, and no rarer: proxies drop what is silent for long. */
const pingSeconds = { least: 5, most: 300 } as const;
/** After this long without traffic the connection is probed (RFC 9293 §3.8.4). */
const keepAliveMilliseconds = 60_000;
/** A stream looks so often whether what opened it still holds, besides before each event. */
const checkMilliseconds = 30_000;
/** Octets that wait for a reader; behind them it is taken for gone, and told what changed when it comes back. */
const maxWaitingOctets = 256 * 1024;
/** Streams of one account: more than a person's devices and tabs. */
const maxStreams = 32;

interface Wish {
  readonly types: readonly PushType[];
  readonly closeAfterState: boolean;
  /** 0 for no pings. */
  readonly pingSeconds: number;
}

async function stream(request: Request, response: Response, tools: Called): Promise<void> {
  const wish = readWish(request);
  if (request.method === 'HEAD') {
    response.type('text/event-stream').end();
    return;
  }
  // Who went away while it was found out who asks: no end would be told any more.
  if (response.closed || request.socket.destroyed) return;
  const { caller, store, metrics } = tools;
  const accountId = caller.account.id;
  // A peer that went away without a word is noticed although nothing is sent for hours.
  request.socket.setKeepAlive(true, keepAliveMilliseconds);
  const leave = metrics.streams.enter(caller.account.id, maxStreams);
  if (!leave) throw new DeliveryError('tooBusy');
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  const pushing = new Pushing(response, wish, caller.account.id);
  let last = Promise.resolve();
  // One behind the other: an older state must not overtake a newer one.
  const whileGranted = (then: () => void | Promise<void>): void => {
    last = last.then(async () => {
      try {
        if (await isGranted(caller, tools)) await then();
        else response.end();
      } catch (error) {
        tools.log.warn({ err: error }, 'pushFailed');
        response.end();
      }
    });
  };
  const ends = [
    leave,
    store.watch(accountId, ({ types }) =>
      whileGranted(async () =>
        pushing.push(await withScripts(types, { accountId, types: wish.types }, tools)),
      ),
    ),
    tools.streams.add(caller.account.id, () => whileGranted(() => {})),
    repeat(() => whileGranted(() => {}), checkMilliseconds),
    wish.pingSeconds > 0
      ? repeat(() => whileGranted(() => pushing.ping()), wish.pingSeconds * 1000)
      : () => {},
  ];
  response.on('close', () => {
    for (const end of ends) end();
  });
  try {
    await pushing.begin(await statesNow(wish.types, tools), lastEventId(request));
  } catch (error) {
    tools.log.warn({ err: error }, 'pushFailed');
    response.end();
  }
}

function repeat(work: () => void, milliseconds: number): () => void {
  const timer = setInterval(work, milliseconds);
  return () => clearInterval(timer);
}

function readWish(request: Request): Wish {
  const { types, closeafter, ping } = request.query;
  if (closeafter !== undefined && closeafter !== 'state' && closeafter !== 'no') {
    throw new DeliveryError('badRequest', 'closeafter is state or no');
  }
  const seconds = ping === undefined ? 0 : Number(ping);
  if (!Number.isSafeInteger(seconds) || seconds < 0)
    throw new DeliveryError('badRequest', 'ping is a number');
  return {
    types: typesOf(typeof types === 'string' && types !== '' ? types : '*'),
    closeAfterState: closeafter === 'state',
    pingSeconds: seconds === 0 ? 0 : Math.min(Math.max(seconds, pingSeconds.least), pingSeconds.most),
  };
}

/** Types that JMAP clients know; a type we don't have is silently none (RFC 8620 §7.3). */
function typesOf(text: string): PushType[] {
  if (text === '*') return [...pushTypes];
  const names = text.split(',').map(name => name.trim());
  return pushTypes.filter(type => names.includes(type));
}

async function statesNow(
  types: readonly PushType[],
  { store, caller }: Called,
): Promise<Map<PushType, string>> {
  const pairs = types.map(
    async type => [type, await pushState(type, caller.account.id, { store })] as [PushType, string],
  );
  return new Map(await Promise.all(pairs));
}

/** The states that the client saw last: our event ids are its digest. */
function lastEventId(request: Request): string | null {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : null;
}

/** One open stream: tells states that differ from what it told last. */
class Pushing {
  readonly #response: Response;
  readonly #wish: Wish;
  readonly #accountId: string;
  readonly #told = new Map<PushType, string>();
  readonly #early: PushStates[] = [];
  #hasBegun = false;

  constructor(response: Response, wish: Wish, accountId: string) {
    this.#response = response;
    this.#wish = wish;
    this.#accountId = accountId;
  }

  /** Takes the states of now as known, unless the client last saw others: then it is told at once. */
  async begin(states: ReadonlyMap<PushType, string>, seen: string | null): Promise<void> {
    this.#hasBegun = true;
    // No empty line: it would end an event without data, which some clients take for one.
    this.#response.write('retry: 3000\n: ready\n');
    if (seen !== null && seen !== idOf(states)) this.push(Object.fromEntries(states));
    else for (const [type, state] of states) this.#told.set(type, state);
    // The id reaches the client although nothing changes for long.
    if (this.#wish.pingSeconds > 0) this.ping();
    for (const types of this.#early.splice(0)) this.push(types);
  }

  push(types: PushStates): void {
    if (!this.#hasBegun) {
      this.#early.push(types);
      return;
    }
    const news = this.#wish.types.flatMap(type => {
      const state = types[type];
      return state === undefined || this.#told.get(type) === state ? [] : [[type, state] as const];
    });
    if (news.length === 0 || this.#response.writableEnded) return;
    for (const [type, state] of news) this.#told.set(type, state);
    const change: StateChange = {
      '@type': 'StateChange',
      changed: { [this.#accountId]: Object.fromEntries(news) },
    };
    this.#tell(`event: state\nid: ${idOf(this.#told)}\ndata: ${JSON.stringify(change)}\n\n`);
    if (this.#wish.closeAfterState) this.#response.end();
  }

  ping(): void {
    if (this.#response.writableEnded) return;
    const interval = this.#wish.pingSeconds;
    this.#tell(`event: ping\nid: ${idOf(this.#told)}\ndata: ${JSON.stringify({ interval })}\n\n`);
  }

  #tell(event: string): void {
    this.#response.write(event);
    if (this.#response.writableLength > maxWaitingOctets) this.#response.destroy();
  }
}

/** States as an event id: one line without spaces. */
function idOf(states: ReadonlyMap<PushType, string>): string {
  const sorted = [...states].sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(sorted)).toString('base64url');
}
