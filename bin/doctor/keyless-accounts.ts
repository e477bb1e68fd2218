import type { Parts } from '../../delivery/open.ts';
import { canSealFor } from '../../delivery/recipients.ts';
import { allPages } from '../../delivery/store/all-pages.ts';
import type { Finding } from '../doctor.ts';

/** So many are named; what to do is the same for all. */
const mostNamed = 5;

/** The accounts of a domain whose mail is deferred because nothing can be encrypted to them; nothing when there are none. */
export async function keylessFindings(domain: string, { store }: Pick<Parts, 'store'>): Promise<Finding[]> {
  const keyless: string[] = [];
  for await (const { id, address, custody, state } of allPages(page =>
    store.listAccounts({ ...page, domain }),
  )) {
    if (custody !== 'client' || state !== 'open') continue;
    if (!(await canSealFor({ accountId: id, address }, store))) keyless.push(address);
  }
  if (keyless.length === 0) return [];
  const others = keyless.length > mostNamed ? ` and ${keyless.length - mostNamed} more` : '';
  const detail = `mail for ${keyless.slice(0, mostNamed).join(', ')}${others} is deferred (452): custody is client, and there is no key of theirs to encrypt to`;
  const todo = `caliopen keys import FILE --account ${keyless[0]} with the public key`;
  return [{ check: 'account keys', status: 'warn', detail, todo }];
}
