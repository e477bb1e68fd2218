import { allPages } from './store/all-pages.ts';
import type { PublishedKey, Store } from './store/store.ts';

/** All that an account has published: at most one key of each kind for each of its addresses. */
export function publishedKeysOf(
  accountId: string,
  { store }: { readonly store: Pick<Store, 'listPublishedKeys'> },
): Promise<PublishedKey[]> {
  return Array.fromAsync(allPages(page => store.listPublishedKeys({ ...page, accountId })));
}

/** The address of a published key, as it is written in a list of addresses. */
export function addressOfPublished({
  localPart,
  domain,
}: Pick<PublishedKey, 'localPart' | 'domain'>): string {
  return writeAddress(localPart, domain);
}

/** RFC 5321 §4.1.2 with the UTF-8 of RFC 6531; anything else needs quotes. */
const dotString = /^[^\s\p{Cc}"(),:;<>@[\\\].]+(?:\.[^\s\p{Cc}"(),:;<>@[\\\].]+)*$/u;

/** An addr-spec of a local part without quotes, which are added where it needs them. */
export function writeAddress(localPart: string, domain: string): string {
  const written = dotString.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`;
  return `${written}@${domain}`;
}
