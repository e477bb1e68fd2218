import type { Clock } from '../../clock.ts';
import { type CertificatePair, isCurrent } from '../pair.ts';
import { type RecordDeps, readRecord } from './record.ts';

interface Remembered {
  readonly pair: CertificatePair | null;
  /** By `performance.now()`. */
  readonly freshUntil: number;
}

const maxNames = 5000;
/** Another machine may have renewed it; it is renewed long before it ends. */
const foundMilliseconds = 600_000;
const absentMilliseconds = 30_000;

/** Certificates of the store by name, the last ones remembered. */
export class StoredCertificates {
  readonly #deps: RecordDeps & { readonly clock: Clock };
  readonly #remembered = new Map<string, Remembered>();
  readonly #asked = new Map<string, Promise<CertificatePair | null>>();

  constructor(deps: RecordDeps & { clock: Clock }) {
    this.#deps = deps;
  }

  /** The name's certificate, null when there is none that is valid now. While the store is down, what is remembered. */
  async find(name: string): Promise<CertificatePair | null> {
    const known = this.#remembered.get(name);
    const isFresh = known !== undefined && known.freshUntil > performance.now();
    if (isFresh || this.#isCurrent(known?.pair)) {
      if (!isFresh) void this.#ask(name);
      return this.#isCurrent(known?.pair) ? (known?.pair ?? null) : null;
    }
    const pair = await this.#ask(name);
    return this.#isCurrent(pair) ? pair : null;
  }

  /** The name has this certificate from now on. */
  note(name: string, pair: CertificatePair | null): void {
    this.#remembered.delete(name);
    const lasts = pair ? foundMilliseconds : absentMilliseconds;
    this.#remembered.set(name, { pair, freshUntil: performance.now() + lasts });
    const oldest = this.#remembered.keys().next().value;
    if (this.#remembered.size > maxNames && oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** One question to the store at a time for a name; never fails. */
  #ask(name: string): Promise<CertificatePair | null> {
    const asking = this.#asked.get(name) ?? this.#read(name).finally(() => this.#asked.delete(name));
    this.#asked.set(name, asking);
    return asking;
  }

  async #read(name: string): Promise<CertificatePair | null> {
    try {
      const { pair } = await readRecord(name, this.#deps);
      this.note(name, pair);
      return pair;
    } catch (error) {
      const pair = this.#remembered.get(name)?.pair ?? null;
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.log.warn({ name, reason, isShown: pair !== null }, 'certificateNotLookedUp');
      this.#remembered.set(name, { pair, freshUntil: performance.now() + absentMilliseconds });
      return pair;
    }
  }

  #isCurrent(pair: CertificatePair | null | undefined): boolean {
    return pair != null && isCurrent(pair, this.#deps.clock.now());
  }
}
