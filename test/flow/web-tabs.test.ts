import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { atEnd } from '../support/at-end.ts';
import { violations } from '../support/axe.ts';
import { openChromium } from '../support/chromium.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { poll } from '../support/poll.ts';
import { signIn } from '../support/sign-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const address = 'server-key@caliopen.example';

async function openPage(context: BrowserContext, demo: Demo): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(demo.web);
  await signIn(page, address, demo.passwords.get(address) ?? '');
  return page;
}

const strip = (page: Page): Locator => page.getByRole('navigation', { name: 'Tabs' });
const tab = (page: Page, name: string | RegExp): Locator => strip(page).getByRole('link', { name });
const titles = (page: Page) => strip(page).locator('.tab-name').allTextContents();

async function search(page: Page, text: string): Promise<void> {
  await page.getByLabel('Search your mail').fill(text);
  await page.getByLabel('Search your mail').press('Enter');
  await page.getByRole('heading', { name: `Search: ${text}`, exact: true }).waitFor();
}

test('lists stay at hand as tabs', { timeout: 180_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const demo = await startDemo(temporaryFolder(t));
  atEnd(t, () => demo.process.kill('SIGKILL'));
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
  const faults: string[] = [];
  context.on('weberror', error => faults.push(String(error.error())));
  const page = await openPage(context, demo);

  await opensTabs(t, page);
  await sharesTabs(t, page);
  await stepsByKeys(t, page);
  await closesTabs(t, page);
  await savesAndPins(t, page, demo);
  await showsHostileText(t, page);
  await listsContact(t, page);
  await helpsSearching(t, page);
  await isMenuOnPhone(t, page);
  assert.deepEqual(faults, []);
});

