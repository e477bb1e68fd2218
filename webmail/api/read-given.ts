import { seal } from '../../delivery/crypto/seal.ts';
import { keyedHash } from '../../delivery/keyed-hash.ts';
import { parseDate } from '../../delivery/message/date.ts';
import { fieldsNamed } from '../../delivery/message/fields.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import type { Message } from '../../delivery/message/shape.ts';
import { summarize } from '../../delivery/message/summary.ts';
import { type MessageEvidence, messageFacts } from '../../delivery/privacy/collect.ts';
import type { Facts } from '../../delivery/privacy/shape.ts';
import { searchText } from '../../delivery/search/terms.ts';
import type { PublicKey, SearchText, Summary } from '../../delivery/store/store.ts';
import { armorOf } from './jmap/email-view.ts';

/** A message that its owner gives, to be looked at from outside. */
export interface SurveyJob {
  readonly kind: 'survey';
  readonly octets: Uint8Array;
}

/** What its header says. */
export interface Survey {
  readonly kind: 'survey';
  readonly summary: Summary;
  /** When the last server says it took the message: what an import is dated by (RFC 8621 §4.8). */
  readonly lastReceived: Date | null;
}

/** The same message, to be made ready for the store. */
export interface GivenJob {
  readonly kind: 'given';
  readonly octets: Uint8Array;
  /** What was encrypted in it, where that could be opened. */
  readonly content: Message | null;
  /** Null: nobody asks for the facts. */
  readonly evidence: Omit<MessageEvidence, 'message' | 'outer'> | null;
  /** The account's; null: it is no import and has no delivery key. */
  readonly hashKey: Uint8Array | null;
  /** The owner's keys, when the mail is sealed to them. */
  readonly sealing: {
    readonly keys: readonly PublicKey[];
    readonly receivedAt: Date;
    readonly at: Date;
  } | null;
}

/** As a delivery stores it: sealed and unsearchable, or in clear with the words of what the server may open. */
export interface ReadyMessage {
  readonly kind: 'given';
  readonly facts: Facts;
  readonly deliveryKey: Uint8Array | null;
  readonly summary: Summary;
  readonly searchText: SearchText | null;
  /** Null when the octets are stored as they were given. */
  readonly sealed: Uint8Array | null;
}

/** Pure: the same in any thread. */
export function survey({ octets }: SurveyJob): Survey {
  const message = parseMessage(octets);
  const [topmost] = fieldsNamed(message.root.fields, 'received');
  const lastReceived = topmost ? parseDate(topmost.value.slice(topmost.value.lastIndexOf(';') + 1)) : null;
  return { kind: 'survey', summary: summarize(message), lastReceived };
}

/** Throws `sealingImpossible`. */
export async function readGiven(job: GivenJob): Promise<ReadyMessage> {
  const message = parseMessage(job.octets);
  return {
    kind: 'given',
    facts: factsOf(message, job),
    deliveryKey: job.hashKey && importKey(job.octets, job.hashKey),
    ...(await storedBody(message, job)),
  };
}

function factsOf(message: Message, { content, evidence }: GivenJob): Facts {
  if (!evidence) return {};
  return messageFacts({ ...evidence, message: content ?? message, ...(content ? { outer: message } : {}) });
}

async function storedBody(
  message: Message,
  { octets, content, sealing }: GivenJob,
): Promise<Pick<ReadyMessage, 'summary' | 'searchText' | 'sealed'>> {
  const summary = summarize(content ?? message);
  if (sealing) {
    const { keys, ...times } = sealing;
    const sealed = await seal(octets, keys, times);
    return { sealed, summary: { ...summary, subject: null, preview: null }, searchText: null };
  }
  const isClosed = content === null && armorOf(message) !== null;
  return {
    sealed: null,
    summary: isClosed ? { ...summary, preview: null } : summary,
    searchText: searchText(summary, content ?? message),
  };
}

/** Apart from the keys of deliveries: a copy that came by mail and one that was imported are two. */
function importKey(octets: Uint8Array, hashKey: Uint8Array): Uint8Array {
  return keyedHash(hashKey).update('import\0').update(octets).digest();
}
