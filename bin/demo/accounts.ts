import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor } from '../../delivery/crypto/armor.ts';
import { generateKey } from '../../delivery/crypto/keys.ts';
import { hashPassword } from '../../delivery/crypto/password.ts';
import { asDeliveryError } from '../../delivery/errors.ts';
import type { Parts } from '../../delivery/open.ts';
import { computeIndex } from '../../delivery/privacy/index.ts';
import type { Facts } from '../../delivery/privacy/shape.ts';
import type { Account } from '../../delivery/store/store.ts';
import { keepGenerated } from '../keys/own-key.ts';
import { type DemoKeys, openKeys } from './keys.ts';
import type { Memory } from './memory.ts';
import { type AccountName, addressOf, demoAccounts, demoDomain, type PersonName, people } from './people.ts';

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

const plainCorrespondent = {
  key: 'none',
  provider: 'validTls',
  encryptedShare: 0,
  tlsShare: 1,
  untrackedShare: 1,
  history: 'both',
  network: 'other',
  identity: 'none',
} as const satisfies Facts;

/**
 * Correspondents that the demo's accounts know, with what would be known of each after some months of mail
 * (PRIVACY-INDEX.md, "Contact").
 */
const contacts: readonly { readonly person: PersonName; readonly facts: Facts }[] = [
  {
    person: 'friend',
    facts: {
      key: 'confirmed',
      provider: 'validTls',
      antiForgery: 'enforced',
      encryptedShare: 0.5,
      tlsShare: 1,
      untrackedShare: 1,
      history: 'both',
      network: 'other',
      identity: 'confirmed',
    },
  },
  { person: 'colleague', facts: { ...plainCorrespondent, antiForgery: 'enforced' } },
  { person: 'planner', facts: { ...plainCorrespondent, antiForgery: 'enforced' } },
  { person: 'ami', facts: { ...plainCorrespondent, antiForgery: 'monitoring' } },
];

async function prepareContacts({ store, clock }: Parts, account: Account, keys: DemoKeys): Promise<void> {
  for (const { person, facts } of contacts) {
    const { name, address } = people[person];
    if ((await store.findContacts(account.id, [`email:${address}`])).length > 0) continue;
    await store.putContact(account.id, {
      name,
      addresses: [`email:${address}`],
      card: null,
      index: computeIndex('contact', facts),
      facts,
    });
  }
  // As after comparing fingerprints with the friend face to face.
  await store.putPublicKey(account.id, {
    address: people.friend.address,
    fingerprint: keys.friend.fingerprint,
    octets: keys.friend.publicOctets,
    source: 'hand',
    state: 'usable',
    firstSeenAt: clock.now(),
  });
}

async function ignoreExisting(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (asDeliveryError(error).code !== 'alreadyExists') throw error;
  }
}