async function opensTabs(t: TestContext, page: Page): Promise<void> {
  await t.test('a search opens a tab with an address of its own and its unread count', async () => {
    assert.equal(await strip(page).count(), 0);
    await search(page, 'demo');
    await tab(page, /^demo/).waitFor();
    assert.equal(await tab(page, /^demo/).getAttribute('aria-current'), 'page');
    assert.match(page.url(), /#\/search\/demo$/);
    await tab(page, /^demo \d+ unread$/).waitFor();
    await search(page, 'from:friend');
    assert.deepEqual(await titles(page), ['Inbox', 'demo', 'from:friend']);
    assert.match(await page.title(), /from:friend/);
    assert.deepEqual(await violations(page), []);
  });
  await t.test('going back leads to the list before, and tabs outlive a reload', async () => {
    await page.goBack();
    await page.getByRole('heading', { name: 'Search: demo' }).waitFor();
    await page.reload();
    await tab(page, /^from:friend/).click();
    await page.getByRole('heading', { name: 'Search: from:friend' }).waitFor();
    assert.deepEqual(await titles(page), ['Inbox', 'demo', 'from:friend']);
  });
}

async function sharesTabs(t: TestContext, page: Page): Promise<void> {
  await t.test('windows of one browser have the same tabs', async () => {
    const other = await page.context().newPage();
    other.setDefaultTimeout(45_000);
    await other.goto(page.url());
    await search(other, 'elsewhere');
    await tab(page, /^elsewhere/).waitFor();
    await strip(page).getByRole('button', { name: 'Close the tab “elsewhere”' }).click();
    await tab(other, /^elsewhere/).waitFor({ state: 'detached' });
    await other.close();
    assert.deepEqual(await titles(page), ['Inbox', 'demo', 'from:friend']);
  });
  await t.test('a window that hears late of what another one opened takes nothing of it away', async () => {
    const slow = await page.context().newPage();
    slow.setDefaultTimeout(45_000);
    await slow.addInitScript(hearLate);
    await slow.goto(page.url());
    await tab(slow, /^from:friend/).waitFor();
    for (const text of ['first', 'second']) await search(page, text);
    for (const window of [slow, page])
      for (const name of [/^first/, /^second/]) await tab(window, name).waitFor();
    // As long again as the other one takes to hear.
    await slow.waitForTimeout(2 * lateMilliseconds);
    assert.deepEqual(await titles(page), ['Inbox', 'demo', 'from:friend', 'first', 'second']);
    for (const text of ['first', 'second'])
      await strip(page)
        .getByRole('button', { name: `Close the tab “${text}”` })
        .click();
    await tab(slow, /^(?:first|second)/).waitFor({ state: 'detached' });
    await slow.close();
    assert.deepEqual(await titles(page), ['Inbox', 'demo', 'from:friend']);
  });
}

const lateMilliseconds = 400;

/** Passes on what other windows have stored as on a machine that is busy. */
const hearLate = `addEventListener('storage', event => {
  if (!event.isTrusted) return;
  event.stopImmediatePropagation();
  const { key, newValue } = event;
  setTimeout(() => dispatchEvent(new StorageEvent('storage', { key, newValue })), ${lateMilliseconds});
})`;

async function stepsByKeys(t: TestContext, page: Page): Promise<void> {
  await t.test('[ and ] go from tab to tab, round and round', async () => {
    await page.locator('#main').focus();
    for (const [key, name] of [
      [']', 'Inbox'],
      [']', 'demo'],
      [']', 'from:friend'],
      ['[', 'demo'],
    ] as const) {
      await page.keyboard.press(key);
      await strip(page).locator('[aria-current] .tab-name').getByText(name, { exact: true }).waitFor();
    }
  });
}

async function closesTabs(t: TestContext, page: Page): Promise<void> {
  await t.test(
    'a tab is closed by its button, by the middle button and by a key; the focus stays on the page',
    async () => {
      await search(page, 'boat');
      await search(page, 'kettle');
      await strip(page).getByRole('button', { name: 'Close the tab “boat”' }).click();
      assert.deepEqual(await titles(page), ['Inbox', 'demo', 'from:friend', 'kettle']);
      await page.getByRole('heading', { name: 'Search: kettle' }).waitFor();
      await page.locator('#main').focus();
      await page.keyboard.press('x');
      await page.getByRole('heading', { name: 'Search: from:friend' }).waitFor();
      await tab(page, /^demo/).click({ button: 'middle' });
      assert.deepEqual(await titles(page), ['Inbox', 'from:friend']);
      await strip(page).getByRole('button', { name: 'Close the tab “from:friend”' }).click();
      await page.locator('.tab-room').waitFor({ state: 'detached' });
      await page.getByRole('heading', { name: 'Inbox' }).waitFor();
      assert.equal(await strip(page).count(), 0);
      await page.locator('#main:focus').waitFor();
    },
  );
}

/** Another window of the same browser, which is not told what the first one forgets before its own session is over. */
async function lateWindow(page: Page): Promise<Page> {
  const late = await page.context().newPage();
  late.setDefaultTimeout(45_000);
  await late.addInitScript(() => addEventListener('storage', event => event.stopImmediatePropagation()));
  await late.goto(page.url());
  await tab(late, /^demo/).waitFor();
  return late;
}

async function savesAndPins(t: TestContext, page: Page, demo: Demo): Promise<void> {
  await t.test('a list is saved for every device, and pinned to this one', async () => {
    await search(page, 'demo');
    await search(page, 'is:unread');
    await page.locator('.tab-options summary').click();
    await page.getByLabel('Save under the name').fill('To read');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved as “To read”.').waitFor();
    const saved = page.getByRole('navigation', { name: 'Tags' }).getByRole('link', { name: /^To read/ });
    await saved.waitFor();
    await tab(page, /^To read/).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByLabel('Pin to this device').check();
    await tab(page, /^To read pinned/).waitFor();
    await page.keyboard.press('Escape');

    const late = await lateWindow(page);
    await page.locator('.account summary').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await late.getByRole('button', { name: 'Sign in' }).waitFor();
    await late.close();
    await poll('the search that was not pinned to be forgotten', async () => {
      const remembered = await page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
      return remembered.includes('search/demo') ? undefined : true;
    });
    await signIn(page, address, demo.passwords.get(address) ?? '');
    await tab(page, /^To read pinned/).waitFor();
    assert.deepEqual(await titles(page), ['Inbox', 'To read']);
  });
  await t.test('another device has what was saved, and not what was pinned', async () => {
    const other = await page
      .context()
      .browser()
      ?.newContext({ locale: 'fr', viewport: { width: 1280, height: 800 } });
    assert.ok(other);
    const theirs = await other.newPage();
    theirs.setDefaultTimeout(45_000);
    await theirs.goto(demo.web);
    await theirs.getByLabel('Adresse').fill(address);
    await theirs.getByLabel('Mot de passe').fill(demo.passwords.get(address) ?? '');
    await theirs.getByRole('button', { name: 'Se connecter' }).click();
    const tags = theirs.getByRole('navigation', { name: 'Étiquettes' });
    await tags.getByRole('link', { name: /^To read/ }).click();
    await theirs.getByRole('heading', { name: 'is:unread' }).waitFor();
    const options = theirs.getByRole('navigation', { name: 'Onglets' });
    await options.getByRole('link', { name: /^To read/ }).waitFor();
    assert.deepEqual(await options.locator('.tab-name').allTextContents(), ['Réception', 'To read']);
    await theirs.locator('.tab-options summary').click();
    await theirs.getByRole('button', { name: 'Oublier' }).click();
    await tags.getByRole('link', { name: /^To read/ }).waitFor({ state: 'detached' });
    await other.close();
    await page
      .getByRole('navigation', { name: 'Tags' })
      .getByRole('link', { name: /^To read/ })
      .waitFor({ state: 'detached' });
  });
}

async function listsContact(t: TestContext, page: Page): Promise<void> {
  await t.test(
    'a contact’s name opens a tab with all mail with them, and their addresses above it',
    async () => {
      await page.evaluate(async () => {
        const post = async (path: string, body?: unknown) => {
          const headers = { 'X-Caliopen': '1', 'Content-Type': 'application/json' };
          const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
          return (await fetch(path, init)).json();
        };
        const { accountId } = await post('/session');
        const card = {
          name: { full: 'Gardening Gus' },
          emails: { e: { address: 'gardener@friends.example' } },
        };
        const methodCalls = [['ContactCard/set', { accountId, create: { card } }, 'set']];
        await post('/jmap', {
          using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:contacts'],
          methodCalls,
        });
      });
      await page
        .getByRole('navigation', { name: 'Tags' })
        .getByRole('link', { name: /^Inbox/ })
        .click();
      await page.reload();
      await page.locator('.rows .row[href]').filter({ hasText: 'The sunflowers are out' }).click();
      await page
        .locator('.reader-head')
        .getByRole('link', { name: /Gus|Gardener/ })
        .click();
      await page.getByRole('heading', { name: 'Gardening Gus', level: 1 }).first().waitFor();
      await tab(page, /^Gardening Gus/).waitFor();
      assert.match(page.url(), /#\/contact\//);
      await page.locator('.contact-head').getByText('gardener@friends.example').waitFor();
      assert.equal(await page.locator('.rows .row[href]').count(), 1);
      assert.deepEqual(await violations(page), []);
      await strip(page).getByRole('button', { name: 'Close the tab “Gardening Gus”' }).click();
      await tab(page, /^Gardening Gus/).waitFor({ state: 'detached' });
    },
  );
}

async function helpsSearching(t: TestContext, page: Page): Promise<void> {
  await t.test('the search field tells what can be searched for, and writes it', async () => {
    await tab(page, /^Inbox/).click();
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    await page.locator('.search-help summary').click();
    await page.getByRole('button', { name: 'is:unread', exact: true }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'from:' }).click();
    await page.keyboard.type('cook');
    assert.equal(await page.getByLabel('Search your mail').inputValue(), 'from:cook');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Search: from:cook' }).waitFor();
    await page.locator('.rows .row[href]').filter({ hasText: 'Demo Cook' }).first().waitFor();
    assert.equal(await page.locator('.search-help .popover').isVisible(), false);
    await strip(page).getByRole('button', { name: 'Close the tab “from:cook”' }).click();
    await tab(page, /^from:cook/).waitFor({ state: 'detached' });
  });
}

async function showsHostileText(t: TestContext, page: Page): Promise<void> {
  await t.test('whatever an address asks for is text, in the tab, the heading and the title', async () => {
    const text = '<img src=x onerror=alert(1)>\u202E"><script>alert(2)</script>';
    const dialogs: string[] = [];
    page.on('dialog', dialog => dialogs.push(dialog.message()));
    await page.evaluate(
      to => {
        location.hash = to;
      },
      `#/search/${encodeURIComponent(text)}`,
    );
    await tab(page, /onerror=alert/).waitFor();
    assert.equal(await page.locator('img, .tab script').count(), 0);
    assert.ok(!(await titles(page)).join('').includes('\u202E'));
    assert.deepEqual(dialogs, []);
    await page.locator('#main').focus();
    await page.keyboard.press('x');
    await page.getByRole('heading', { name: 'is:unread' }).waitFor();
  });
}

async function isMenuOnPhone(t: TestContext, page: Page): Promise<void> {
  await t.test('on a phone the tabs are a menu, and nothing overflows', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    assert.equal(await page.locator('.tab-strip').isVisible(), false);
    await page.locator('.tab-menu summary').click();
    const menu = page.locator('.tab-menu .popover');
    await menu.getByRole('link', { name: /^is:unread/ }).waitFor();
    const box = await menu.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
    assert.deepEqual(await violations(page), []);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, 320);
    await menu.getByRole('link', { name: /^Inbox/ }).click();
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    assert.equal(await menu.isVisible(), false);
  });
}
