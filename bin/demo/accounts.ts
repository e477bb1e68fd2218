import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { confirmKey } from '../../delivery/confirm-key.ts';
import { keepContact } from '../../delivery/contact-index.ts';
import { armor } from '../../delivery/crypto/armor.ts';
import { generateKey } from '../../delivery/crypto/keys.ts';
import { hashPassword } from '../../delivery/crypto/password.ts';
import { asDeliveryError } from '../../delivery/errors.ts';
import type { Parts } from '../../delivery/open.ts';
import type { Account } from '../../delivery/store/store.ts';
import { keepGenerated } from '../keys/own-key.ts';
import { type DemoKeys, openKeys } from './keys.ts';
import type { Memory } from './memory.ts';
import { type AccountName, addressOf, demoAccounts, demoDomain, type PersonName, people } from './people.ts';
import { makeRules } from './rules.ts';

/** Where the secret key of the account that holds its own key lies, for trying it with GnuPG. */
export function ownKeyFile(dataFolder: string): string {
  return join(dataFolder, 'demo-own-key.asc');
}

/** Makes the demo's domain, accounts, keys and contacts as far as they are missing; gives the keys. */
export async function prepareAccounts(parts: Parts, memory: Memory): Promise<DemoKeys> {
  await ignoreExisting(parts.store.addDomain(demoDomain));
  const publicKeys = new Map<AccountName, Uint8Array>();
  const accounts: Account[] = [];
  for (const { name } of demoAccounts) {
    const account = await prepareAccount(parts, memory, name);
    const key = await ownPublicKey(parts, account);
    if (key) publicKeys.set(name, key);
    accounts.push(account);
  }
  const keys = await openKeys(memory.keys, publicKeys);
  for (const account of accounts) await prepareContacts(parts, account, keys);
  return keys;
}

async function prepareAccount(parts: Parts, memory: Memory, name: AccountName): Promise<Account> {
  const known = await parts.store.getAccountByAddress(addressOf(name));
  if (known) return known;
  const row = demoAccounts.find(account => account.name === name);
  const account = await parts.store.addAccount({
    address: addressOf(name),
    displayName: row?.displayName ?? null,
    passwordHash: await hashPassword(memory.passwords[name]),
  });
  const custody = row?.custody ?? 'none';
  if (custody !== 'none') await makeKey(parts, account, custody, memory);
  if (name === 'serverKey') await makeRules(parts.store, account.id);
  return account;
}

async function makeKey(
  parts: Parts,
  account: Account,
  custody: 'server' | 'client',
  memory: Memory,
): Promise<void> {
  const passphrase = custody === 'client' ? memory.passphrase : null;
  const key = await generateKey(account.address, passphrase ?? undefined, parts.clock.now());
  await keepGenerated(key, { account, custody, passphrase }, parts);
  if (custody === 'client') {
    const file = ownKeyFile(parts.config.data);
    await writeFile(file, armor('PRIVATE KEY BLOCK', key.privateKey), { mode: 0o600 });
  }
}

async function ownPublicKey({ store }: Parts, account: Account): Promise<Uint8Array | null> {
  const keys = await store.listPublicKeys(account.id, [account.address]);
  return keys.find(key => key.source === 'own')?.octets ?? null;
}

/** Correspondents that the demo's accounts know; what they are worth follows from the demo's mail. */
const contacts: readonly PersonName[] = ['friend', 'colleague', 'planner', 'ami'];

async function prepareContacts(parts: Parts, account: Account, keys: DemoKeys): Promise<void> {
  const { store } = parts;
  for (const person of contacts) {
    const { name, address } = people[person];
    const addresses = [`email:${address}`];
    if ((await store.findContacts(account.id, addresses)).length > 0) continue;
    await keepContact(account.id, { name, addresses, card: null }, parts);
  }
  await confirmFriend(parts, account, keys);
}

/** As after comparing fingerprints with the friend face to face. */
async function confirmFriend(parts: Parts, account: Account, { friend }: DemoKeys): Promise<void> {
  const { store, clock } = parts;
  const { address } = people.friend;
  const { fingerprint, publicOctets: octets } = friend;
  const known = await store.listPublicKeys(account.id, [address]);
  const owner = await store.getOwner(account.id);
  if (!owner || known.some(key => key.fingerprint === fingerprint)) return;
  const firstSeenAt = clock.now();
  const key = { address, fingerprint, octets, source: 'attached', state: 'usable', firstSeenAt } as const;
  await store.putPublicKey(account.id, key);
  await confirmKey(owner, { address, fingerprint, emailId: null, means: 'demo' }, parts);
}

async function ignoreExisting(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (asDeliveryError(error).code !== 'alreadyExists') throw error;
  }
}
