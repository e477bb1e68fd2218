import type {
  Discussion,
  DiscussionQueryResponse,
  Email,
  EmailAddress,
  Invocation,
  Mailbox,
  ResultReference,
} from '../wire.ts';
import type { Client } from './client.ts';
import { type EmailPatch, updateOf } from './email-patch.ts';
import type { RowPage } from './list-rows.ts';
import { allId, type ListFilter } from './route.ts';
import type { From } from './row-loader.ts';

/** What a row of a list needs of a message. */
export const rowProperties = [
  'id',
  'threadId',
  'discussionId',
  'mailboxIds',
  'keywords',
  'from',
  'to',
  'subject',
  'preview',
  'receivedAt',
  'sentAt',
  'hasAttachment',
  'privacyBrief',
] as const;

/** What an opened message needs on top of that. */
const messageProperties = [
  ...rowProperties,
  'blobId',
  'size',
  'cc',
  'replyTo',
  'messageId',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
  'privacy',
  'tagReasons',
  'importance',
  'importanceReasons',
] as const;

export type EmailRow = Pick<Email, (typeof rowProperties)[number]>;
export type FullEmail = Pick<Email, (typeof messageProperties)[number]>;

/** A discussion with its last message. */
export interface TimelineRow {
  readonly discussion: Discussion;
  readonly last: EmailRow;
}

export type TimelinePage = RowPage<TimelineRow>;

const discussionPageSize = 15;
const maxBodyValueBytes = 1_000_000;

/** Names the account and the client that a question goes to. */
export interface Asking {
  readonly client: Client;
  readonly accountId: string;
}

const path = (resultOf: string, name: string, at: string): ResultReference => ({ resultOf, name, path: at });

/** The call for all tags of the account. */
export function tagsCall(accountId: string): Invocation {
  return ['Mailbox/get', { accountId, ids: null, properties: tagProperties }, 'tags'];
}

/** The colour is told only to who asks for it. */
const tagProperties = [
  ...['id', 'name', 'parentId', 'role', 'sortOrder', 'totalEmails', 'unreadEmails', 'totalThreads'],
  ...['unreadThreads', 'myRights', 'isSubscribed', 'colour'],
];

/** All tags of the account, in order. */
export async function loadTags({ client, accountId }: Asking): Promise<readonly Mailbox[]> {
  return readTags(await client.call([tagsCall(accountId)]));
}

type Answers = Readonly<Record<string, Record<string, unknown>>>;

/** The tags in these answers. */
export function readTags({ tags }: Answers): readonly Mailbox[] {
  return (tags?.list ?? []) as readonly Mailbox[];
}

/** Which discussions of which list, and from where on. */
export interface TimelineQuestion {
  readonly list: { readonly kind: 'tag' | 'contact'; readonly id: string };
  readonly filter: ListFilter;
  readonly from: From;
  readonly limit: number;
}

/** A page of discussions, newest first. */
export async function loadTimeline(asking: Asking, question: TimelineQuestion): Promise<TimelinePage> {
  return readTimeline(await asking.client.call(timelineCalls(asking.accountId, question)));
}

/** The calls whose answers `readTimeline` reads. */
export function timelineCalls(accountId: string, question: TimelineQuestion): readonly Invocation[] {
  const { list, filter, from, limit } = question;
  const { isUnread, level, tagId: tag, minImportance } = filter;
  const scope =
    list.kind === 'contact' ? { contactId: list.id } : list.id === allId ? {} : { inMailbox: list.id };
  const start = 'anchor' in from ? { anchor: from.anchor, anchorOffset: from.offset } : from;
  return [
    [
      'Discussion/query',
      {
        accountId,
        filter: { ...scope, isUnread, level, tag, minImportance },
        ...start,
        limit,
        calculateTotal: true,
      },
      'query',
    ],
    ['Discussion/get', { accountId, '#ids': path('query', 'Discussion/query', '/ids') }, 'get'],
    [
      'Email/get',
      { accountId, properties: rowProperties, '#ids': path('query', 'Discussion/query', '/lastEmailIds') },
      'emails',
    ],
  ];
}

/** The page in these answers. */
export function readTimeline(answers: Answers): TimelinePage {
  const discussions = byId((answers.get?.list ?? []) as readonly Discussion[]);
  const emails = byId((answers.emails?.list ?? []) as readonly EmailRow[]);
  const {
    ids = [],
    lastEmailIds = [],
    position,
    total = null,
    next,
  } = (answers.query ?? {}) as Partial<DiscussionQueryResponse>;
  const rows = ids.flatMap((id, place) => {
    const discussion = discussions.get(id);
    const last = emails.get(lastEmailIds[place] ?? '');
    return discussion && last ? [{ discussion, last }] : [];
  });
  return { rows, position: position ?? 0, total, hasMore: typeof next === 'string' };
}

