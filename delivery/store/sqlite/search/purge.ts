import type { Database } from '../database.ts';
import { indexes, readState, writeState } from './file.ts';

/** Pages of each index that one step rewrites: both are about 10 ms of work. */
const pagesAtOnce = 100;
/** Rewriting takes about 20 microseconds for each email of the account: this keeps it below half a percent of the time. */
const restMillisecondsPerEmail = 5;

/** What is left to do: nothing, another step at once, or one after that many milliseconds. */
export type Rest = 'nothing' | 'step' | number;

/**
 * One step of rewriting the indexes without the words of emails that were taken out. FTS5 only marks them at first
 * (contentless-delete tables); a rewrite drops them and `secure_delete` overwrites what it frees. A big file that was
 * rewritten a short time ago waits.
 */
export function purgeSome(search: Database, emails: number, now: number): Rest {
  const { removed, rewriting, purged } = readState(search);
  if (rewriting === 0) {
    if (removed === 0) return 'nothing';
    const wait = Math.min(
      emails * restMillisecondsPerEmail,
      purged + emails * restMillisecondsPerEmail - now,
    );
    if (wait > 0) return wait;
  }
  return search.write(() => {
    const state = readState(search);
    const pages = state.rewriting === 0 ? -pagesAtOnce : pagesAtOnce;
    const isLeft = indexes.map(index => merge(search, index, pages)).includes(true);
    const begun = state.rewriting === 0 ? { removed: 0, purged: now } : {};
    writeState(search, { ...state, ...begun, rewriting: isLeft ? 1 : 0 });
    return isLeft ? 'step' : 'nothing';
  });
}

/** False when there was nothing left to merge (https://sqlite.org/fts5.html, "The 'merge' Command"). */
function merge(search: Database, index: (typeof indexes)[number], pages: number): boolean {
  const changes = (): number => search.get<{ n: number }>('select total_changes() n')?.n ?? 0;
  const before = changes();
  search.run(`insert into ${index}(${index}, rank) values ('merge', ?)`, pages);
  return changes() - before >= 2;
}
