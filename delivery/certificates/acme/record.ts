import type { Keyring } from '../../crypto/keyring.ts';
import type { Log } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import { type CertificatePair, readPair } from '../pair.ts';
import { parseObject } from './connection.ts';
import type { AcmeProblem } from './problem.ts';

/** What the instance keeps of a name, in the store, for all its machines. */
export interface NameRecord {
  readonly pair: CertificatePair | null;
  /** When it is to be ordered: the first time, again, or to renew it. */
  readonly orderAt: Date;
  /** Refusals since the last certificate. */
  readonly refusals: number;
  /** Why it was refused last, in the server's words; null since the last certificate. */
  readonly problem: string | null;
  /** It is wrapped by an older instance key, and should be kept anew. */
  readonly isOutdated: boolean;
}

/** What of the instance's parts is needed to keep documents. */
export interface RecordDeps {
  readonly store: Pick<Store, 'getInstanceState' | 'putInstanceState'>;
  readonly keyring: Keyring;
  readonly log: Log;
}

const firstPauseSeconds = 3600;
const laterPauseSeconds = 86_400;

/** To be ordered at once: a name that was never asked for. */
export const newRecord: NameRecord = {
  ...{ pair: null, orderAt: new Date(0), refusals: 0, problem: null, isOutdated: false },
};

/** The record of a name with a new certificate, which is renewed when two thirds of its life are over. */
export function issued(pair: CertificatePair): NameRecord {
  const [start, end] = [pair.notBefore.getTime(), pair.notAfter.getTime()];
  return { ...newRecord, pair, orderAt: new Date(start + ((end - start) * 2) / 3) };
}

/** The record after a refusal: tried again after an hour, then once a day, or later where the server says so. */
export function refused(record: NameRecord, problem: AcmeProblem, now: Date): NameRecord {
  const { type, detail, retryAfterSeconds } = problem;
  const pause = record.refusals === 0 ? firstPauseSeconds : laterPauseSeconds;
  const orderAt = new Date(now.getTime() + Math.max(pause, retryAfterSeconds ?? 0) * 1000);
  return { ...record, orderAt, refusals: record.refusals + 1, problem: `${type}: ${detail}` };
}

/** The name's record; a new one where there is none, or none that can be opened by this instance key. */
export async function readRecord(name: string, deps: RecordDeps): Promise<NameRecord> {
  const secret = await readSecret(documentOf(name), deps);
  if (secret === null) return newRecord;
  const { certificate, key, orderAt, refusals, problem } = parseObject(secret.text);
  return {
    pair: typeof certificate === 'string' && typeof key === 'string' ? readPair(certificate, key) : null,
    orderAt: new Date(Number(orderAt) || 0),
    refusals: Number(refusals) || 0,
    problem: typeof problem === 'string' ? problem : null,
    isOutdated: secret.isOutdated,
  };
}

/** Keeps the record. */
export async function writeRecord(name: string, record: NameRecord, deps: RecordDeps): Promise<void> {
  const { pair, orderAt, refusals, problem } = record;
  const { certificate = null, key = null } = pair ?? {};
  const kept = { certificate, key, orderAt: orderAt.getTime(), refusals, problem };
  await writeSecret(documentOf(name), JSON.stringify(kept), deps);
}

function documentOf(name: string): string {
  return `acme name ${name}`;
}

/** A text that was wrapped by the instance key, and whether by an older one; null for none. */
export async function readSecret(
  document: string,
  { store, keyring, log }: RecordDeps,
): Promise<{ readonly text: string; readonly isOutdated: boolean } | null> {
  const kept = await store.getInstanceState(document);
  if (!kept) return null;
  const wrapped = kept.octets;
  try {
    const text = Buffer.from(keyring.unwrap(wrapped)).toString();
    return { text, isOutdated: keyring.isOutdated(wrapped) };
  } catch (error) {
    // A certificate can be had again: to go on without the old one is better than to have none.
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ document, reason }, 'acmeSecretNotOpened');
    return null;
  }
}

/** Keeps the text, wrapped by the instance key. */
export async function writeSecret(
  document: string,
  text: string,
  { store, keyring }: RecordDeps,
): Promise<void> {
  await store.putInstanceState(document, keyring.wrap(Buffer.from(text)));
}
