import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { generateKey } from '../../delivery/crypto/keys.ts';
import { violations } from '../support/axe.ts';
import { openChromium } from '../support/chromium.ts';
import { poll } from '../support/poll.ts';
import { openReader, type Reader } from '../support/reader.ts';
import { signIn } from '../support/sign-in.ts';
import { basic, password, type TestWeb } from '../webmail/api/web.ts';

/** What stands beside the heading of a section. */
function told(page: Page, section: string): Locator {
  return page.locator(`.setting-section:has(#settings-${section}) .setting-head > span`);
}

function inSection(page: Page, section: string): Locator {
  return page.locator(`.setting-section:has(#settings-${section})`);
}

async function openPage(page: Page, id: 'settings' | 'about'): Promise<void> {
  await page.evaluate(`location.hash = '#/page/${id}'`);
  await page.locator('.page h1').waitFor();
}

/** Another browser in which the owner signs in. */
async function signInAgain(browser: Browser, web: TestWeb): Promise<Page> {
  const context = await browser.newContext({ locale: 'en', timezoneId: 'UTC' });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(web.origin);
  await signIn(page, web.account.address, password);
  return page;
}

const letter = 'From: Ann <ann@a.example>\nTo: owner@example.org\nSubject: Soup\n\nIt is warm.\n';

test('the sign-in screen, in a browser', { timeout: 120_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const { web } = await openReader(t, browser);
  const context = await browser.newContext({ locale: 'en' });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(web.origin);
  const field = page.getByLabel('Password');
  const button = page.getByRole('button', { name: 'Sign in' });

  await t.test('the first field has the focus, and the password can be looked at', async () => {
    assert.equal(await page.locator(':focus').getAttribute('id'), 'address');
    await field.fill('wrong');
    // Pressed before the webmail has come.
    await page.getByRole('button', { name: 'Show the password' }).click();
    await page.locator('#password[type="text"]').waitFor();
    await page.getByRole('button', { name: 'Hide the password' }).click();
    await page.locator('#password[type="password"]').waitFor();
  });

  await t.test('a fault is told where the fields are, and moves nothing', async () => {
    const before = await button.boundingBox();
    await page.getByRole('button', { name: 'Show the password' }).click();
    await page.getByLabel('Address').fill('jürg@example.org');
    await button.click();
    await page.getByRole('alert').getByText('The address or the password is not right.').waitFor();
    assert.deepEqual(await button.boundingBox(), before);
    await page.locator('#password:focus').waitFor();
    for (const name of ['Address', 'Password']) {
      const ids = (await page.getByLabel(name).getAttribute('aria-describedby')) ?? '';
      assert.ok(ids.split(' ').includes('sign-in-fault'), name);
    }
    assert.deepEqual(await violations(page), []);
  });

  await t.test('nothing of it stays on the device', async () => {
    await page.reload();
    assert.equal(await page.getByLabel('Address').inputValue(), '');
    const kept = await page.evaluate('JSON.stringify([Object.entries(localStorage), document.cookie])');
    assert.doesNotMatch(String(kept), /example|wrong/);
  });

  await t.test('who has tried too often is told how long to wait', async () => {
    const headers = { 'content-type': 'application/json' };
    for (let tries = 0; tries < 6; tries++) {
      const body = JSON.stringify({ address: web.account.address, password: `wrong ${tries}` });
      await fetch(`${web.origin}/session`, { method: 'POST', headers, body });
    }
    await page.getByLabel('Address').fill(web.account.address);
    await field.fill('wrong');
    await button.click();
    await page.getByText(/^Too many tries. Try again in \d+ (?:second|minute)s?\.$/).waitFor();
    web.clock.advance(3600);
  });

  await t.test('a language that is chosen here stays when its reader is signed in', async () => {
    await page.getByLabel('Language').selectOption('fr');
    await page.getByRole('heading', { name: 'Connexion' }).waitFor();
    await page.getByLabel('Adresse').fill(web.account.address);
    await page.getByLabel('Mot de passe').fill(password);
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await page.getByRole('heading', { name: 'Réception' }).waitFor();
    const languageOf = async () => (await web.ask('Preferences/get')).list[0].language;
    await poll('the language is kept', async () => ((await languageOf()) === 'fr' ? true : undefined));
    await page.locator('.account > summary').click();
    await page.getByRole('button', { name: 'Se déconnecter' }).click();
    await page.getByRole('heading', { name: 'Connexion' }).waitFor();
    // The server would have it in the language of the browser.
    await page.reload();
    await page.getByRole('heading', { name: 'Connexion' }).waitFor();
    assert.equal(await page.evaluate('Object.keys(localStorage).sort().join()'), 'language');
  });
});

