import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { createTransport } from 'nodemailer';
import type { Browser, Page } from 'playwright-core';
import { atEnd } from '../support/at-end.ts';
import { type Demo, startDemo, stopDemo } from '../support/demo.ts';
import { openFirefox } from '../support/firefox.ts';
import { poll } from '../support/poll.ts';
import { signIn } from '../support/sign-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const address = 'server-key@caliopen.example';
const ownAddress = 'own-key@caliopen.example';

const message = (page: Page) => page.locator('.message[data-open="true"]');

/** Newest last in the demo, so the inbox may still be filling: waits for the row. */
async function open(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('link', { name }).first().click();
  await message(page).locator('.toolbar').first().waitFor();
}

async function openInbox(page: Page): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Tags' })
    .getByRole('link', { name: /^Inbox/ })
    .click();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
}

/** A page of its own browser session, and what went wrong or was asked for on it. */
async function openPage(browser: Browser, demo: Demo, viewport: { width: number; height: number }) {
  const context = await browser.newContext({ locale: 'en', viewport });
  const asked: string[] = [];
  const faults: string[] = [];
  context.on('request', request => asked.push(request.url()));
  context.on('console', said => said.type() === 'error' && faults.push(said.text()));
  // Firefox tells here what a policy refused, too.
  context.on('weberror', error => faults.push(String(error.error())));
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(demo.web);
  return { page, asked, faults };
}

test('the webmail in Firefox', { timeout: 240_000 }, async t => {
  const browser = await openFirefox(t);
  if (!browser) return;
  const demo = await startDemo(temporaryFolder(t));
  atEnd(t, () => demo.process.kill('SIGKILL'));
  const { page, asked, faults } = await openPage(browser, demo, { width: 1280, height: 800 });

  await signsIn(t, page, { demo, asked, faults });
  await readsMail(t, page, demo);
  await looksAtFiles(t, page);
  await sorts(t, page);
  await searches(t, page);
  await savesFile(t, page);
  await chooses(t, page);
  await t.test('nothing was asked of anybody else, and nothing was refused or went wrong', () => {
    assert.deepEqual(
      asked.filter(url => !url.startsWith(demo.web) && !url.startsWith('data:')),
      [],
    );
    assert.deepEqual(faults, []);
  });
  await page.context().close();
  const phone = await openPage(browser, demo, { width: 360, height: 740 });
  await opensSealed(t, phone.page, demo);
  await holdsOnPhone(t, phone.page);
  assert.deepEqual(phone.faults, []);
  await stopDemo(demo);
});

async function signsIn(
  t: TestContext,
  page: Page,
  { demo, asked, faults }: { demo: Demo; asked: readonly string[]; faults: string[] },
): Promise<void> {
  await t.test('the sign-in page refuses, and a reload leaves nothing in its form', async () => {
    await page.getByLabel('Address').fill(address);
    await page.getByLabel('Password').fill('not this one');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('The address or the password is not right.').waitFor();
    await page.reload();
    assert.equal(await page.getByLabel('Address').inputValue(), '');
    // The refusal itself is told to the console.
    faults.length = 0;
  });
  await t.test('the inbox comes, and after a reload all of it is fetched once', async () => {
    await signIn(page, address, demo.passwords.get(address) ?? '');
    const before = asked.length;
    await page.reload();
    await page.locator('.row[href]').first().waitFor();
    const paths = asked.slice(before).map(url => new URL(url).pathname);
    const first = paths.filter(path => path === '/session' || path === '/first-list');
    assert.deepEqual(first.sort(), ['/first-list', '/session']);
  });
}

