import { normalizeAddress } from './message/address.ts';
import type { PipelineDeps } from './pipeline.ts';
import type { OwnerEvidence } from './spam/rules.ts';
import type { OwnerWork } from './stage-table.ts';

/** Contacts that a stranger's name and domain are compared with, at most: the first ones, one request. */
const maxContacts = 250;

/**
 * Whom an owner knows, for the rules about imitation. The context holds only the contacts that a message names by their
 * address; a stranger who imitates one does not, so for a stranger's message they are read.
 */
export async function ownerEvidence(
  owner: OwnerWork,
  { store }: Pick<PipelineDeps, 'store'>,
): Promise<OwnerEvidence> {
  const { account, addresses: ownAddresses, context, summary } = owner;
  const [author] = summary.originators.from;
  const address = author && `email:${normalizeAddress(author.address)}`;
  const isStranger =
    address !== undefined && !context.contacts.some(({ addresses }) => addresses.includes(address));
  if (!isStranger || !account || !store) return { contacts: context.contacts, ownAddresses };
  const { items } = await store.listContacts(account.id, { limit: maxContacts });
  return { contacts: [...context.contacts, ...items], ownAddresses };
}
