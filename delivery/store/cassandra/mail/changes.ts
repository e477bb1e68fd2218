import { DeliveryError } from '../../../errors.ts';
import type { Changes, ChangeType } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Emails } from './emails.ts';
import {
  classes,
  comparable,
  keptMilliseconds,
  kinds,
  linesSince,
  logMilliseconds,
  newestLine,
  type ReadLine,
} from './log.ts';
import {
  markAfter,
  markOf,
  readState,
  type StateMark,
  toldBy,
  windowMilliseconds,
  writeState,
} from './state.ts';

/** States whose lines this process remembers, so that nothing is told twice in a burst. */
const rememberedStates = 2000;
/** Longest memory of one state. */
const maxRemembered = 5000;

/** Where an email's thread leads beyond this many, all tags count as changed. */
const maxThreads = 50;

/** States and changes of accounts. */
export class ChangeReads {
  readonly #context: CassandraContext;
  readonly #emails: Emails;
  /** Ids of the account's tags, system tags included. */
  readonly #tagIds: (accountId: string) => Promise<string[]>;
  readonly #remembered = new Map<string, ReadonlySet<string>>();

  constructor(
    context: CassandraContext,
    { emails, tagIds }: { emails: Emails; tagIds: (accountId: string) => Promise<string[]> },
  ) {
    this.#context = context;
    this.#emails = emails;
    this.#tagIds = tagIds;
  }

