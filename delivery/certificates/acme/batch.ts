import type { Clock } from '../../clock.ts';
import { inParallel } from '../../in-parallel.ts';
import type { Log } from '../../log.ts';
import type { CertificatePair } from '../pair.ts';
import { instanceAccount } from './account.ts';
import { type AcmeAccount, completeOrder, type OpenOrder, openOrder } from './client.ts';
import type { AcmeConnection } from './connection.ts';
import type { OrderBook } from './order-book.ts';
import { type AcmeProblem, isServers, problemOf } from './problem.ts';
import { issued, type NameRecord, type RecordDeps, readRecord, refused, writeRecord } from './record.ts';

/** What became of a batch. */
export interface BatchResult {
  /** Nobody orders for a while: the server said so, or does not answer. */
  readonly isPaused: boolean;
}

/** What ordering needs. */
export interface BatchDeps extends RecordDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly book: OrderBook;
  readonly connection: AcmeConnection;
  readonly settings: { readonly directory: string; readonly email: string };
  /** Called for each certificate that was got. */
  readonly onIssued: (name: string, pair: CertificatePair) => void;
}

const ordersAtOnce = 4;
/** So many names that meet a limit of the server in one batch: it is the account's limit, not that of one domain. */
const limitedNames = 3;

/**
 * Orders certificates for the names, four at a time, while this process holds the order book, and closes it. A refused
 * name is put off and the others go on; trouble of the server itself puts all off. Throws when the store fails.
 */
export async function orderBatch(
  names: readonly string[],
  deps: BatchDeps,
  signal: AbortSignal,
): Promise<BatchResult> {
  let pause: AcmeProblem | null = null;
  try {
    pause = names.length > 0 ? await new Batch(deps, signal).run(names) : null;
  } finally {
    await endBatch(pause, deps);
  }
  return { isPaused: pause !== null };
}

async function endBatch(pause: AcmeProblem | null, { book, log, settings }: BatchDeps): Promise<void> {
  const until = await book.close(pause && { seconds: pause.retryAfterSeconds });
  if (!pause) return;
  const todo =
    pause.type === 'rateLimited'
      ? 'nothing: the rest is ordered later; a lower acme.ordersPerHour keeps below the limit'
      : 'see acme.directory, acme.caFile, and what the server says';
  const { type: problem, detail } = pause;
  log.error({ server: settings.directory, problem, detail, until, todo }, 'acmePaused');
}

class Batch {
  readonly #deps: BatchDeps;
  readonly #signal: AbortSignal;
  #limited = 0;
  /** The first trouble that is the server's own. */
  #pause: AcmeProblem | null = null;

  constructor(deps: BatchDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Null, or why the server is given a pause. */
  async run(names: readonly string[]): Promise<AcmeProblem | null> {
    const { book, connection, settings } = this.#deps;
    let account: AcmeAccount;
    try {
      account = await instanceAccount(connection, settings, this.#deps);
    } catch (error) {
      return this.#problemOf(error);
    }
    const orders = new Map<string, OpenOrder>();
    await this.#eachName(names, async name => {
      orders.set(name, await openOrder(connection, account, name));
    });
    const pause = this.#pause;
    if (orders.size === 0) return pause;
    const challenges = [...orders.values()].flatMap(order => order.challenges);
    if (!(await book.enter(orders.size, challenges))) return null;
    // Orders that were taken before the limit was met can be completed.
    if (pause?.type === 'rateLimited') this.#pause = null;
    await this.#eachName([...orders.keys()], async name => {
      const order = orders.get(name);
      if (order) await this.#complete(account, order);
    });
    return pause ?? this.#pause;
  }

  async #complete(account: AcmeAccount, order: OpenOrder): Promise<void> {
    const { connection, onIssued, log } = this.#deps;
    const { name } = order;
    const pair = await completeOrder(connection, account, { order, signal: this.#signal });
    await this.#keep(name, issued(pair));
    onIssued(name, pair);
    log.info({ name, notAfter: pair.notAfter }, 'certificateIssued');
  }

  async #eachName(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
    await inParallel(ordersAtOnce, names, async name => {
      if (this.#pause || this.#signal.aborted) return;
      try {
        await work(name);
      } catch (error) {
        await this.#put(name, this.#problemOf(error));
      }
    });
  }

  /** The problem; whatever is none, such as a store that fails or the end of this process, goes up. */
  #problemOf(error: unknown): AcmeProblem {
    const problem = this.#signal.aborted ? null : problemOf(error);
    if (problem) return problem;
    throw error;
  }

  async #put(name: string, problem: AcmeProblem): Promise<void> {
    const { clock, log } = this.#deps;
    if (problem.type === 'rateLimited') this.#limited += 1;
    const isLimitOfName = problem.type === 'rateLimited' && this.#limited < limitedNames;
    if (isServers(problem) && !isLimitOfName) {
      this.#pause ??= problem;
      return;
    }
    const record = refused(await readRecord(name, this.#deps), problem, clock.now());
    await this.#keep(name, record);
    const { type, detail } = problem;
    const todo = 'see that the name leads to this host alone, at port 80, and that no CAA record forbids it';
    log.warn({ name, problem: type, detail, nextAt: record.orderAt, todo }, 'certificateRefused');
  }

  async #keep(name: string, record: NameRecord): Promise<void> {
    await writeRecord(name, record, this.#deps);
  }
}
