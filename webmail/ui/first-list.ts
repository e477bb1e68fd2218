import type { Mailbox } from '../wire.ts';
import type { Client } from './client.ts';
import { pageSize } from './list-rows.ts';
import { readTags, readTimeline, type TimelinePage, tagsCall, timelineCalls } from './mail.ts';
import { inboxId, type ListFilter, type Route } from './route.ts';

/** The list of discussions that is asked for together with the tags, before there is a view to show it. */
export interface FirstList {
  /** Asks for both as the page begins: those of the inbox have been fetched beside its scripts. */
  begin(accountId: string, route: Route): void;
  /** The tags that were asked for, once; asks where they weren't. */
  tags(accountId: string, route: Route): Promise<readonly Mailbox[]>;
  /** The state of all emails when they were asked for; null when they weren't. */
  state(): Promise<string | null>;
  /** The first page of this list if it was asked for; once. */
  take(key: string): Promise<TimelinePage> | null;
}

/** Names a list of discussions. */
export function timelineKey(
  accountId: string,
  list: { readonly kind: string; readonly id: string },
  filter: ListFilter,
): string {
  return JSON.stringify([accountId, list.kind, list.id, filter]);
}

/** A first list over this client. */
export function createFirstList(client: Client): FirstList {
  let tags: { readonly accountId: string; readonly answer: Promise<readonly Mailbox[]> } | null = null;
  let page: { readonly key: string; readonly answer: Promise<TimelinePage> } | null = null;

  let state: Promise<string | null> = Promise.resolve(null);

  function ask(accountId: string, { list, filter }: Route, isBeginning?: boolean): void {
    const isTimeline = list.kind === 'tag' || list.kind === 'contact';
    const calls = isTimeline
      ? timelineCalls(accountId, { list, filter, from: { position: 0 }, limit: pageSize })
      : [];
    const call = () => client.call([tagsCall(accountId), ...calls]);
    const key = isTimeline && timelineKey(accountId, list, filter);
    const isFetched = isBeginning && key === timelineKey(accountId, { kind: 'tag', id: inboxId }, {});
    // Somebody else may have signed in meanwhile.
    const answers = isFetched
      ? client.firstList().then(found => (found.query?.accountId === accountId ? found : call()), call)
      : call();
    state = answers.then(
      ({ query }) => (typeof query?.queryState === 'string' ? query.queryState : null),
      () => null,
    );
    tags = { accountId, answer: answers.then(readTags) };
    page = key ? { key, answer: answers.then(readTimeline) } : null;
    // Whoever takes an answer is told what went wrong; where nobody does, nobody need know.
    for (const taken of [tags, page]) taken?.answer.catch(() => undefined);
  }

  return {
    begin: (accountId, route) => ask(accountId, route, true),
    state: () => state,
    tags: (accountId, route) => {
      if (tags?.accountId !== accountId) ask(accountId, route);
      const answer = tags?.answer ?? Promise.resolve([]);
      tags = null;
      return answer;
    },
    take: key => {
      const answer = page?.key === key ? page.answer : null;
      page = null;
      return answer;
    },
  };
}
