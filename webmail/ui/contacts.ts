import type { Discussion, KeyConfirmation, Participant } from '../wire.ts';
import type { Asking } from './mail.ts';

/** Those who take part in a discussion and are no contact yet; a mailing list can't be one. */
export async function loadStrangers(
  { client, accountId }: Asking,
  discussionId: string,
): Promise<readonly Participant[]> {
  const answers = await client.call([['Discussion/get', { accountId, ids: [discussionId] }, 'get']]);
  const [discussion] = (answers.get?.list ?? []) as readonly Discussion[];
  return (discussion?.participants ?? []).filter(
    ({ protocol, contactId }) => protocol === 'email' && contactId === null,
  );
}

/** Makes a contact of somebody who takes part in this message, and has the message indexed anew. */
export async function addContact(
  { client, accountId }: Asking,
  { name, address }: Pick<Participant, 'name' | 'address'>,
  emailId: string,
): Promise<void> {
  const card = { ...(name ? { name: { full: name } } : {}), emails: { e1: { address } } };
  const answers = await client.call([
    ['ContactCard/set', { accountId, create: { card } }, 'set'],
    ['Privacy/renew', { accountId, emailId }, 'renew'],
  ]);
  if (!answers.set?.created) throw new Error('the contact was not made');
}

/** Tells that the owner has compared this fingerprint with the person. */
export async function confirmKey(
  { client, accountId }: Asking,
  key: Omit<KeyConfirmation, 'accountId'>,
): Promise<void> {
  await client.call([['PublicKey/confirm', { accountId, ...key }, 'confirm']]);
}

/** A fingerprint in groups of four, as it is read out. */
export function spaced(fingerprint: string): string {
  return fingerprint.toUpperCase().replace(/.{4}(?=.)/g, '$& ');
}
