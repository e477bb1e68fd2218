import { afterConfirmation } from './crypto/signatures.ts';
import { unseenSession } from './delivery.ts';
import { parseMessage } from './message/message.ts';
import type { Message } from './message/shape.ts';
import { messageSources, renewedFacts } from './privacy/collect.ts';
import { keptIndex } from './privacy/index.ts';
import { participantsOf } from './privacy/participants.ts';
import { changeUndisturbed, checkUndisturbed } from './store/change-undisturbed.ts';
import type { Email, EmailChange, Owner, PublicKey, Store } from './store/store.ts';

/** A key that the owner has confirmed. */
export type ConfirmedKey = Pick<PublicKey, 'address' | 'fingerprint'>;

/** Participants that are looked up among the contacts, and among the addresses that lead here. */
const maxLookedUp = 500;
const maxResolved = 20;

/**
 * Indexes one message anew after an event on it: its owner has added a contact from it or confirmed its signer's key.
 * Who takes part is judged by the contacts of today (PRIVACY-INDEX.md, "Message"). False when the message is gone.
 */
export async function renewIndex(
  owner: Owner,
  emailId: string,
  { store }: { store: Store },
  confirmed: ConfirmedKey | null = null,
): Promise<boolean> {
  const accountId = owner.account.id;
  const [email] = await store.getEmails(accountId, [emailId]);
  const octets = await store.getOctets(accountId, emailId);
  if (!email || !octets) return false;
  const message = parseMessage(octets.subarray(email.findings.traceOctets));
  const [discussion] = await store.getDiscussions(accountId, [email.discussionKey]);
  const participants = discussion?.participants ?? [];
  const ownAddresses = await addressesOf(owner, message, participants, { store });
  const { others } = participantsOf(message, participants, ownAddresses);
  const contacts = await store.findContacts(accountId, others.slice(0, maxLookedUp));
  const known = { message, participants, ownAddresses, contacts };
  await change(accountId, [email], { store }, current => {
    const { facts, session } = current.findings;
    const decrypt = confirmedFindings(current, confirmed);
    return changeOf(current, {
      decrypt,
      facts: renewedFacts(facts, { ...known, session: session ?? unseenSession, decrypt }),
    });
  });
  return true;
}

/** Of these messages, those that the key has signed get the index that its confirmation gives them. */
export async function renewSigned(
  accountId: string,
  emails: readonly Email[],
  confirmed: ConfirmedKey,
  { store }: { store: Store },
): Promise<void> {
  await change(accountId, emails, { store }, email => {
    const decrypt = afterConfirmation(email.findings.decrypt, confirmed);
    if (!decrypt) return null;
    return changeOf(email, { decrypt, facts: { ...email.findings.facts, signature: decrypt.signature } });
  });
}

async function change(
  accountId: string,
  emails: readonly Email[],
  { store }: { store: Store },
  changed: (email: Email) => EmailChange | null,
): Promise<void> {
  const tried = await changeUndisturbed(accountId, emails, {
    changeOf: async email => changed(email),
    store,
  });
  checkUndisturbed(tried);
}

function confirmedFindings(
  { findings: { decrypt } }: Email,
  confirmed: ConfirmedKey | null,
): Email['findings']['decrypt'] {
  return (confirmed && afterConfirmation(decrypt, confirmed)) ?? decrypt;
}

function changeOf(
  { id, findings, index }: Email,
  { decrypt, facts }: Pick<Email['findings'], 'decrypt' | 'facts'>,
): EmailChange {
  const sources = index?.sources ?? messageSources({ session: findings.session ?? unseenSession });
  return {
    ...{ emailId: id, findings: { ...findings, decrypt }, ifFindings: findings },
    index: { facts, index: keptIndex('message', facts, sources) },
  };
}

/** The owner's addresses, and those among the participants that lead to the owner by a catch-all. */
async function addressesOf(
  { account, addresses }: Owner,
  message: Message,
  participants: readonly string[],
  { store }: { store: Store },
): Promise<string[]> {
  const { others } = participantsOf(message, participants, addresses);
  const foreign = others.slice(0, maxResolved).map(name => name.replace(/^email:/, ''));
  const resolved = await Promise.all(foreign.map(address => store.resolveAddress(address)));
  return [...addresses, ...foreign.filter((_address, at) => resolved[at]?.accountId === account.id)];
}
