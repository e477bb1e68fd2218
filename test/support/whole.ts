import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import type { Parts } from '../../delivery/open.ts';
import type { ChangeType, EmailQuery, Store } from '../../delivery/store/store.ts';
import { poll } from './poll.ts';
import { behindTrace } from './stored.ts';

/** A word that each message of a test has in its subject, for the search. */
export const commonWord = 'steadfast';

/**
 * Asserts that an account holds these messages, each once and octet for octet, that lists, counts, changes and search
 * say so, and that the store finds no fault in itself.
 */
export async function assertWhole(
  { store }: Pick<Parts, 'store'>,
  address: string,
  messages: readonly string[],
): Promise<void> {
  const account = await store.getAccountByAddress(address);
  assert.ok(account, address);
  const { id } = account;
  const ids = await listAll(store, id, null);
  assert.equal(new Set(ids).size, ids.length, 'no email is listed twice');
  const digests = await Promise.all(ids.map(async emailId => digestOf(await octetsOf(store, id, emailId))));
  assert.deepEqual(digests.sort(), messages.map(digestOf).sort(), `what ${address} holds`);
  const tags = await store.listTags(id);
  const total = { totalEmails: 0, unreadEmails: 0 };
  for (const { totalEmails, unreadEmails } of tags) {
    total.totalEmails += totalEmails;
    total.unreadEmails += unreadEmails;
  }
  assert.deepEqual(total, { totalEmails: ids.length, unreadEmails: ids.length });
  // Twice rather than never.
  assert.deepEqual(new Set(await createdSince(store, id, 'Email')), new Set(ids));
  await poll('the search to find every message', async () => {
    const found = await listAll(store, id, {
      search: { field: 'subject', words: [commonWord], prefix: false },
    });
    return found.length === ids.length ? true : undefined;
  });
  assert.deepEqual(await Array.fromAsync(store.verify({ accountId: id })), []);
}

/** A message with the common word, that differs from every other one by its `name`. Lines end with CRLF. */
export function madeMessage(name: string, text: string): string {
  return [
    'From: Demo <demo@example.net>',
    `Subject: ${commonWord} ${name}`,
    `Message-ID: <${name}@example.net>`,
    'Date: Mon, 2 Mar 2026 12:00:00 +0000',
    '',
    ...(text.match(/.{1,76}/g) ?? []),
    '',
  ].join('\r\n');
}

async function octetsOf(store: Store, accountId: string, emailId: string): Promise<string> {
  const octets = await store.getOctets(accountId, emailId);
  assert.ok(octets, `the octets of ${emailId}`);
  return behindTrace(Buffer.from(octets).toString('latin1'));
}

function digestOf(message: string): string {
  return `${/^Subject: ([^\r]*)/m.exec(message)?.[1]} ${hash('sha256', message)}`;
}

/** Ids of all pages. */
export async function listAll(
  store: Store,
  accountId: string,
  filter: EmailQuery['filter'],
): Promise<string[]> {
  const ids: string[] = [];
  const sort = [{ key: 'receivedAt', ascending: false }] as const;
  for (let after: string | null = null; ; ) {
    const page = await store.queryEmails(accountId, { filter, sort, limit: 100, after });
    ids.push(...page.rows.map(row => row.id));
    after = page.next;
    if (after === null) return ids;
  }
}

async function createdSince(store: Store, accountId: string, type: ChangeType): Promise<string[]> {
  const ids: string[] = [];
  for (let state = '0'; ; ) {
    const { created, newState, hasMore } = await store.getChanges(accountId, type, state, 100);
    ids.push(...created);
    state = newState;
    if (!hasMore) return ids;
  }
}
