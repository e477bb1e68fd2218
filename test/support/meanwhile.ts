import type { TestContext } from 'node:test';
import type { Store } from '../../delivery/store/store.ts';

/**
 * The next change of that email's findings finds that its owner has set an importance of 9 since they were read: what
 * is written must leave it there.
 */
export function setImportanceMeanwhile(
  t: TestContext,
  store: Store,
  { accountId, emailId }: { readonly accountId: string; readonly emailId: string },
): void {
  const changeEmails = store.changeEmails.bind(store);
  let isSet = false;
  t.mock.method(store, 'changeEmails', async (...asked: Parameters<Store['changeEmails']>) => {
    if (!isSet && asked[1].some(change => change.emailId === emailId && change.findings)) {
      isSet = true;
      const [email] = await store.getEmails(accountId, [emailId]);
      if (!email) throw new Error(`${emailId} is gone`);
      const findings = { ...email.findings, importance: { value: 9, by: 'owner', reasons: [] } } as const;
      await changeEmails(accountId, [{ emailId, findings }]);
    }
    return await changeEmails(...asked);
  });
}
