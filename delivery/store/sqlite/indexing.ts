import type { News } from './threads/protocol.ts';

/** Decides when the search files of accounts with news are brought up to date. */
export interface Indexing {
  note(news: readonly News[]): void;
  stop(): void;
}

/** Steps of an account's log (a new email takes two) that are worth opening its search file at once. */
const worthwhile = 128;
/** What is less waits this long. */
const waitMilliseconds = 30_000;

/**
 * Hands accounts with new or changed emails to `index`: often enough that little is left to a search, which brings the
 * index up to date itself before it answers, and seldom enough that under load many emails share one opening of a
 * file and one step of its index.
 */
export function openIndexing(index: (accountIds: readonly string[]) => Promise<unknown>): Indexing {
  /** Email state of each waiting account when it was last told. */
  const waiting = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;
  const send = (accountIds: readonly string[]): void => {
    for (const id of accountIds) waiting.delete(id);
    // An index that stays behind is brought up to date by the next search.
    index(accountIds).catch(() => undefined);
  };
  const sendAll = (): void => {
    timer = null;
    send([...waiting.keys()]);
  };
  return {
    note: news => {
      const ready: string[] = [];
      for (const [accountId, { Email }] of news) {
        if (Email === undefined) continue;
        const since = waiting.get(accountId) ?? Number(Email);
        waiting.set(accountId, since);
        if (Number(Email) - since >= worthwhile) ready.push(accountId);
      }
      if (ready.length > 0) send(ready);
      if (waiting.size > 0) timer ??= setTimeout(sendAll, waitMilliseconds).unref();
    },
    stop: () => {
      if (timer) clearTimeout(timer);
    },
  };
}
