import { keepGenerated } from '../../bin/keys/own-key.ts';
import { generateKey } from '../../delivery/crypto/keys.ts';
import { hashPassword } from '../../delivery/crypto/password.ts';
import type { Parts } from '../../delivery/open.ts';
import type { Account } from '../../delivery/store/store.ts';
import { hashSecret } from '../../webmail/api/secrets.ts';
import { encrypt, encryptedMessage, madeAt, makePerson } from '../support/openpgp-mail.ts';
import type { Kept } from './kept.ts';
import { arrivalOf, plainMessages, protectedPart, sealedMessages } from './messages.ts';

type Passwords = Pick<Kept, 'password' | 'passphrase' | 'appPassword'>;

/** Fills an empty store with people and all that they can have. */
export async function fill(parts: Parts, passwords: Passwords): Promise<void> {
  const { store } = parts;
  await store.addDomain('example.org');
  const passwordHash = await hashPassword(passwords.password);
  const ada = await store.addAccount({
    ...{ address: 'ada@example.org', displayName: 'Ada', passwordHash, quotaOctets: 50_000_000 },
    aliases: ['ada.l@example.org'],
  });
  const ben = await store.addAccount({ address: 'ben@example.org', custody: 'server', passwordHash });
  const cleo = await store.addAccount({ address: 'cleo@example.org', custody: 'client', passwordHash });
  await store.setCatchAll('example.org', ada.id);
  await store.grantRole(ben.id, 'domainAdmin', 'example.org');
  await fillPlain(ada, passwords, parts);
  await fillDecrypted(ben, parts);
  await fillSealed(cleo, passwords, parts);
}

async function deliver(octets: string, { address, id }: Account, parts: Parts): Promise<string> {
  const [outcome] = await parts.line().deliver(arrivalOf(octets, address, id, parts.clock.now()));
  if (outcome?.status !== 'stored') throw new Error(`${address}: ${JSON.stringify(outcome)}`);
  return outcome.emailId;
}

/** An account with all that its owner can make. */
async function fillPlain(ada: Account, passwords: Passwords, parts: Parts): Promise<void> {
  const { store } = parts;
  const garden = await store.putTag(ada.id, { name: 'Garden', colour: '#336633' });
  const pears = await store.putTag(ada.id, { name: 'Pears', parentId: garden.id });
  await store.putTagRules(ada.id, [
    { id: 'r1', subject: 'list', value: 'gardeners.lists.example.net', tagId: garden.id, skipInbox: true },
  ]);
  await store.putSettings(ada.id, { language: 'fr' });
  await store.putContact(ada.id, {
    ...{ name: 'Zoe', addresses: ['email:zoe@example.net'], index: null, facts: null },
    card: { '@type': 'Card', version: '1.0', name: { full: 'Zoe' } },
  });
  const zoe = await generateKey('zoe@example.net', undefined, madeAt);
  await store.putPublicKey(ada.id, {
    ...{ address: 'zoe@example.net', fingerprint: zoe.fingerprint, octets: zoe.publicKey },
    ...{ source: 'hand', state: 'usable', firstSeenAt: madeAt },
  });
  const hash = hashSecret('appPassword', passwords.appPassword, parts.keyring);
  await store.addSecret({ accountId: ada.id, kind: 'appPassword', hash, label: 'phone' });
  const ids: Record<string, string> = {};
  for (const [name, octets] of Object.entries(plainMessages)) ids[name] = await deliver(octets, ada, parts);
  await store.changeEmails(ada.id, [
    { emailId: ids.attached ?? '', tags: { add: [pears.id] }, keywords: { add: ['$seen', '$flagged'] } },
    { emailId: ids.reply ?? '', tags: { replace: true, add: [pears.id] }, keywords: { add: ['mine'] } },
  ]);
  await store.changeEmails(ada.id, [{ emailId: ids.reply ?? '', learned: new Uint8Array([1, 2, 3]) }]);
  await store.putAccountState(ada.id, 'kept:bytes', new Uint8Array(300_000).fill(7), null);
  await store.destroyEmails(ada.id, [ids.destroyed ?? '']);
  const entry = {
    at: parts.clock.now(),
    actor: 'operator',
    action: 'quotaChanged',
    detail: { quotaOctets: 1 },
  };
  await store.appendAudit(ada.id, entry);
  await publish(ada, parts);
}

/** Keys that the world finds, and the zone that they are in. */
async function publish({ id, address }: Account, { store, clock }: Parts): Promise<void> {
  const { fingerprint, publicKey } = await generateKey(address, undefined, madeAt);
  const common = { domain: 'example.org', accountId: id, state: 'usable', publishedAt: clock.now() } as const;
  const openpgp = { ...common, kind: 'openpgp', fingerprint, octets: publicKey } as const;
  for (const localPart of ['ada', 'ada.l']) await store.publishKey({ ...openpgp, localPart });
  const smime = { ...common, localPart: 'ada', kind: 'smime', fingerprint: '' } as const;
  await store.publishKey({ ...smime, octets: new Uint8Array([3, 1, 1, 7]) });
  await store.putZone('example.org', { mode: 'online' }, null);
}

async function fillDecrypted(ben: Account, parts: Parts): Promise<void> {
  const person = await makePerson(ben.address);
  await keepGenerated(person.key, { account: ben, custody: 'server', passphrase: null }, parts);
  const armored = await encrypt(protectedPart, [person]);
  await deliver(encryptedMessage('Zoe <zoe@example.net>', armored), ben, parts);
}

async function fillSealed(cleo: Account, passwords: Passwords, parts: Parts): Promise<void> {
  const key = await generateKey(cleo.address, passwords.passphrase, madeAt);
  const keeping = { account: cleo, custody: 'client', passphrase: passwords.passphrase } as const;
  await keepGenerated(key, keeping, parts);
  for (const octets of Object.values(sealedMessages)) await deliver(octets, cleo, parts);
}

/** Search files are filled behind deliveries; a search waits for them. */
export async function fillSearchFiles({ store }: Parts): Promise<void> {
  const filter = { search: { field: 'any', words: ['garden'], prefix: false } } as const;
  for (const { id } of (await store.listAccounts()).items) {
    await store.queryEmails(id, { filter, sort: [], limit: 1 });
  }
}
