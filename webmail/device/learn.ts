import { parseMessage } from '../../delivery/message/message.ts';
import { newEntry } from '../../delivery/spam/personal/entry.ts';
import { readLesson } from '../../delivery/spam/personal/lesson-text.ts';
import { accountCapacity, type Memory, withEntry, without } from '../../delivery/spam/personal/memory.ts';
import type { KeyHolder } from './key-holder.ts';
import { toldBy, withLesson } from './lessons.ts';
import type { LearnAct, LearnAnswer, Request } from './protocol.ts';
import { openMemory, sealMemory } from './sealed-memory.ts';
import { unseal } from './unseal.ts';

/**
 * Learns from acts upon sealed mail by the very code that learns on the server: words leave this device as one weight
 * for each of their slots, over all mail that was learned, and only when enough messages have gathered. Acts whose messages wait for another key, or can't be
 * read at all, are left; a message that brings nothing to learn is done with.
 */
export async function learnActs(
  { memory, acts }: Extract<Request, { kind: 'learn' }>,
  keys: KeyHolder,
  now: Date,
): Promise<LearnAnswer> {
  let learned = await openMemory(memory, keys);
  if ('failure' in learned) return learned;
  const done: string[] = [];
  for (const act of acts) {
    // What nobody foresaw in one message must not keep the others from being learned.
    const id = await entryIdOf(act.emailId);
    const next: Memory | null = await afterAct(learned.memory, { ...act, id }, keys).catch(() => null);
    if (next === null) continue;
    learned = withLesson(learned, id, next);
    done.push(act.emailId);
  }
  const { lessons, ...told } = toldBy(learned, now);
  const sealed = await sealMemory(lessons, keys, now);
  if (sealed === null) return { failure: keys.unlocked().length > 0 ? 'noKey' : 'locked' };
  return { memory: sealed, ...told, done };
}

/** The memory behind the act; null where the message is closed to the keys of this moment. */
async function afterAct(
  memory: Memory,
  { id, ...act }: LearnAct & { readonly id: string },
  keys: KeyHolder,
): Promise<Memory | null> {
  if (act.isSpam === null) return without(memory, id, { dropped: [], capacity: accountCapacity });
  if (act.octets === null) return memory;
  const unsealed = await unseal(parseMessage(act.octets), { receivedAt: new Date(act.receivedAt) }, keys);
  if ('failure' in unsealed)
    return unsealed.failure === 'locked' || unsealed.failure === 'noKey' ? null : memory;
  const lesson = unsealed.learning === null ? null : readLesson(unsealed.learning);
  if (!lesson) return memory;
  const at = Math.floor(new Date(act.at).getTime() / 1000);
  const about = { id, isSpam: act.isSpam, source: 'owner', isShared: false, owner: 0 } as const;
  const entry = newEntry({ ...about, at, logOdds: lesson.logOdds }, lesson.slots);
  return withEntry(memory, entry, accountCapacity).memory;
}

/** The same for the same email on every device. */
async function entryIdOf(emailId: string): Promise<string> {
  const octets = new TextEncoder().encode(`learned ${emailId}`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
  return Array.from(digest.subarray(0, 8), octet => octet.toString(16).padStart(2, '0')).join('');
}
