import { maxPage } from './page.ts';
import type { Page } from './store.ts';

/** Walks all pages of a list, each as large as may be. */
export async function* allPages<T>(
  read: (page: { after: string | null; limit: number }) => Promise<Page<T>>,
): AsyncGenerator<T> {
  let after: string | null = null;
  do {
    const page: Page<T> = await read({ after, limit: maxPage });
    yield* page.items;
    after = page.next;
  } while (after !== null);
}