async function readsMail(t: TestContext, page: Page, demo: Demo): Promise<void> {
  await t.test('new mail appears by push', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: demo.smtpPort, ignoreTLS: true });
    await transport.sendMail({
      from: 'Demo Newcomer <newcomer@friends.example>',
      to: address,
      subject: 'Just now',
      text: 'This arrived while you were looking.',
    });
    transport.close();
    await page.getByRole('link', { name: /^Unread, Demo Newcomer.*Just now/ }).waitFor();
  });
  await t.test('a decrypted message is read, with its level and the reasons', async () => {
    await open(page, /Demo Friend.*Where the key to the boat house is/);
    await message(page).getByText('It hangs behind the third shutter').waitFor();
    await message(page)
      .getByRole('button', { name: /Privacy index.*B, protected/ })
      .click();
    await message(page).getByRole('table').getByRole('row', { name: 'Signature' }).waitFor();
  });
  await t.test('an HTML body fills its frame to the last line; its pictures wait for a click', async () => {
    await open(page, /Demo Shop.*(?:Ten teapots|free delivery)/);
    const frame = page.frameLocator('.message[data-open="true"] iframe').first();
    await frame.locator('h1, h2, table').first().waitFor();
    const hidden = () =>
      page.evaluate<number>(
        `(frame => frame.contentDocument.documentElement.scrollHeight - frame.clientHeight)(document.querySelector('.message[data-open="true"] iframe'))`,
      );
    await poll('a frame as high as its body', async () => ((await hidden()) <= 1 ? true : undefined));
    await message(page).getByRole('button', { name: 'Show the pictures' }).first().click();
    await message(page).getByRole('button', { name: 'Leave the pictures out again' }).first().waitFor();
  });
  await t.test('what tries everything runs nothing', async () => {
    await page.getByRole('link', { name: /^Junk/ }).click();
    await open(page, /A page that tries everything/);
    const frame = page.frameLocator('.message[data-open="true"] iframe');
    await frame.getByText('Nothing of it should happen.').waitFor();
    assert.equal(await frame.locator('script, form, input, iframe, video, link').count(), 0);
    await openInbox(page);
  });
}

