import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, exit } from 'node:process';
import { keepGenerated } from '../../bin/keys/own-key.ts';
import type { Config } from '../../delivery/config.ts';
import { generateKey } from '../../delivery/crypto/keys.ts';
import { hashPassword, makeAppPassword } from '../../delivery/crypto/password.ts';
import { openParts, type Parts } from '../../delivery/open.ts';
import type { Account } from '../../delivery/store/store.ts';
import { hashSecret } from '../../webmail/api/secrets.ts';
import { encrypt, encryptedMessage, madeAt, makePerson } from '../support/openpgp-mail.ts';
import { keep, keptConfig, keptFolder } from './kept.ts';
import { arrivalOf, plainMessages, protectedPart, sealedMessages } from './messages.ts';
import { portray } from './portrait.ts';

// `npm run keep-data`: at a release, keeps a data folder as this version writes it. Given a commit, says that it was
// that one's code.
const top = join(import.meta.dirname, '..', '..');

const passwords = {
  password: 'a long password',
  passphrase: 'a long passphrase',
  appPassword: makeAppPassword(),
};

async function fill(parts: Parts): Promise<void> {
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
  await fillPlain(ada, parts);
  await fillDecrypted(ben, parts);
  await fillSealed(cleo, parts);
}

async function deliver(octets: string, { address, id }: Account, parts: Parts): Promise<string> {
  const [outcome] = await parts.line().deliver(arrivalOf(octets, address, id, parts.clock.now()));
  if (outcome?.status !== 'stored') throw new Error(`${address}: ${JSON.stringify(outcome)}`);
  return outcome.emailId;
}

/** An account with all that its owner can make. */
async function fillPlain(ada: Account, parts: Parts): Promise<void> {
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
  await store.destroyEmails(ada.id, [ids.destroyed ?? '']);
  const entry = {
    at: parts.clock.now(),
    actor: 'operator',
    action: 'quotaChanged',
    detail: { quotaOctets: 1 },
  };
  await store.appendAudit(ada.id, entry);
}

async function fillDecrypted(ben: Account, parts: Parts): Promise<void> {
  const person = await makePerson(ben.address);
  await keepGenerated(person.key, { account: ben, custody: 'server', passphrase: null }, parts);
  const armored = await encrypt(protectedPart, [person]);
  await deliver(encryptedMessage('Zoe <zoe@example.net>', armored), ben, parts);
}

async function fillSealed(cleo: Account, parts: Parts): Promise<void> {
  const key = await generateKey(cleo.address, passwords.passphrase, madeAt);
  const keeping = { account: cleo, custody: 'client', passphrase: passwords.passphrase } as const;
  await keepGenerated(key, keeping, parts);
  for (const octets of Object.values(sealedMessages)) await deliver(octets, cleo, parts);
}

/** Teaches the instance's classifier. */
function learn(data: string): void {
  const [ham, spam] = [join(data, 'ham'), join(data, 'spam')];
  writeFileSync(ham, plainMessages.attached ?? '');
  writeFileSync(spam, plainMessages.odd ?? '', 'latin1');
  const words = [join(top, 'bin', 'main.ts'), '--data', data, 'spam', 'learn', '--ham', ham, '--spam', spam];
  execFileSync(execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const file of [ham, spam]) rmSync(file);
}

/** Search files are filled behind deliveries; a search waits for them. */
async function fillSearchFiles({ store }: Parts): Promise<void> {
  const filter = { search: { field: 'any', words: ['garden'], prefix: false } } as const;
  for (const { id } of (await store.listAccounts()).items) {
    await store.queryEmails(id, { filter, sort: [], limit: 1 });
  }
}

async function withParts<T>(config: Config, work: (parts: Parts) => Promise<T>): Promise<T> {
  const parts = await openParts(config);
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}

async function main(): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string };
  if (existsSync(join(keptFolder, version))) {
    console.error(`${join(keptFolder, version)} is kept already: what a version wrote never changes`);
    return 1;
  }
  const commit = argv[2] ?? execFileSync('git', ['rev-parse', 'HEAD'], { cwd: top, encoding: 'utf8' }).trim();
  const data = mkdtempSync(join(tmpdir(), 'caliopen-keep-'));
  try {
    const config = keptConfig(data);
    const writtenAt = new Date().toISOString();
    learn(data);
    await withParts(config, fill);
    // What goes on behind a delivery, such as contacts' indexes, has ended now.
    const portrait = await withParts(config, async parts => {
      await fillSearchFiles(parts);
      return portray(parts);
    });
    keep(data, { version, commit, writtenAt, ...passwords, portrait });
    return 0;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

exit(await main());
