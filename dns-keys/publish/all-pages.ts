import type { Page, PageRequest } from '../../delivery/store/store.ts';

/** Walks all pages of a list. */
export async function* allPages<T>(read: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<T> {
  let after: string | null = null;
  do {
    const page: Page<T> = await read({ after, limit: 500 });
    yield* page.items;
    after = page.next;
  } while (after !== null);
}
