import type { types } from 'cassandra-driver';
import type { ZoneChange, ZoneChanges } from '../../store.ts';
import { changesWanted, toldMilliseconds } from '../../zone-change.ts';
import type { CassandraContext } from '../context.ts';
import { comparable } from '../mail/log.ts';
import {
  instantOf,
  markAfter,
  markOf,
  readState,
  type StateMark,
  toldBy,
  windowMilliseconds,
  windowStart,
  writeState,
} from '../mail/state.ts';
import { ToldLines } from '../mail/told-lines.ts';
import { bucketAt } from './zone-log.ts';

/** Lines read for one answer at most; whoever is further behind reads everything anew, which costs less. */
const maxLines = 50_000;

interface Line extends ZoneChange {
  /** Names it, and sorts by its instant. */
  readonly name: string;
}

/**
 * Changes of published keys and zones. A cursor is a state as that of mail (`mail/state.ts`): from where on the log is
 * read again, and what of it was told.
 */
export class ZoneChangeReads {
  readonly #context: CassandraContext;
  readonly #remembered = new ToldLines();

  constructor(context: CassandraContext) {
    this.#context = context;
  }

  /** `Zones.getZoneChanges`. */
  async getZoneChanges(since: string | null, limit: number): Promise<ZoneChanges> {
    // Before the log is read: what is written meanwhile carries a later instant than the next cursor goes back to.
    const now = this.#context.clock.now().getTime();
    const mark = since === null ? null : readState(since);
    const lines = mark && isWithin(mark, now) ? await this.#linesSince(mark.since, now) : null;
    if (mark === null || lines === null) {
      // All that may still appear is told, also what is there already.
      return { changes: [], next: writeState(markOf(windowStart(now, now), [])), isWhole: false };
    }
    const told = toldBy(mark, lines.map(nameOf), this.#remembered.get(since ?? ''));
    const fresh = lines.filter(({ name }) => !told.isTold(name));
    const shown = fresh.slice(0, changesWanted(limit));
    const toldNow = new Set(shown.map(nameOf));
    const known = lines.map(nameOf).filter(name => toldNow.has(name) || told.isTold(name));
    const last = shown.at(-1);
    const cutAt = shown.length < fresh.length && last ? last.name : null;
    const next = cutAt === null ? movedOn(mark, known, now) : markAfter(mark, known, { cutAt, now });
    return { changes: shown.map(toChange), next: this.#write(next, known), isWhole: true };
  }

  #write(mark: StateMark, known: readonly string[]): string {
    const text = writeState(mark);
    if (mark.names === null) this.#remembered.keep(text, known);
    return text;
  }

  /** Lines from an instant on, oldest first; null when they are too many. */
  async #linesSince(since: number, now: number): Promise<Line[] | null> {
    const first = bucketAt(since);
    const last = bucketAt(now + windowMilliseconds);
    const buckets = Array.from({ length: last - first + 1 }, (_unused, index) => first + index);
    const cql = 'select at, domain, local_part from zone_change where bucket in ? and at >= mintimeuuid(?)';
    const lines: Line[] = [];
    const pages = this.#context.session.pages<{
      at: types.TimeUuid;
      domain: string;
      local_part: string | null;
    }>(cql, [buckets, new Date(since)]);
    for await (const page of pages) {
      for (const { at, domain, local_part } of page)
        lines.push({ name: comparable(at), domain, localPart: local_part });
      if (lines.length > maxLines) return null;
    }
    return lines.sort((one, other) => (one.name < other.name ? -1 : 1));
  }
}

function isWithin({ since }: StateMark, now: number): boolean {
  return since >= now - toldMilliseconds && since <= now + windowMilliseconds;
}

/** The mark behind an answer that tells all: it goes back as far as lines may still appear. */
function movedOn(mark: StateMark, known: readonly string[], now: number): StateMark {
  const since = Math.max(mark.since, windowStart(now, now));
  return markOf(
    since,
    known.filter(name => instantOf(name) >= since),
  );
}

function nameOf({ name }: Line): string {
  return name;
}

function toChange({ domain, localPart }: Line): ZoneChange {
  return { domain, localPart };
}
