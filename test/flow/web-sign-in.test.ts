import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { bundleUi } from '../../webmail/api/bundle.ts';
import { atEnd } from '../support/at-end.ts';
import { openChromium, quiet } from '../support/chromium.ts';
import { requireService } from '../support/services.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestWeb, password, type TestWeb } from '../webmail/api/web.ts';

interface Visit {
  readonly page: Page;
  /** Paths that were asked for, without what a build names by. */
  readonly asked: readonly string[];
  /** What the console was told, and what was thrown. */
  readonly faults: string[];
}

async function visit(context: BrowserContext): Promise<Visit> {
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  const asked: string[] = [];
  const faults: string[] = [];
  page.on('request', request => {
    const { pathname, protocol } = new URL(request.url());
    if (protocol !== 'data:') asked.push(pathname.replace(/-[A-Z0-9]{8}\./, '.'));
  });
  page.on('console', message => ['error', 'warning'].includes(message.type()) && faults.push(message.text()));
  page.on('pageerror', error => faults.push(error.message));
  return { page, asked, faults };
}

async function signIn(page: Page, web: TestWeb): Promise<void> {
  await page.getByLabel('Address').fill(web.account.address);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Numbers of the look of a page that has its style. */
const cardWidth = 'document.querySelector(".sign-in-card").getBoundingClientRect().width';

test('the sign-in page comes with its style, and fetches the rest when somebody touches it', async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openTestWeb(t, { bundle: await bundleUi() });
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
  const { page, asked, faults } = await visit(context);
  await page.goto(web.origin, { waitUntil: 'networkidle' });

  await t.test('before that it asks for itself and one script', async () => {
    assert.deepEqual(asked, ['/', '/boot.js']);
    assert.equal(await page.evaluate(cardWidth), 400);
    assert.equal(await page.evaluate('document.styleSheets.length'), 1);
  });

  await t.test('then for all of it at once; where the style fails, nothing is drawn without it', async () => {
    await page.route('**/style-*.css', route => route.abort());
    const failed = page.waitForEvent('requestfailed');
    await page.mouse.move(10, 10);
    await failed;
    assert.deepEqual(asked.slice(2).sort(), ['/chunk.js', '/en.js', '/style.css']);
    await page.unroute('**/style-*.css');
    assert.match(faults.splice(0).join(), /^[^,]*ERR_FAILED[^,]*$/);
  });

  await t.test('the next touch tries again, and the style comes before anything is drawn anew', async () => {
    let release = () => {};
    const isHeld = new Promise<void>(resolve => {
      release = resolve;
    });
    await page.route('**/style-*.css', async route => {
      await isHeld;
      await route.continue();
    });
    const again = page.waitForRequest(/\/style-\w+\.css$/);
    await page.getByLabel('Address').fill(web.account.address);
    await again;
    await page.getByLabel('Password').fill(password);
    await page.getByLabel('Password').press('Enter');
    assert.equal(await page.locator('.mail').count(), 0);
    assert.equal(await page.evaluate(cardWidth), 400);
    release();
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    assert.equal(await page.evaluate('getComputedStyle(document.querySelector(".mail")).display'), 'grid');
  });
  assert.deepEqual(faults, []);
});

test('who is signed in sees the inbox without asking for it, and any other list when its address names it', async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openTestWeb(t, { bundle: await bundleUi() });
  await web.deliver(
    'From: Ada <ada@example.net>\r\nTo: owner@example.org\r\nSubject: The boat\r\n\r\nIt floats.\r\n',
  );
  const { page, asked, faults } = await visit(await browser.newContext({ locale: 'en' }));
  await page.goto(web.origin);
  await signIn(page, web);
  await page.locator('.row[href]').waitFor();
  assert.ok(!asked.includes('/first-list'));

  await t.test('the page fetches it beside its scripts, once', async () => {
    const before = asked.length;
    await page.route('**/jmap', route => route.abort());
    await page.reload();
    await page.locator('.row[href]').waitFor();
    await page.getByText('All mail').waitFor();
    assert.deepEqual(
      asked.slice(before).filter(path => path === '/first-list' || path === '/session'),
      ['/session', '/first-list'],
    );
    const began = `performance.getEntriesByName(location.origin + '/first-list').map(entry => entry.initiatorType)`;
    assert.deepEqual(await page.evaluate(began), ['link']);
    await page.unroute('**/jmap');
    assert.ok(faults.splice(0).every(fault => fault.includes('ERR_FAILED')));
  });

  await t.test('another list is asked for by itself', async () => {
    await page.goto(`${web.origin}/#/tag/all`);
    const before = asked.length;
    await page.reload();
    await page.getByRole('heading', { name: 'All mail' }).waitFor();
    await page.locator('.row[href]').waitFor();
    assert.ok(asked.slice(before).includes('/jmap'));
  });
});

test('a style that was put into the page is refused', async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openTestWeb(t, { bundle: await bundleUi() });
  const { page, faults } = await visit(await browser.newContext({ locale: 'en' }));
  await page.goto(web.origin, { waitUntil: 'networkidle' });
  await page.evaluate(`{
    const style = document.createElement('style');
    style.textContent = 'body { border: 7px solid red }';
    document.head.append(style);
    document.body.setAttribute('style', 'border: 7px solid red');
  }`);
  assert.equal(await page.evaluate('getComputedStyle(document.body).borderTopWidth'), '0px');
  assert.equal(faults.length, 2);
});

test('where the browser keeps nothing of a site, that is told', async t => {
  const executablePath = requireService(t, 'chromium');
  if (!executablePath) return;
  const web = await openTestWeb(t, { bundle: await bundleUi() });
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'Default'));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    args: quiet,
    locale: 'en',
  });
  atEnd(t, () => context.close());
  const { page, faults } = await visit(context);
  await page.goto(web.origin);
  await page.mouse.move(10, 10);
  await page.getByText('This browser keeps nothing for this site.').waitFor();
  await signIn(page, web);
  await page.getByText('Your session has ended.').waitFor();
  await page.getByLabel('Appearance').selectOption('dark');
  await page.locator(':root[data-theme="dark"]').waitFor();
  assert.deepEqual(
    faults.filter(fault => !/status of 401/.test(fault)),
    [],
  );
});
