import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emailQuery } from '../../../webmail/api/jmap/email-query.ts';
import type { MethodContext } from '../../../webmail/api/jmap/method.ts';
import { capabilities } from '../../../webmail/wire.ts';

/** A context whose search index is still being made; nothing else of it is asked for. */
function contextUsing(...using: string[]): MethodContext {
  const result = { rows: [], position: 0, total: 0, next: null, behind: true, incomplete: true };
  const store = { getState: async () => '1', queryEmails: async () => result };
  return { store, account: { id: 'A' }, using: new Set(using) } as unknown as MethodContext;
}

const args = { accountId: 'A', filter: { text: 'pear' } };

test('a search whose index is still being made says that mail may be missing', async () => {
  const response = await emailQuery(args, contextUsing(capabilities.mail, capabilities.privacy));
  assert.equal(response.incomplete, true);
});

test('who can’t be told so is asked to come again (RFC 8620 §3.6.2, serverUnavailable)', async () => {
  await assert.rejects(emailQuery(args, contextUsing(capabilities.mail)), { type: 'serverUnavailable' });
});
