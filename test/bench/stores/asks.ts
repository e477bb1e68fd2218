import type { EmailFilter, SearchTerm } from '../../../delivery/store/query.ts';
import type { EmailQuery, Store } from '../../../delivery/store/store.ts';
import type { Random } from '../../support/random.ts';

/** What a reader asks of a mailbox; gives how much was found, `+` when there is more. */
export type Ask = (mailbox: AskedMailbox, round: number) => Promise<string>;

/** The mailbox that is asked. */
export interface AskedMailbox {
  readonly store: Store;
  readonly accountId: string;
  /** Emails in it. */
  readonly total: number;
  /** How often each ask is put to it. */
  readonly repeats: number;
  /** The state of emails, 500 emails ago. */
  readonly oldState: string;
}

const vocabulary = Array.from(
  { length: 20_000 },
  (_unused, n) => `w${((n * 2654435761) >>> 0).toString(36)}${n % 7}`,
);

/** Words with natural frequencies: the n-th most frequent about 1/n as often as the first. */
export function words(count: number, random: Random): string {
  const share = (): number => random.below(2 ** 30) / 2 ** 30;
  const pick = (): string => vocabulary[Math.floor(vocabulary.length ** share()) - 1] ?? 'common';
  return Array.from({ length: count }, pick).join(' ');
}

function term(word: string, more: Partial<SearchTerm> = {}): EmailFilter {
  return { search: { field: 'any', words: word.split(' '), prefix: false, ...more } };
}

function query(filter: EmailFilter | null, more: Partial<EmailQuery> = {}): Ask {
  return async ({ store, accountId }) => {
    const sort = [{ key: 'receivedAt', ascending: false }] as const;
    const asked = { filter, sort, limit: 50, ...more };
    const { rows, total, incomplete } = await store.queryEmails(accountId, asked);
    return `${total ?? rows.length}${incomplete ? '+' : ''}`;
  };
}

/** Pages from all over the mailbox, one after the other. */
function byPosition(filter: EmailFilter | null): Ask {
  return (mailbox, round) => {
    const skip = Math.floor((mailbox.total * round) / mailbox.repeats);
    return query(filter, { skip })(mailbox, round);
  };
}

const inSmallTag: Ask = async (mailbox, round) => {
  const tag = (await mailbox.store.listTags(mailbox.accountId)).find(({ name }) => name === 'tag 5');
  return query({ all: [{ tag: tag?.id ?? '' }, term(second)] })(mailbox, round);
};

const year = 365 * 86_400_000;
/** When the mailbox begins. */
export const start = Date.UTC(2021, 0, 1);
const [first = '', second = '', third = ''] = vocabulary;
const rare = vocabulary.at(-5) ?? '';

/** A word that few emails have. */
export const askRare = query(term(rare));

/** The whole of what a list of results shows at first. */
const counted = { limit: 40, calculateTotal: true } as const;
const withoutSecond: EmailFilter = { none: [term(second)] };

/** What people type into a search field, each with its total. */
const searchAsks: Readonly<Record<string, Ask>> = {
  'search: word': query(term(first), counted),
  'search: word left out': query({ all: [term(first), withoutSecond] }, counted),
  'search: nothing but a word left out': query(withoutSecond, counted),
  'search: word with attachment': query({ all: [term(first), { hasAttachment: true }] }, counted),
  'search: unread word': query({ all: [term(first), { noKeyword: '$seen' }] }, counted),
  'search: word of a level': query({ all: [term(first), { level: 'B' }] }, counted),
  'search: word in the inbox': query({ all: [term(first), { tag: 'inbox' }] }, counted),
  'search: word before a day': query({ all: [term(first), { before: new Date(start + year) }] }, counted),
  'search: big message with a word': query({ all: [term(first), { minSizeOctets: 1000 }] }, counted),
  'search: word or attachment': query({ any: [term(first), { hasAttachment: true }] }, counted),
  'search: many conditions': query(
    {
      all: [
        ...[term(first), withoutSecond, { after: new Date(start + year) }, { keyword: '$seen' }],
        ...[{ hasAttachment: false }, { none: [term(third, { field: 'subject' })] }],
      ],
    },
    counted,
  ),
  'search: threads of a word': query(term(first), { ...counted, collapseThreads: true }),
};

/** All asks, by name. */
export const asks: Readonly<Record<string, Ask>> = {
  ...searchAsks,
  tags: async ({ store, accountId }) => String((await store.listTags(accountId)).length),
  'first page': query(null),
  'page by position': byPosition(null),
  'tag page': query({ tag: 'inbox' }, { calculateTotal: true }),
  'tag page by position': byPosition({ tag: 'inbox' }),
  unread: query({ all: [{ tag: 'inbox' }, { noKeyword: '$seen' }] }),
  'discussion list': async ({ store, accountId }) =>
    String((await store.listDiscussions(accountId, { limit: 50 })).items.length),
  'threads of a tag': query({ tag: 'inbox' }, { collapseThreads: true }),
  'most frequent word': query(term(first)),
  'rare word': askRare,
  AND: query({ all: [term(first), term(second)] }),
  phrase: query(term(`${second} ${third}`)),
  'word in a small tag': inSmallTag,
  prefix: query(term(first.slice(0, 3), { prefix: true })),
  'total of a word': query(term(first), { calculateTotal: true }),
  'header name': query({ fieldName: 'X-Rare' }),
  'header whole word': query({ fieldName: 'Message-ID', contains: '<777.letter@host777.example.net>' }),
  'header piece of a word': query(
    { fieldName: 'Message-ID', contains: '777.letter@' },
    { calculateTotal: true },
  ),
  'header of a trace field': query({ fieldName: 'Received', contains: 'x96.example' }),
  'sorted by size': query({ tag: 'inbox' }, { sort: [{ key: 'size', ascending: false }] }),
  state: async ({ store, accountId }) => `${(await store.getState(accountId, 'Email')).length} characters`,
  changes: async ({ store, accountId, oldState }) =>
    String((await store.getChanges(accountId, 'Email', oldState, 500)).created.length),
};