  /** `Mail.getState`. */
  async getState(accountId: string, type: ChangeType): Promise<string> {
    const newest = await newestLine(this.#context, accountId, type);
    if (newest === 0) return '0';
    const since = newest - windowMilliseconds;
    const lines = await linesSince(this.#context, accountId, { type, since });
    return this.#write(accountId, markOf(since, lines.map(lineName)), lines);
  }

  #write(accountId: string, mark: StateMark, told: readonly ReadLine[]): string {
    const state = writeState(mark);
    const key = `${accountId} ${state}`;
    if (mark.names === null && told.length <= maxRemembered) {
      this.#remembered.delete(key);
      this.#remembered.set(key, new Set(told.map(lineName)));
      const [oldest] = this.#remembered.keys();
      if (this.#remembered.size > rememberedStates && oldest !== undefined) this.#remembered.delete(oldest);
    }
    return state;
  }

  /** `Mail.getChanges`. */
  async getChanges(
    accountId: string,
    type: ChangeType,
    { since, limit }: { readonly since: string; readonly limit: number },
  ): Promise<Changes> {
    const mark = await this.#requireState(accountId, type, since);
    const lines = await linesSince(this.#context, accountId, { type, since: mark.since });
    const told = toldBy(mark, lines.map(lineName), this.#remembered.get(`${accountId} ${since}`));
    const fresh = lines.filter(line => !told.isTold(lineName(line)));
    const folded = await this.#fold(accountId, type, fresh);
    const cut = cutAt(fresh, folded.objectsOf, Math.max(1, limit));
    const toldNow = new Set(fresh.slice(0, cut).map(lineName));
    const known = lines.filter(line => toldNow.has(lineName(line)) || told.isTold(lineName(line)));
    const hasMore = cut < fresh.length;
    const last = fresh[cut - 1];
    const next = markAfter(mark, known.map(lineName), hasMore && last ? lineName(last) : null);
    return {
      ...folded.summarize(fresh.slice(0, cut), told.isKnown),
      oldState: since,
      newState: this.#write(accountId, next, known),
      hasMore,
    };
  }

  async #requireState(accountId: string, type: ChangeType, text: string): Promise<StateMark> {
    const mark = readState(text);
    const now = this.#context.clock.now().getTime();
    if (mark && mark.since === 0) {
      // From the beginning on: accounts whose whole life is in the log.
      const { createdAt } = await this.#emails.account(accountId);
      if (createdAt.getTime() >= now - logMilliseconds) return mark;
    } else if (mark && mark.since >= now - keptMilliseconds && mark.since <= now + windowMilliseconds)
      return mark;
    throw new DeliveryError('badRequest', 'the state is too old or unknown', {
      fields: { field: 'cannotCalculateChanges', type },
    });
  }

  async #fold(accountId: string, type: ChangeType, fresh: readonly ReadLine[]): Promise<Folding> {
    if (fresh.length === 0) return foldByObject();
    if (type === 'Thread') return foldThreads(await this.#emails.threadMembers(accountId, threadsOf(fresh)));
    if (type === 'Mailbox') return await this.#foldTags(accountId, fresh);
    if (type === 'Settings') return foldSettings();
    return foldByObject();
  }

  /** A change of one email can change counts of the tags of all emails of its thread (RFC 8621 §2, unreadThreads). */
  async #foldTags(accountId: string, fresh: readonly ReadLine[]): Promise<Folding> {
    const present = await this.#tagIds(accountId);
    const threads = threadsOf(fresh);
    if (threads.length > maxThreads) return foldTags(new Set(present), () => present);
    const members = await this.#emails.threadMembers(accountId, threads);
    return foldTags(new Set(present), line => [
      ...(line.tags ?? []),
      ...(members.get(line.thread ?? '') ?? []).flatMap(({ tagIds }) => tagIds),
    ]);
  }
}

function lineName({ at }: ReadLine): string {
  return comparable(at);
}

function threadsOf(lines: readonly ReadLine[]): string[] {
  return [...new Set(lines.flatMap(({ thread }) => thread ?? []))];
}

/** How lines become objects that changed. */
interface Folding {
  readonly objectsOf: (line: ReadLine) => readonly string[];
  /** `isExact` false: some of it may have been told before. */
  readonly summarize: (
    lines: readonly ReadLine[],
    isExact: boolean,
  ) => Pick<Changes, 'created' | 'updated' | 'destroyed' | 'onlyCounts'>;
}

/** How many lines can be told with at most `limit` objects; at least the first. */
function cutAt(lines: readonly ReadLine[], objectsOf: Folding['objectsOf'], limit: number): number {
  const objects = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const before = objects.size;
    for (const object of objectsOf(line)) objects.add(object);
    if (objects.size <= limit) continue;
    if (before === 0)
      throw new DeliveryError('badRequest', 'one change is of more objects than asked for', {
        fields: { field: 'cannotCalculateChanges' },
      });
    return index;
  }
  return lines.length;
}

/** What happened to one object. */
interface Life {
  isCreated: boolean;
  isDestroyed: boolean;
}

/** Ids never come back, so that the order of lines whose clocks were apart does not matter. */
function foldByObject(): Folding {
  return {
    objectsOf: line => [line.object],
    summarize: (lines, isExact) => {
      const lives = new Map<string, Life>();
      for (const { object, kind } of lines) {
        const life = lives.get(object) ?? { isCreated: false, isDestroyed: false };
        life.isCreated ||= kind === kinds.created;
        life.isDestroyed ||= kind === kinds.destroyed;
        lives.set(object, life);
      }
      return sortLives(lives, isExact);
    },
  };
}

function sortLives(
  lives: ReadonlyMap<string, Life>,
  isExact: boolean,
): { created: string[]; updated: string[]; destroyed: string[] } {
  const sorted: Record<Kind, string[]> = { created: [], updated: [], destroyed: [] };
  for (const [object, { isCreated, isDestroyed }] of lives) {
    if (isDestroyed) {
      // What came and went in between is not told, unless its coming may have been told before.
      if (!isCreated || !isExact) sorted.destroyed.push(object);
    } else sorted[isCreated ? 'created' : 'updated'].push(object);
  }
  return sorted;
}

type Kind = keyof typeof kinds;

/** A thread is there as long as one of its emails is. */
function foldThreads(members: ReadonlyMap<string, readonly { readonly id: string }[]>): Folding {
  return {
    objectsOf: line => (line.thread === null ? [] : [line.thread]),
    summarize: (lines, isExact) => {
      const created = new Set<string>();
      const hadOlder = new Set<string>();
      for (const { kind, object } of lines) if (kind === kinds.created) created.add(object);
      for (const { kind, object, thread } of lines) {
        if (kind === kinds.destroyed && !created.has(object) && thread !== null) hadOlder.add(thread);
      }
      const lives = new Map<string, Life>();
      for (const thread of threadsOf(lines)) {
        const present = members.get(thread) ?? [];
        const wasThere = hadOlder.has(thread) || present.some(({ id }) => !created.has(id));
        lives.set(thread, { isCreated: !wasThere, isDestroyed: present.length === 0 });
      }
      return sortLives(lives, isExact);
    },
  };
}

function foldTags(present: ReadonlySet<string>, tagsOf: (line: ReadLine) => readonly string[]): Folding {
  const objectsOf = (line: ReadLine): readonly string[] =>
    line.class === classes.tag ? [line.object] : tagsOf(line).filter(tag => present.has(tag));
  return {
    objectsOf,
    summarize: (lines, isExact) => {
      const lives = new Map<string, Life>();
      for (const line of lines) {
        for (const tag of objectsOf(line)) {
          const life = lives.get(tag) ?? { isCreated: false, isDestroyed: false };
          if (line.class === classes.tag) {
            life.isCreated ||= line.kind === kinds.created;
            life.isDestroyed ||= line.kind === kinds.destroyed;
          }
          lives.set(tag, life);
        }
      }
      const onlyCounts = lives.size > 0 && lines.every(line => line.class !== classes.tag);
      return { ...sortLives(lives, isExact), onlyCounts };
    },
  };
}

function foldSettings(): Folding {
  return {
    objectsOf: () => ['singleton'],
    summarize: lines => ({ created: [], updated: lines.length > 0 ? ['singleton'] : [], destroyed: [] }),
  };
}
