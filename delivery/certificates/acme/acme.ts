import { readFileSync } from 'node:fs';
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import { DeliveryError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Resolver } from '../../resolver.ts';
import type { Store } from '../../store/store.ts';
import type { CertificatePair } from '../pair.ts';
import { orderBatch } from './batch.ts';
import { AcmeConnection } from './connection.ts';
import { OrderBook } from './order-book.ts';
import { Probe } from './probe.ts';
import { StoredCertificates } from './stored.ts';
import { AcmeWork, webKeyName } from './work.ts';

/** Certificates that are got and renewed by ACME (RFC 8555) and shared by the machines of the instance. */
export interface AcmeCertificates {
  /** The certificate of a name that is looked after; null for any other, and while there is none. Never throws. */
  find(serverName: string): Promise<CertificatePair | null>;
  /** What is served at `/.well-known/acme-challenge/TOKEN` (§8.3); null for a token that nobody asked for. */
  answerChallenge(token: string): Promise<string | null>;
  /** Begins to order; challenges must be answered by then. */
  start(): void;
  /** Orders what is due now; one round at a time. Never throws. */
  round(): Promise<void>;
  close(): Promise<void>;
}

export interface AcmeOptions {
  /** Where the ACME server asks for challenges; 80 for every server of the world. */
  readonly validationPort?: number;
  /** How long a claim to order must stand: more than the store takes to read and write. */
  readonly settleMilliseconds?: number;
}

const roundMilliseconds = 60_000;
const webKeyPrefix = webKeyName('');

/** Opens them with the settings `acme.*`; throws `badSettings` when `acme.caFile` can't be read. */
export function openAcme(
  parts: {
    readonly config: Config;
    readonly store: Store;
    readonly keyring: Keyring;
    readonly resolver: Resolver;
    readonly clock: Clock;
    readonly log: Log;
    /** Whether a name has a certificate from elsewhere. */
    readonly hasOther: (name: string) => boolean;
  },
  { validationPort = 80, settleMilliseconds = 5000 }: AcmeOptions = {},
): AcmeCertificates {
  const { config, log } = parts;
  const ending = new AbortController();
  const settings = { directory: config['acme.directory'], email: config['acme.email'] };
  const ca = authoritiesOf(config['acme.caFile']);
  const connection = new AcmeConnection(settings.directory, { ca, signal: ending.signal });
  const book = new OrderBook(parts, { ordersPerHour: config['acme.ordersPerHour'], settleMilliseconds });
  const probe = new Probe(parts, validationPort);
  const stored = new StoredCertificates(parts);
  const onIssued = (name: string, pair: CertificatePair) => stored.note(name, pair);
  const names = config['acme.names'].map(nameOf);
  const order = (due: readonly string[], signal: AbortSignal) =>
    orderBatch(due, { ...parts, book, connection, settings, onIssued }, signal);
  const work = new AcmeWork({ ...parts, ...{ book, probe, names, order } });
  const rounds = new Rounds(signal => work.round(signal), { log, ending });
  return {
    async find(serverName) {
      const name = nameOf(serverName);
      if (!names.includes(name) && !name.startsWith(webKeyPrefix)) return null;
      const pair = await stored.find(name);
      if (!pair) work.wake(name);
      return pair;
    },
    async answerChallenge(token) {
      return probe.answer(token) ?? (await book.find(token));
    },
    start: () => rounds.start(),
    round: () => rounds.once(),
    async close() {
      await rounds.close();
      connection.close();
    },
  };
}

function nameOf(text: string): string {
  return text.toLowerCase().replace(/\.$/, '');
}

/** One round after the other, each minute. */
class Rounds {
  readonly #round: (signal: AbortSignal) => Promise<void>;
  readonly #log: Log;
  readonly #ending: AbortController;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    round: (signal: AbortSignal) => Promise<void>,
    { log, ending }: { log: Log; ending: AbortController },
  ) {
    this.#round = round;
    this.#log = log;
    this.#ending = ending;
  }

  start(): void {
    this.#timer = setInterval(() => this.once(), roundMilliseconds).unref();
    void this.once();
  }

  once(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    try {
      await this.#round(signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      // The next round begins anew.
      this.#log.error({ reason, todo: 'see that the store is there: caliopen doctor' }, 'acmeRoundFailed');
    }
  }
}

function authoritiesOf(file: string): string | undefined {
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DeliveryError('badSettings', `acme.caFile: ${detail}`, { cause });
  }
}
