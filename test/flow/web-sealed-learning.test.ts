import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTransport } from 'nodemailer';
import type { Locator, Page } from 'playwright-core';
import { loadConfig } from '../../delivery/config.ts';
import { readPrivateKeys } from '../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { sealedMemoryName } from '../../delivery/sealed-memory.ts';
import type { ScoreFindings } from '../../delivery/spam/findings.ts';
import type { Entry } from '../../delivery/spam/personal/entry.ts';
import { readLessons } from '../../webmail/device/lessons.ts';
import { atEnd } from '../support/at-end.ts';
import { openChromium } from '../support/chromium.ts';
import { type Demo, startDemo, stopDemo } from '../support/demo.ts';
import { openTestParts } from '../support/door-process.ts';
import { poll } from '../support/poll.ts';
import { signIn } from '../support/sign-in.ts';
import { storedEmails } from '../support/stored.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openWebSession } from '../support/web-session.ts';

const address = 'own-key@caliopen.example';
const numbers = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'];

const kinds = {
  Seller:
    'The webinar for growing teams: register a seat, meet the speakers, and the slides with the recording follow by mail.',
  Reader:
    'The minutes of the library committee: shelves for the reading room, a lecture in May, coffee and cake afterwards.',
};

/** Each writer has a name, an address and a domain of their own. */
async function send(
  { smtpPort }: Demo,
  letters: readonly { kind: keyof typeof kinds; number: string }[],
): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
  for (const { kind, number } of letters) {
    const domain = `${kind}-${number}.example`.toLowerCase();
    await transport.sendMail({
      from: { name: `${kind} ${number}`, address: `${number}@${domain}`.toLowerCase() },
      to: address,
      subject: `${kinds[kind].slice(0, 24)}`,
      text: `${kinds[kind]} xyzzy${kind}${number}`,
      messageId: `<${kind}${number}@${domain}>`,
    });
  }
  transport.close();
}

const rows = (page: Page): Locator => page.locator('.rows .row[href]');
const row = (page: Page, name: string): Locator => rows(page).filter({ hasText: name }).first();
const message = (page: Page): Locator => page.locator('.message[data-open="true"]');

async function goTo(page: Page, name: string): Promise<void> {
  const tags = page.getByRole('navigation', { name: 'Tags' });
  await tags.getByRole('link', { name: new RegExp(`^${name}`) }).click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

/** Selects the rows of these writers by the keyboard, and presses one key for all of them. */
async function actOn(page: Page, names: readonly string[], key: string): Promise<void> {
  for (const [at, name] of names.entries()) {
    const isSelected = () => page.getByText(`${at + 1} selected`).isVisible();
    // The list may come anew between the two, and the row with it.
    await poll(`${name} to be selected`, async () => {
      if (await isSelected()) return true;
      await row(page, name).focus();
      await page.keyboard.press('s');
      return (
        (await poll('the count', async () => (await isSelected()) || undefined, 5_000).catch(() => false)) ||
        undefined
      );
    });
  }
  await page.keyboard.press(key);
  for (const name of names) await row(page, name).waitFor({ state: 'detached' });
}

async function unlock(page: Page, { ownKey }: Demo): Promise<void> {
  await row(page, 'Seller One').click();
  await message(page).getByLabel('File with your secret key').setInputFiles(ownKey.file);
  await message(page).getByRole('button', { name: 'Add the key' }).click();
  await message(page).getByLabel('Passphrase of your key').fill(ownKey.passphrase);
  await page.keyboard.press('Enter');
  await message(page).getByText('xyzzySellerOne').waitFor();
}

/** What the memory holds that the owner's key opens. */
async function openedEntries(sealed: Uint8Array, { ownKey }: Demo): Promise<readonly Entry[]> {
  const openpgp = await loadOpenPgp();
  const [privateKey] = await readPrivateKeys(readFileSync(ownKey.file));
  assert.ok(privateKey);
  const { data } = await openpgp.decrypt({
    message: await openpgp.readMessage({ binaryMessage: Uint8Array.from(sealed) }),
    decryptionKeys: await openpgp.decryptKey({ privateKey, passphrase: ownKey.passphrase }),
    format: 'binary',
  });
  return readLessons(data as Uint8Array).memory.entries;
}

function filesOf(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name)));
}