test('settings, in a browser', { timeout: 240_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const context = { locale: 'en', timezoneId: 'UTC', permissions: ['clipboard-write'] };
  const reader = await openReader(t, browser, { context, custody: 'server' });
  const { web, page } = reader;
  page.setDefaultTimeout(45_000);
  const faults: string[] = [];
  page.on('pageerror', error => faults.push(error.message));
  await web.deliver(letter, { receivedAt: new Date(new Date().getFullYear() - 2, 4, 20, 23, 30) });
  await choosesDates(t, page);
  await followsOtherDevices(t, reader, browser);
  await signsOthersOut(t, reader, browser);
  await makesPasswords(t, reader);
  await publishesKeys(t, reader);
  await showsLooks(t, page);
  await tellsAbout(t, page);
  await fitsEverywhere(t, page);
  assert.deepEqual(faults, []);
});

async function choosesDates(t: TestContext, page: Page): Promise<void> {
  await t.test('dates are written as the owner wants, where the owner is', async () => {
    const date = page.locator('.rows time').first();
    const year = new Date().getFullYear() - 2;
    assert.equal(await date.textContent(), `5/20/${String(year).slice(2)}`);
    await page.getByText('owner@example.org').first().click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.locator('.page h1:focus').waitFor();
    await page.getByRole('radio', { name: `${year + 1}-11-28` }).check();
    await told(page, 'dates').getByText('Saved.').waitFor();
    const zone = page.getByLabel('Time zone');
    await zone.fill('moon');
    await zone.press('Enter');
    await zone.blur();
    await page.getByRole('alert').getByText('No time zone of that name').waitFor();
    await zone.fill('tokyo');
    await zone.blur();
    await page.getByRole('button', { name: 'As on this device (UTC)' }).waitFor();
    assert.equal(await zone.inputValue(), 'Asia/Tokyo');
    await page.goBack();
    await date.getByText(`${year}-05-21`).waitFor();
  });
}

async function followsOtherDevices(t: TestContext, { web, page }: Reader, browser: Browser): Promise<void> {
  await t.test('what is chosen follows to other devices, but for one that keeps its own', async () => {
    const other = await signInAgain(browser, web);
    const lines = (each: Page) => each.locator('html').getAttribute('data-density');
    await openPage(other, 'settings');
    assert.equal(await other.getByLabel('Time zone').inputValue(), 'Asia/Tokyo');
    await openPage(page, 'settings');
    await page.getByRole('radio', { name: 'Close together' }).check();
    await told(page, 'reading').getByText('Saved.').waitFor();
    await other.locator('html[data-density="compact"]').waitFor({ state: 'attached' });
    await other.getByLabel('Keep these choices').check();
    await other.getByRole('radio', { name: 'Roomy' }).check();
    await told(other, 'reading').getByText('Saved on this device.').waitFor();
    assert.deepEqual([await lines(page), await lines(other)], ['compact', 'comfortable']);
    await other.context().close();
  });
}

async function signsOthersOut(t: TestContext, { web, page }: Reader, browser: Browser): Promise<void> {
  await t.test('sessions are listed, and others are signed out', async () => {
    const other = await signInAgain(browser, web);
    await page.reload();
    await page.locator('.page h1').waitFor();
    const rows = inSection(page, 'sessions').locator('.setting-row');
    await rows.nth(2).waitFor();
    await rows.first().getByText('This session').waitFor();
    await rows.first().getByText('Chrome on Linux').waitFor();
    await page.getByRole('button', { name: 'Sign out Chrome on Linux' }).first().click();
    await told(page, 'sessions').getByText('Chrome on Linux is signed out.').waitFor();
    await page.getByRole('button', { name: 'Sign out all others' }).click();
    await page.getByText('asks for your password again').waitFor();
    await page.getByRole('group', { name: 'Sign out all others' }).locator('button:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Sign out all others' }).click();
    assert.equal(await rows.count(), 2);
    await page.getByRole('button', { name: 'Sign them out' }).click();
    await told(page, 'sessions').getByText('All other sessions are signed out.').waitFor();
    await rows.nth(1).waitFor({ state: 'detached' });
    assert.equal(await page.locator(':focus').getAttribute('id'), 'settings-sessions');
    await other.reload();
    await other.getByLabel('Password').waitFor();
    await other.context().close();
  });
}

