import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { atEnd } from '../at-end.ts';
import {
  type Asked,
  type Frame,
  frameReader,
  opcodes,
  readAsked,
  readPrepare,
  readPrepared,
} from './frames.ts';

/** Statements that went to the server together, and what became of them. */
export interface Exchange extends Asked {
  /** When they were sent on to the server, in ticks of the proxy. */
  readonly askedAt: number;
  /** When the answer was given to the client; null: not yet. */
  readonly answeredAt: number | null;
  /** Whether it was an error; null: not answered yet. */
  readonly isError: boolean | null;
}

/** Stands between clients and one node, and notes what they say. */
export interface CassandraProxy {
  /** What clients connect to instead of the node. */
  readonly contactPoint: string;
  readonly exchanges: readonly Exchange[];
  /** A moment later than all that was noted before and earlier than all that is noted behind. */
  tick(): number;
  /** From now on answers to what fits are kept back, until what it gives is called. */
  holdAnswers(fits: (exchange: Exchange) => boolean): () => void;
  /** From now on nothing comes through that fits, as when the line is cut right before it. */
  cutBefore(fits: (exchange: Exchange) => boolean): void;
}

interface Noted extends Exchange {
  answeredAt: number | null;
  isError: boolean | null;
}

/** Listens on a port of its own until the test ends. Clients must not look for other nodes behind it. */
export async function openCassandraProxy(
  t: Pick<TestContext, 'after'>,
  contactPoint: string,
): Promise<CassandraProxy> {
  const proxy = new Proxying(contactPoint);
  const server = createServer(client => proxy.join(client));
  atEnd(t, async () => {
    proxy.end();
    server.close();
    await once(server, 'close');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    contactPoint: `127.0.0.1:${port}`,
    exchanges: proxy.exchanges,
    tick: () => proxy.tick(),
    holdAnswers: fits => proxy.holdAnswers(fits),
    cutBefore: fits => proxy.cutBefore(fits),
  };
}

class Proxying {
  readonly exchanges: Noted[] = [];
  readonly #host: string;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  /** Texts of prepared statements: their ids are the same on each connection. */
  readonly #prepared = new Map<string, string>();
  #ticks = 0;
  #isHeld: (exchange: Exchange) => boolean = () => false;
  #isCut: (exchange: Exchange) => boolean = () => false;
  #held: (() => void)[] = [];

  constructor(contactPoint: string) {
    const colon = contactPoint.lastIndexOf(':');
    this.#host = contactPoint.slice(0, colon);
    this.#port = Number(contactPoint.slice(colon + 1));
  }

  tick(): number {
    return ++this.#ticks;
  }

  holdAnswers(fits: (exchange: Exchange) => boolean): () => void {
    this.#isHeld = fits;
    return () => {
      this.#isHeld = () => false;
      for (const give of this.#held.splice(0)) give();
    };
  }

  cutBefore(fits: (exchange: Exchange) => boolean): void {
    this.#isCut = fits;
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  join(client: Socket): void {
    const server = connect({ host: this.#host, port: this.#port, noDelay: true });
    client.setNoDelay(true);
    const line: Line = { client, server, exchanges: new Map(), preparing: new Map(), isCut: false };
    const [asked, answered] = [frameReader(), frameReader()];
    client.on('data', chunk => {
      for (const frame of asked(chunk)) this.#ask(line, frame);
    });
    server.on('data', chunk => {
      for (const frame of answered(chunk)) this.#answer(line, frame);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }

  #ask(line: Line, frame: Frame): void {
    if (line.isCut) return;
    if (frame.opcode === opcodes.prepare) line.preparing.set(frame.stream, readPrepare(frame));
    const asked = readAsked(frame, this.#prepared);
    if (asked) {
      const exchange = { ...asked, askedAt: this.tick(), answeredAt: null, isError: null };
      if (this.#isCut(exchange)) {
        line.isCut = true;
        return;
      }
      this.exchanges.push(exchange);
      line.exchanges.set(frame.stream, exchange);
    }
    line.server.write(frame.octets);
  }

  #answer(line: Line, frame: Frame): void {
    const exchange = line.exchanges.get(frame.stream);
    const text = line.preparing.get(frame.stream);
    line.exchanges.delete(frame.stream);
    line.preparing.delete(frame.stream);
    const id = text === undefined || frame.opcode !== opcodes.result ? null : readPrepared(frame);
    if (id !== null && text !== undefined) this.#prepared.set(id, text);
    const give = () => {
      if (exchange) {
        exchange.answeredAt = this.tick();
        exchange.isError = frame.opcode !== opcodes.result;
      }
      line.client.write(frame.octets);
    };
    if (exchange && this.#isHeld(exchange)) this.#held.push(give);
    else give();
  }
}

/** One connection of a client, and its other half. */
interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** What waits for its answer, by stream. */
  readonly exchanges: Map<number, Noted>;
  readonly preparing: Map<number, string>;
  isCut: boolean;
}
