/** Where the person is: a list, and what is open beside it. It lives in the address behind the `#`. */
export interface Route {
  readonly list:
    | { readonly kind: 'tag'; readonly id: string }
    | { readonly kind: 'search'; readonly text: string };
  /** Open discussion. */
  readonly discussionId: string | null;
  /** Message to show first in it. */
  readonly emailId: string | null;
}

/** Stands for the inbox before the tags are known. */
export const inboxId = 'inbox';
/** Stands for every tag at once. */
export const allId = 'all';

const home: Route = { list: { kind: 'tag', id: inboxId }, discussionId: null, emailId: null };

/** Reads an address's fragment; anything unreadable leads to the inbox. */
export function parseRoute(fragment: string): Route {
  const [kind, subject, discussionId, emailId] = fragment
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  if (!subject || (kind !== 'tag' && kind !== 'search')) return home;
  return {
    list: kind === 'tag' ? { kind, id: subject } : { kind, text: subject },
    discussionId: discussionId || null,
    emailId: emailId || null,
  };
}

/** The fragment that `parseRoute` reads back. */
export function formatRoute({ list, discussionId, emailId }: Route): string {
  const subject = list.kind === 'tag' ? list.id : list.text;
  const parts = [list.kind, subject, ...(discussionId ? [discussionId] : []), ...(emailId ? [emailId] : [])];
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