async function makesPasswords(t: TestContext, { web, page }: Reader): Promise<void> {
  await t.test('an app password is shown once, works, and is taken back', async () => {
    const section = inSection(page, 'tokens');
    await section.getByLabel('What it is for').fill('<b>phone</b>');
    await section.getByRole('button', { name: 'Make' }).click();
    const secret = await section.getByLabel('Password for <b>phone</b>').inputValue();
    await section.getByRole('button', { name: 'Copy' }).click();
    await told(page, 'tokens').getByText('Copied.').waitFor();
    const headers = { authorization: basic(web.account.address, secret) };
    assert.equal((await fetch(`${web.origin}/jmap/session`, { headers })).status, 200);
    await section.getByRole('button', { name: 'Done' }).click();
    assert.equal(await section.locator('.secret').count(), 0);
    await section.getByRole('button', { name: 'Take back <b>phone</b>' }).click();
    await section.getByText('What uses it is shut out at once.').waitFor();
    await section.getByRole('group').locator('button:focus').waitFor();
    await page.keyboard.press('Escape');
    await section.getByRole('button', { name: 'Take back <b>phone</b>' }).click();
    await section.getByRole('group').getByRole('button', { name: 'Take back' }).click();
    await told(page, 'tokens').getByText('is taken back.').waitFor();
    assert.equal((await fetch(`${web.origin}/jmap/session`, { headers })).status, 401);
  });
}

async function publishesKeys(t: TestContext, { web, page }: Reader): Promise<void> {
  await t.test('a key is published only after it was said what that means, and taken back', async () => {
    const { fingerprint, publicKey } = await generateKey(web.account.address, undefined, web.clock.now());
    await web.store.putPublicKey(web.account.id, {
      ...{ fingerprint, octets: publicKey, source: 'own', state: 'usable' },
      address: web.account.address,
      firstSeenAt: web.clock.now(),
    });
    await page.reload();
    const section = inSection(page, 'keys');
    await section.getByText('This key is not published.').waitFor();
    await section.getByRole('button', { name: 'Publish the key of owner@example.org' }).click();
    await section.getByText('The whole world can then find this key').waitFor();
    await section.getByRole('button', { name: 'Publish it' }).click();
    await section.getByText('Everybody can find this key.').waitFor();
    const published = async () => (await web.ask('PublishedKey/get')).list[0].published;
    assert.equal(await published(), true);
    await section.getByRole('button', { name: 'Take back the key of owner@example.org' }).click();
    await section.getByRole('button', { name: 'Take it back' }).click();
    await section.getByText('This key is not published.').waitFor();
    assert.equal(await published(), false);
  });
}

async function showsLooks(t: TestContext, page: Page): Promise<void> {
  await t.test('the owner reads who did what', async () => {
    await page.reload();
    const looks = inSection(page, 'looks').locator('li');
    for (const text of ['Took back a published key', 'Published a key', 'Made an app password or token'])
      await looks.getByText(text).first().waitFor();
    await looks.getByText('Signed in (with the password, from 127.0.0)').first().waitFor();
  });
}

async function tellsAbout(t: TestContext, page: Page): Promise<void> {
  await t.test('the page about what runs here tells version, licence and weight', async () => {
    await openPage(page, 'about');
    await page.getByRole('heading', { name: 'About' }).waitFor();
    await page.getByRole('row', { name: /Scripts at the start 2 \d+ kB/ }).waitFor();
    await page.getByText('AGPL-3.0-or-later').first().waitFor();
    assert.equal(await page.title(), 'About · Caliopen');
  });
}

async function fitsEverywhere(t: TestContext, page: Page): Promise<void> {
  for (const id of ['settings', 'about'] as const) {
    for (const [width, theme, language] of [
      [320, 'dark', 'fr'],
      [1280, 'light', 'en'],
    ] as const) {
      await t.test(
        `${id} at ${width} px, ${theme}, ${language}: axe finds nothing, nothing is too wide`,
        async () => {
          await page.setViewportSize({ width, height: 900 });
          await page.evaluate(`localStorage.setItem('theme', '${theme}')`);
          await page.evaluate(`localStorage.setItem('language', '${language}')`);
          await openPage(page, id);
          await page.reload();
          await page.locator('.page h1').waitFor();
          await page.locator('.page .loading').first().waitFor({ state: 'detached' });
          assert.deepEqual(await violations(page), []);
          const widths =
            'document.querySelector(".page").scrollWidth <= document.querySelector(".page").clientWidth';
          assert.equal(await page.evaluate(widths), true);
        },
      );
    }
  }
}
