import { capabilities, type Invocation, type JmapRequest } from '../wire.ts';

/** What the webmail's own page asks first of the account when it shows the inbox; a test holds it against the page's. */
export function firstRequest(accountId: string): JmapRequest {
  return { using: Object.values(capabilities), methodCalls: [tagsCall(accountId), ...inboxCalls(accountId)] };
}

const tagProperties = [
  ...['id', 'name', 'parentId', 'role', 'sortOrder', 'totalEmails', 'unreadEmails', 'totalThreads'],
  ...['unreadThreads', 'myRights', 'isSubscribed', 'colour'],
];

const rowProperties = [
  ...['id', 'threadId', 'discussionId', 'mailboxIds', 'keywords', 'from', 'to', 'subject', 'preview'],
  ...['receivedAt', 'sentAt', 'hasAttachment', 'privacyBrief'],
];

const pageSize = 40;

function tagsCall(accountId: string): Invocation {
  return ['Mailbox/get', { accountId, ids: null, properties: tagProperties }, 'tags'];
}

function inboxCalls(accountId: string): Invocation[] {
  const found = (path: string) => ({ resultOf: 'query', name: 'Discussion/query', path });
  const window = { position: 0, limit: pageSize, calculateTotal: true };
  return [
    ['Discussion/query', { accountId, filter: { inMailbox: 'inbox' }, ...window }, 'query'],
    ['Discussion/get', { accountId, '#ids': found('/ids') }, 'get'],
    ['Email/get', { accountId, properties: rowProperties, '#ids': found('/lastEmailIds') }, 'emails'],
  ];
}
