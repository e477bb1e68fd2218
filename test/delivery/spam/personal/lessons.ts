import type { Message } from '../../../../delivery/message/shape.ts';
import { judgedFeatures } from '../../../../delivery/spam/features.ts';
import { fuse } from '../../../../delivery/spam/fusion.ts';
import { probability } from '../../../../delivery/spam/learner.ts';
import { emptyModel, inputsOf } from '../../../../delivery/spam/model.ts';
import { type Entry, newEntry, type Source } from '../../../../delivery/spam/personal/entry.ts';
import { type Learned, learn } from '../../../../delivery/spam/personal/learned.ts';
import {
  accountCapacity,
  active,
  emptyMemory,
  type Memory,
} from '../../../../delivery/spam/personal/memory.ts';
import { opinionOf, personalKnowledge } from '../../../../delivery/spam/personal/opinion.ts';
import { type Sketch, sketchOf } from '../../../../delivery/spam/personal/sketch.ts';
import { madeUp } from '../messages.ts';

const model = emptyModel();
export const now = new Date('2026-03-01T12:00:00Z');

/** What a test needs of a message: its sketch, and the log-odds that it has before anything is learned. */
export interface Judged {
  readonly sketch: Sketch;
  readonly logOdds: number;
}

export function judgedOf(message: Message): Judged {
  const features = judgedFeatures(message);
  const sender = { authors: message.originators.from, listId: message.listId };
  return { sketch: sketchOf(features, sender), logOdds: fuse(model.fusion, inputsOf(model, features)) };
}

/** Made-up messages by number: even ones are wanted. */
export function pool(count: number): Judged[] {
  return Array.from({ length: count }, (_, at) => judgedOf(madeUp(at % 2 ? 'spam' : 'ham', at)));
}

export function entryOf(
  { sketch, logOdds }: Judged,
  told: { number: number; isSpam: boolean; source?: Source; owner?: number; at?: Date },
): Entry {
  const { number, isSpam, source = 'owner', owner = 0, at = now } = told;
  return newEntry(
    {
      id: number.toString(16).padStart(16, '0'),
      ...{ isSpam, source, owner, logOdds, isShared: false },
      at: Math.floor(at.getTime() / 1000),
    },
    sketch.slots,
  );
}

/** An account's memory with the records that lie with its messages. */
export interface Account {
  readonly memory: Memory;
  readonly records: ReadonlyMap<number, Learned>;
}

export const nobody: Account = { memory: emptyMemory, records: new Map() };

/** The account after one act on the message of that number; no entry takes back what was learned of it. */
export function after(
  { memory, records }: Account,
  number: number,
  entry: Entry | null,
  capacity = accountCapacity,
): Account {
  const lesson = { entry, source: entry?.source ?? 'owner', at: now, model: 'test' } as const;
  const done = learn(memory, records.get(number) ?? null, { lesson, capacity });
  return { memory: done.memory, records: new Map(records).set(number, done.learned) };
}

/** Probability of spam by everything that is known. */
export function judge(
  { sketch, logOdds }: Judged,
  memory: Memory,
  { at = now, capacity = accountCapacity } = {},
): number {
  const knowledge = personalKnowledge({ entries: active(memory, capacity) }, at);
  const { personal } = opinionOf(sketch, { personal: knowledge, shared: null }, at);
  return probability(logOdds + personal);
}
