import type { Page, Request } from 'playwright-core';
import { poll } from './poll.ts';

/**
 * Follows what a page asks for; the result waits until nothing of it is under way. Firefox's driver counts the stream of
 * events, too, so that its `networkidle` never comes.
 */
export function watchRequests(page: Page): () => Promise<void> {
  const waiting = new Set<Request>();
  page.on('request', request => request.url().includes('/eventsource') || waiting.add(request));
  for (const end of ['requestfinished', 'requestfailed'] as const)
    page.on(end as 'requestfinished', request => waiting.delete(request));
  return async () => {
    await poll('a quiet network', () => (waiting.size === 0 ? true : undefined));
  };
}
