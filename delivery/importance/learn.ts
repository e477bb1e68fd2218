import { normalizeAddress } from '../message/address.ts';
import type { Feature } from './features.ts';
import { oddsOf } from './judge.ts';
import type { Correspondent, ImportanceMemory } from './memory.ts';

type Hash = (text: string) => number;

/**
 * What teaches, and nothing else does: acts that the owner sees themselves do, with a message in sight. A star
 * (`$flagged`), an answer (`$answered`), an importance set by hand, and a message that they write. Reading, not reading,
 * archiving and deleting say nothing.
 */
export type ImportanceAct =
  | { readonly kind: 'flagged' | 'answered' }
  /** -10..10 */
  | { readonly kind: 'set'; readonly value: number };

/** The message that the act was done with. */
export interface ActedMessage {
  readonly id: string;
  /** The one author; null where there are several, or the address is forged. */
  readonly author: string | null;
  readonly discussionKey: string;
  readonly receivedAt: Date;
  /** What it was judged at, -10..10. */
  readonly value: number;
  /** Features of the sender and list (`ownFeatures`). */
  readonly own: readonly Feature[];
  /** Features of the table that were kept as reasons, as far as known. */
  readonly known: readonly Feature[];
}

const rate = 0.5;
/** How much less a feature of all mail learns than the sender's own. */
const sharedRate = 0.15;
const mostWeight = 4;
const mostShared = 1;
/** Each act lets a little of what was learned before fade. */
const fading = 0.999;
const minute = 60_000;
const day = 86_400_000;

/** What is learned of one act; of the same act with the same message only once. */
export function learnAct(
  memory: ImportanceMemory,
  learned: { readonly act: ImportanceAct; readonly message: ActedMessage; readonly now: Date },
  hash: Hash,
): ImportanceMemory {
  const { act, message, now } = learned;
  const key = hash(`act|${act.kind}|${act.kind === 'set' ? act.value : ''}|${message.id}`);
  if (memory.acts.has(key)) return memory;
  const weights = adjusted(memory.weights, { act, message }, hash);
  const acts = added(memory.acts, key);
  if (act.kind !== 'answered') return { ...memory, weights, acts };
  const hours = Math.max(0, now.getTime() - message.receivedAt.getTime()) / (60 * minute);
  const people =
    message.author === null
      ? memory.people
      : withPerson(memory.people, hash(personText(message.author)), known => answeredBy(known, hours, now));
  const discussions = added(memory.discussions, hash(`discussion|${message.discussionKey}`));
  return { ...memory, weights, acts, people, discussions };
}

/** A message that the owner has written: whom they write to, and what may answer it. */
export interface WrittenMessage {
  readonly messageId: string | null;
  readonly recipients: readonly string[];
  readonly discussionKey: string;
}

/** Recipients of one message that are remembered. */
const maxRecipients = 20;

/** What is learned of a message of the owner's own. */
export function learnWritten(
  memory: ImportanceMemory,
  { written, now }: { readonly written: WrittenMessage; readonly now: Date },
  hash: Hash,
): ImportanceMemory {
  const { messageId, recipients, discussionKey } = written;
  const key = messageId === null ? null : hash(`message|${messageId}`);
  if (key !== null && memory.written.has(key)) return memory;
  const people = recipients.slice(0, maxRecipients).reduce(
    (known, address) =>
      withPerson(known, hash(personText(address)), one => ({
        ...one,
        written: one.written + 1,
        day: dayOf(now),
      })),
    memory.people,
  );
  return {
    ...memory,
    people,
    written: key === null ? memory.written : added(memory.written, key),
    discussions: added(memory.discussions, hash(`discussion|${discussionKey}`)),
  };
}

function personText(address: string): string {
  return `person|${normalizeAddress(address)}`;
}

const stranger: Correspondent = { answered: 0, written: 0, hours: 0, day: 0 };

function withPerson(
  people: ImportanceMemory['people'],
  key: number,
  change: (known: Correspondent) => Correspondent,
): ImportanceMemory['people'] {
  const changed = new Map(people);
  const known = changed.get(key) ?? stranger;
  changed.delete(key);
  return changed.set(key, change(known));
}

function answeredBy(known: Correspondent, hours: number, now: Date): Correspondent {
  const share = 1 / Math.min(known.answered + 1, 5);
  return {
    ...known,
    answered: known.answered + 1,
    hours: known.hours + share * (hours - known.hours),
    day: dayOf(now),
  };
}

function dayOf(now: Date): number {
  return Math.floor(now.getTime() / day);
}

function added(set: ReadonlySet<number>, key: number): ReadonlySet<number> {
  const changed = new Set(set);
  changed.delete(key);
  return changed.add(key);
}

/** Logistic regression towards what the act says; what was set by hand is said outright. */
function adjusted(
  weights: ReadonlyMap<number, number>,
  { act, message }: { readonly act: ImportanceAct; readonly message: ActedMessage },
  hash: Hash,
): ReadonlyMap<number, number> {
  const wanted = act.kind === 'set' ? act.value / 20 + 0.5 : 1;
  const was = 1 / (1 + Math.exp(-oddsOf(message.value)));
  const step = rate * (act.kind === 'set' ? 4 : 2) * (wanted - was);
  const changed = new Map([...weights].map(([key, weight]) => [key, weight * fading]));
  const move = (feature: Feature, by: number, most: number): void => {
    const key = hash(`feature|${feature.id}`);
    const weight = (changed.get(key) ?? 0) + by * feature.value;
    changed.set(key, Math.max(-most, Math.min(most, weight)));
  };
  for (const feature of message.own) move(feature, step, mostWeight);
  for (const feature of message.known) move(feature, step * sharedRate, mostShared);
  return changed;
}
