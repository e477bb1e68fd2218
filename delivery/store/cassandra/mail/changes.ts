import { DeliveryError } from '../../../errors.ts';
import type { Changes, ChangeType } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { grouped } from '../directory/at-once.ts';
import type { Emails } from './emails.ts';
import {
  classes,
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
  windowStart,
  writeState,
} from './state.ts';
import { ToldLines } from './told-lines.ts';

/** Lines read for one answer at most; whoever is further behind reads everything anew, which costs less. */
const maxLines = 20_000;

/** Where an email's thread leads beyond this many, all tags count as changed. */
const maxThreads = 50;
/** Threads looked up at once. */
const threadsAtOnce = 100;

/** States and changes of accounts. */
export class ChangeReads {
  readonly #context: CassandraContext;
  readonly #emails: Emails;
  /** Ids of the account's tags, system tags included. */
  readonly #tagIds: (accountId: string) => Promise<string[]>;
  readonly #remembered = new ToldLines();

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
    const since = windowStart(newest, this.#context.clock.now().getTime());
    const lines = await linesSince(this.#context, accountId, { type, since, limit: maxLines });
    return this.#write(accountId, markOf(since, lines.map(lineName)), lines);
  }

  async #linesSince(accountId: string, type: ChangeType, { since }: StateMark): Promise<ReadLine[]> {
    const lines = await linesSince(this.#context, accountId, { type, since, limit: maxLines });
    if (lines.length < maxLines) return lines;
    throw cannotCalculate(type, 'too much has changed since');
  }

  #write(accountId: string, mark: StateMark, told: readonly ReadLine[]): string {
    const state = writeState(mark);
    if (mark.names === null) this.#remembered.keep(`${accountId} ${state}`, told.map(lineName));
    return state;
  }

  /** `Mail.getChanges`. */
  async getChanges(
    accountId: string,
    type: ChangeType,
    { since, limit }: { readonly since: string; readonly limit: number },
  ): Promise<Changes> {
    if (since === (await this.getState(accountId, type))) return nothingSince(since);
    const mark = await this.#requireState(accountId, type, since);
    const lines = await this.#linesSince(accountId, type, mark);
    const told = toldBy(mark, lines.map(lineName), this.#remembered.get(`${accountId} ${since}`));
    const fresh = lines.filter(line => !told.isTold(lineName(line)));
    const folded = await this.#fold(accountId, type, fresh);
    const cut = cutAt(fresh, folded.objectsOf, Math.max(1, limit));
    const toldNow = new Set(fresh.slice(0, cut).map(lineName));
    const known = lines.filter(line => toldNow.has(lineName(line)) || told.isTold(lineName(line)));
    const hasMore = cut < fresh.length;
    const last = fresh[cut - 1];
    const next = markAfter(mark, known.map(lineName), {
      cutAt: hasMore && last ? lineName(last) : null,
      now: this.#context.clock.now().getTime(),
    });
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
    throw cannotCalculate(type, 'the state is too old or unknown');
  }

  async #fold(accountId: string, type: ChangeType, fresh: readonly ReadLine[]): Promise<Folding> {
    if (fresh.length === 0) return foldByObject();
    if (type === 'Thread') return await this.#foldThreads(accountId, fresh);
    if (type === 'Mailbox') return await this.#foldTags(accountId, fresh);
    if (type === 'Settings') return foldSettings();
    return foldByObject();
  }

  async #foldThreads(accountId: string, fresh: readonly ReadLine[]): Promise<Folding> {
    const members = new Map<string, readonly { readonly id: string }[]>();
    // An answer holds a few of them at most.
    for (const some of grouped(threadsOf(fresh), threadsAtOnce))
      for (const [thread, rows] of await this.#emails.threadMembers(accountId, some))
        members.set(thread, rows);
    return foldThreads(members, fresh);
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

function lineName({ name }: ReadLine): string {
  return name;
}

function cannotCalculate(type: ChangeType, detail: string): DeliveryError {
  return new DeliveryError('badRequest', detail, { fields: { field: 'cannotCalculateChanges', type } });
}

function nothingSince(state: string): Changes {
  return { created: [], updated: [], destroyed: [], oldState: state, newState: state, hasMore: false };
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
function foldThreads(
  members: ReadonlyMap<string, readonly { readonly id: string }[]>,
  all: readonly ReadLine[],
): Folding {
  const created = new Set<string>();
  for (const { kind, object } of all) if (kind === kinds.created) created.add(object);
  return {
    objectsOf: line => (line.thread === null ? [] : [line.thread]),
    summarize: (lines, isExact) => {
      const hadOlder = new Set<string>();
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
