import type { Arrival } from '../delivery.ts';
import type { FilterFindings } from './findings.ts';
import { askRspamd } from './rspamd.ts';
import { askSpamd, type SpamdAddress } from './spamd.ts';

/** Another filter that is asked about each message. */
export interface HandOff {
  /** What it says; null where it is not asked or gives no answer in time. Never rejects. */
  ask(arrival: Arrival): Promise<FilterFindings | null>;
}

export interface HandOffSettings {
  /** `http://127.0.0.1:11333`; null: not asked. */
  readonly rspamd: { readonly url: string; readonly password: string } | null;
  /** Null: not asked. Where both are set, rspamd is asked. */
  readonly spamd: SpamdAddress | null;
  readonly timeoutMilliseconds: number;
  /** Larger messages are not handed over. */
  readonly maxOctets: number;
}

export interface HandOffDeps {
  readonly log: { warn(fields: object, message: string): void };
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Trace fields for a message, each ended by CRLF: SpamAssassin reads the session from them. */
  readonly sessionFields: (arrival: Arrival) => string;
}

/** Trouble is logged once in this time. */
const logMilliseconds = 60_000;
/** Messages in a row without an answer, behind which the filter is left alone for a while. */
const patience = 3;
const restMilliseconds = 30_000;

/** Opens the way to the filter of the settings; null where there is none. */
export function openHandOff(
  settings: HandOffSettings,
  { log, now, sessionFields }: HandOffDeps,
): HandOff | null {
  const { rspamd, spamd, timeoutMilliseconds, maxOctets } = settings;
  const ask = rspamd
    ? (arrival: Arrival, signal: AbortSignal) => askRspamd(arrival, rspamd, signal)
    : spamd &&
      ((arrival: Arrival, signal: AbortSignal) =>
        askSpamd(arrival, { address: spamd, sessionFields }, signal));
  if (!ask) return null;
  const filter = rspamd ? 'rspamd' : 'spamassassin';
  let toldAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let restUntil = Number.NEGATIVE_INFINITY;

  function noteFailure(error: unknown): void {
    failures++;
    if (failures >= patience) restUntil = now() + restMilliseconds;
    if (now() - toldAt < logMilliseconds) return;
    toldAt = now();
    log.warn({ filter, error: error instanceof Error ? error.message : String(error) }, 'filterUnreachable');
  }

  return {
    async ask(arrival) {
      if (arrival.raw.byteLength > maxOctets || now() < restUntil) return null;
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(new Error('no answer in time')), timeoutMilliseconds);
      try {
        const found = await ask(arrival, stop.signal);
        failures = 0;
        return found;
      } catch (error) {
        noteFailure(error);
        return null;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