test('an owner whose mail is sealed teaches words in the browser, and the server keeps none', {
  timeout: 300_000,
}, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const folder = temporaryFolder(t);
  const demo = await startDemo(folder);
  atEnd(t, () => demo.process.kill('SIGKILL'));
  const sellers = numbers.map(number => ({ kind: 'Seller', number }) as const);
  const readers = numbers.map(number => ({ kind: 'Reader', number }) as const);
  await send(demo, [...sellers, ...readers]);
  const page = await browser.newPage({ locale: 'en', viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(45_000);
  await page.goto(demo.web);
  await signIn(page, address, demo.passwords.get(address) ?? '');
  await unlock(page, demo);
  await goTo(page, 'Inbox');

  const names = (kind: string) => numbers.map(number => `${kind} ${number}`);
  await actOn(page, [...names('Seller'), ...names('Reader')], '!');
  await goTo(page, 'Junk');
  await actOn(page, names('Reader'), '!');

  const call = await sessionOf(demo);
  const seen = await poll(
    'the browser to have learned from all of them',
    async () => {
      const [name, { memory, waiting }] = await call('SealedMemory/get');
      assert.equal(name, 'SealedMemory/get');
      if (memory === null || waiting.length > 0) return undefined;
      const entries = await openedEntries(Buffer.from(memory, 'base64'), demo);
      const wanted = entries.filter(({ isSpam }) => !isSpam);
      return entries.length === 12 && wanted.length === 6 ? { entries } : undefined;
    },
    90_000,
  );

  await send(demo, [
    { kind: 'Seller', number: 'Twenty' },
    { kind: 'Reader', number: 'Twenty' },
  ]);
  await goTo(page, 'Inbox');
  await row(page, 'Reader Twenty').waitFor();
  await stopDemo(demo);

  const parts = await openTestParts(t, loadConfig({ environment: {}, overrides: { data: folder } }));
  const emails = await storedEmails(parts, address);
  const scoreOf = (kind: string, number: string): ScoreFindings => {
    const { score } =
      emails.find(({ summary }) => summary.messageId?.startsWith(`${kind}${number}@`))?.findings ?? {};
    assert.ok(score?.score, `${kind} ${number}`);
    return score;
  };
  const [before, after] = [scoreOf('Seller', 'One'), scoreOf('Seller', 'Twenty')];
  assert.ok((after.score ?? 0) > 1.5 * (before.score ?? 1), JSON.stringify([before.score, after.score]));
  assert.ok(after.reasons.some(({ id, weight }) => id === 'personal' && weight > 0.5));
  assert.ok((scoreOf('Reader', 'Twenty').score ?? 1) < (scoreOf('Reader', 'One').score ?? 0));

  const accountId = (await parts.store.getAccountByAddress(address))?.id ?? '';
  const state = await parts.store.getAccountState(accountId, sealedMemoryName);
  const records = await Promise.all(emails.map(({ id }) => parts.store.getLearned(accountId, id)));
  // Files as they are, and what of them is packed as the store gives it.
  const places = [
    ...filesOf(folder),
    ...[state?.octets, ...records].map(octets => Buffer.from(octets ?? [])),
  ];
  places.push(Buffer.from(JSON.stringify(emails)));
  // What can be found at all is found: authors stand in clear.
  assert.ok(places.some(place => place.includes('seller-twenty.example')));
  for (const { octets } of seen.entries) {
    // Behind what is not the same in the lesson and in the entry, at a place where a group of base64 begins.
    const slots = Buffer.from(octets.subarray(18));
    for (const needle of [slots, slots.toString('base64').slice(0, -4), slots.toString('hex')])
      assert.ok(!places.some(place => place.includes(needle)));
  }
  assert.ok(!places.some(place => /xyzzy(?:seller|reader)/i.test(place.toString('latin1'))));
});

/** Beside the browser's own session. */
async function sessionOf({ web, passwords }: Demo): ReturnType<typeof openWebSession> {
  const origin = new URL(web).origin;
  const password = passwords.get(address) ?? '';
  const signedIn = await fetch(`${origin}/jmap/session`, {
    headers: { authorization: `Basic ${Buffer.from(`${address}:${password}`).toString('base64')}` },
  });
  const { primaryAccounts } = (await signedIn.json()) as { primaryAccounts: Record<string, string> };
  const accountId = primaryAccounts['urn:ietf:params:jmap:mail'] ?? '';
  return openWebSession({ origin, address, password, accountId });
}