async function looksAtFiles(t: TestContext, page: Page): Promise<void> {
  await t.test('a PDF is shown by the browser’s own viewer, and left by Escape', async () => {
    await open(page, /Scan 0042/);
    const file = message(page).getByRole('button', { name: /^scan-0042\.pdf/ });
    await file.click();
    const viewer = page.getByRole('dialog').frameLocator('iframe');
    await viewer.locator('.textLayer').getByText('Scan 0042').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await file.and(page.locator(':focus')).waitFor();
  });
  await t.test('a picture is looked at', async () => {
    await open(page, /Poster for the printer/);
    await message(page)
      .getByRole('button', { name: /^poster\.bmp/ })
      .click();
    await page.getByRole('dialog').getByRole('img').waitFor();
    await page.waitForFunction('document.querySelector(".preview-picture").naturalWidth > 0');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
}

async function sorts(t: TestContext, page: Page): Promise<void> {
  await t.test('a tag is made, removed, and the removal undone', async () => {
    await open(page, /Demo Newcomer.*Just now/);
    const remove = message(page).getByRole('button', { name: 'Remove the tag “Boat”' });
    await message(page).getByText('Add a tag').click();
    await message(page).getByLabel('Name of a new tag').fill('Boat');
    await message(page).getByRole('button', { name: 'Make' }).click();
    await remove.click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await remove.waitFor();
    await message(page).locator('.tag-menu > summary:focus').waitFor();
  });
  await t.test('importance is set by the slider’s keys', async () => {
    const summary = message(page).locator('.why > summary', { hasText: 'Importance' });
    const before = await summary.textContent();
    await summary.click();
    await message(page).getByRole('slider').press('ArrowLeft');
    await poll('another value', async () => ((await summary.textContent()) !== before ? true : undefined));
    await page.keyboard.press('Escape');
  });
  await t.test('rows are chosen under the mouse, archived, and brought back', async () => {
    await openInbox(page);
    const row = page.locator('.rows > li', { hasText: 'Just now' });
    await row.hover();
    await row.locator('.row-check').click();
    await page.getByRole('button', { name: 'Archive' }).first().click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
  });
}

async function searches(t: TestContext, page: Page): Promise<void> {
  await t.test('a search opens a tab, which a reload keeps and a key closes', async () => {
    await page.locator('#main').focus();
    await page.keyboard.press('/');
    await page.getByLabel('Search your mail').fill('shutter');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Search: shutter' }).waitFor();
    await page.getByRole('link', { name: /Where the key to the boat house is/ }).waitFor();
    await page.reload();
    const close = page.getByRole('button', { name: 'Close the tab “shutter”' });
    await close.waitFor();
    await page.locator('#main').focus();
    await page.keyboard.press('x');
    await close.waitFor({ state: 'detached' });
  });
}

/** What Firefox then shows of the download has the focus: behind all that needs it. */
async function savesFile(t: TestContext, page: Page): Promise<void> {
  await t.test('a file is saved', async () => {
    await openInbox(page);
    await open(page, /Poster for the printer/);
    const download = page.waitForEvent('download');
    await message(page).getByRole('button', { name: 'Save poster.bmp' }).click();
    assert.match(readFileSync(await (await download).path(), 'latin1'), /^BM/);
  });
}

async function chooses(t: TestContext, page: Page): Promise<void> {
  await t.test('the keys are told; what is chosen holds at once, and this browser is named', async () => {
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Next row').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(address).first().click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('Firefox on Linux').first().waitFor();
    await page.getByRole('radio', { name: 'Close together' }).check();
    await page.locator('html[data-density="compact"]').waitFor({ state: 'attached' });
    await page.getByRole('radio', { name: 'Dark' }).check();
    await page.locator('html[data-theme="dark"]').waitFor({ state: 'attached' });
    const ground = 'getComputedStyle(document.body).backgroundColor';
    assert.match(String(await page.evaluate(ground)), /^rgb\((?:[1-5]?\d, ?){2}[1-5]?\d\)$/);
    await page.getByLabel('Language').last().selectOption('fr');
    await page.getByRole('heading', { name: 'Connexions' }).waitFor();
  });
  await t.test('who signs out finds the form', async () => {
    await page.getByText(address).first().click();
    await page.getByRole('button', { name: 'Se déconnecter' }).first().click();
    await page.getByLabel('Mot de passe').waitFor();
    assert.deepEqual(await page.evaluate('document.cookie'), '');
  });
}

async function opensSealed(t: TestContext, phone: Page, demo: Demo): Promise<void> {
  await t.test('sealed mail is opened by the worker with the owner’s key, and is level A', async () => {
    await signIn(phone, ownAddress, demo.passwords.get(ownAddress) ?? '');
    await open(phone, /Demo Friend.*3 messages.*Sealed: only your key opens it/);
    await message(phone).getByRole('button', { name: 'Add the key' }).click();
    await message(phone).getByLabel('File with your secret key').setInputFiles(demo.ownKey.file);
    await message(phone).getByRole('button', { name: 'Add the key' }).click();
    await message(phone).getByLabel('Passphrase of your key').fill(demo.ownKey.passphrase);
    await phone.keyboard.press('Enter');
    await message(phone).getByText('It hangs behind the third shutter').waitFor();
    await message(phone)
      .getByRole('button', { name: /Privacy index.*A, sealed/ })
      .waitFor();
    await message(phone).getByRole('button', { name: 'Lock now' }).click();
    await message(phone).getByLabel('Passphrase of your key').waitFor();
    assert.equal((await phone.content()).includes('third shutter'), false);
  });
}

async function holdsOnPhone(t: TestContext, phone: Page): Promise<void> {
  await t.test('on a phone nothing is wider than the page, and the focus goes back to the row', async () => {
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    assert.equal(await phone.evaluate(overflow), 0);
    await phone.getByRole('button', { name: 'Back', exact: true }).click();
    await phone.locator('.row:focus').waitFor();
    assert.equal(await phone.evaluate(overflow), 0);
    await phone.keyboard.press('Enter');
    await message(phone).getByText('This message is sealed').click();
    await phone.locator('#main:focus').waitFor();
    await phone.evaluate('history.back()');
    await phone.locator('.row:focus').waitFor();
    await phone.getByRole('button', { name: 'Tags', exact: true }).click();
    await phone.locator('#tags a:focus').waitFor();
    await phone.keyboard.press('Escape');
    await phone.locator('.menu-button:focus').waitFor();
  });
}