export interface EmailPage {
  readonly emails: readonly EmailRow[];
  readonly total: number | null;
  readonly hasMore: boolean;
}

/** Of a search that ends with a bare word, that word is a beginning: `teapot` finds teapots. */
export function asPrefix(text: string): string {
  const last = /(?:^|\s)-?(?:(?:from|to|cc|subject|body):)?[\p{L}\p{N}]+$/iu.exec(text);
  return last ? `${text}*` : text;
}

/** Conditions of Email/query for what a list is narrowed to; importance is none of them. */
export function narrowing({ isUnread, level, tagId }: ListFilter): object[] {
  return [
    ...(isUnread ? [{ notKeyword: '$seen' }] : []),
    ...(level ? [{ level }] : []),
    ...(tagId ? [{ inMailbox: tagId }] : []),
  ];
}

export interface DiscussionPage extends EmailPage {
  readonly discussion: Discussion | null;
  /** The message that was asked for, when it is older than this page. */
  readonly wanted: EmailRow | null;
}

/** The discussion itself and a page of its messages, newest first. */
export async function loadDiscussion(
  asking: Asking,
  question: { readonly discussionId: string; readonly emailId: string | null; readonly position: number },
): Promise<DiscussionPage> {
  const { accountId } = asking;
  const ids = question.emailId ? [question.emailId] : [];
  const others: readonly Invocation[] = [
    ['Discussion/get', { accountId, ids: [question.discussionId] }, 'discussion'],
    ['Email/get', { accountId, properties: rowProperties, ids }, 'wanted'],
  ];
  const window = { position: question.position, limit: discussionPageSize };
  const { answers, page } = await queryWith(asking, { discussion: question.discussionId }, window, others);
  const [wanted] = (answers.wanted?.list ?? []) as readonly EmailRow[];
  return {
    ...page,
    discussion: ((answers.discussion?.list ?? []) as readonly Discussion[])[0] ?? null,
    wanted: wanted && !page.emails.some(email => email.id === wanted.id) ? wanted : null,
  };
}

/** A message in full, null when it is gone. */
export async function loadMessage({ client, accountId }: Asking, emailId: string): Promise<FullEmail | null> {
  const answers = await client.call([
    [
      'Email/get',
      {
        accountId,
        ids: [emailId],
        properties: messageProperties,
        fetchTextBodyValues: true,
        fetchHTMLBodyValues: true,
        maxBodyValueBytes,
      },
      'email',
    ],
  ]);
  return ((answers.email?.list ?? []) as readonly FullEmail[])[0] ?? null;
}

type Window = { readonly position: number; readonly limit: number };

/** One page of messages, newest first. */
export async function queryEmails(asking: Asking, filter: object, window: Window): Promise<EmailPage> {
  return (await queryWith(asking, filter, window, [])).page;
}

async function queryWith(
  { client, accountId }: Asking,
  filter: object,
  window: Window,
  others: readonly Invocation[],
): Promise<{ answers: Record<string, Record<string, unknown>>; page: EmailPage }> {
  const sort = [{ property: 'receivedAt', isAscending: false }];
  const answers = await client.call([
    ['Email/query', { accountId, filter, sort, ...window, calculateTotal: true }, 'query'],
    [
      'Email/get',
      { accountId, properties: rowProperties, '#ids': path('query', 'Email/query', '/ids') },
      'emails',
    ],
    ...others,
  ]);
  const ids = (answers.query?.ids ?? []) as readonly string[];
  const found = byId((answers.emails?.list ?? []) as readonly EmailRow[]);
  const emails = ids.flatMap(id => found.get(id) ?? []);
  const total = (answers.query?.total ?? null) as number | null;
  const hasMore = total === null ? ids.length === window.limit : window.position + ids.length < total;
  return { answers, page: { emails, total, hasMore } };
}

/** Applies a patch to one message; throws when the server refuses it. */
export async function changeEmail(
  { client, accountId }: Asking,
  emailId: string,
  patch: EmailPatch,
): Promise<void> {
  const update = { [emailId]: updateOf(patch) };
  const answers = await client.call([['Email/set', { accountId, update }, 'set']]);
  const refused = (answers.set?.notUpdated ?? {}) as Record<string, { type: string }>;
  if (refused[emailId]) throw new Error(refused[emailId].type);
}

function byId<T extends { readonly id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map(item => [item.id, item]));
}

/** An address as a person of `nameOf`. */
export function personOf(address: EmailAddress): { name: string | null; address: string } {
  return { name: address.name, address: address.email };
}
