import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { type BigMailbox, bigEmail, fillBigMailbox, type MailboxSize } from '../support/big-mailbox.ts';
import { openChromium } from '../support/chromium.ts';
import { openTestParts, startDoor, testConfig } from '../support/door-process.ts';
import { signIn } from '../support/sign-in.ts';

const size: MailboxSize = { messages: 3000, discussions: 900, until: new Date() };

/** A person in a browser before the inbox of a busy owner. */
interface Stage {
  readonly page: Page;
  readonly mailbox: BigMailbox;
  /** Delivers the mailbox's message of this number: from 3000 on they are new. */
  deliver(n: number): Promise<string>;
}

test('a long list of discussions', { timeout: 120_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const config = testConfig(t);
  const { store } = await openTestParts(t, config);
  const mailbox = await fillBigMailbox(store, size);
  const door = await startDoor(t, 'web', config);
  const faults: string[] = [];
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
  context.on('console', message => message.type() === 'error' && faults.push(message.text()));
  context.on('weberror', error => faults.push(String(error.error())));
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${door.ports.web}/`);
  await signIn(page, mailbox.address, mailbox.password);
  await rowAt(page, 0).waitFor();
  const deliver = async (n: number) => {
    const email = bigEmail(n, { account: mailbox.account, tags: mailbox.tags, size });
    const { emailId } = await store.deliverEmail(mailbox.account.id, { ...email, receivedAt: new Date() });
    return emailId;
  };
  const stage = { page, mailbox, deliver };
  await mountsFew(t, stage);
  await movesFocus(t, stage);
  await comesBack(t, stage);
  await staysWhenMailComes(t, stage);
  await narrows(t, stage);
  await searchesLong(t, stage);
  assert.deepEqual(faults, []);
});

const rowAt = (page: Page, place: number) => page.locator(`.rows > li[data-place="${place}"] > .row[href]`);

async function counts(page: Page): Promise<{ rows: number; elements: number }> {
  return page.evaluate(() => ({
    rows: document.querySelectorAll('.rows > li').length,
    elements: document.querySelectorAll('*').length,
  }));
}

/** Scrolls until the row of this place is the first in sight. */
const scroll = (page: Page, place: number) =>
  page.locator('.list-body').evaluate((body, to) => {
    body.scrollTo(0, to * (body.querySelector<HTMLElement>('.rows > li')?.offsetHeight ?? Number.NaN));
  }, place);

async function mountsFew(t: TestContext, { page }: Stage): Promise<void> {
  await t.test('is scrolled to its end with few rows and elements in the document', async () => {
    const most = { rows: 0, elements: 0 };
    for (let step = 0; step <= 12; step++) {
      await page.locator('.list-body').evaluate((body, share) => {
        body.scrollTop = (body.scrollHeight - body.clientHeight) * share;
      }, step / 12);
      await page.waitForFunction(() => {
        const { top, bottom } =
          document.querySelector('.list-body')?.getBoundingClientRect() ?? new DOMRect();
        const inSight = [...document.querySelectorAll('.row')].filter(row => {
          const box = row.getBoundingClientRect();
          return box.bottom > top && box.top < bottom;
        });
        return inSight.length >= 9 && inSight.every(row => row.hasAttribute('href'));
      });
      const now = await counts(page);
      most.rows = Math.max(most.rows, now.rows);
      most.elements = Math.max(most.elements, now.elements);
    }
    assert.ok(most.rows <= 60 && most.rows >= 10, JSON.stringify(most));
    assert.ok(most.elements <= 600, JSON.stringify(most));
    assert.deepEqual(await violations(page), []);
    const last = rowAt(page, size.discussions - 1);
    assert.match((await last.textContent()) ?? '', /2100/);
    assert.equal(await last.locator('..').getAttribute('aria-posinset'), String(size.discussions));
    assert.equal(await last.locator('..').getAttribute('aria-setsize'), String(size.discussions));
  });
}

const focusedPlace = (page: Page) =>
  page.evaluate(() => Number(document.activeElement?.closest('li')?.dataset.place ?? Number.NaN));

async function movesFocus(t: TestContext, { page }: Stage): Promise<void> {
  await t.test(
    'keys move the focus to rows that were not in the document, and it is never lost',
    async () => {
      await scroll(page, 0);
      await rowAt(page, 0).focus();
      await page.keyboard.press('End');
      await page.locator(`li[data-place="${size.discussions - 1}"] > .row[href]:focus`).waitFor();
      await page.keyboard.press('Home');
      await page.locator('li[data-place="0"] > .row[href]:focus').waitFor();
      for (let times = 0; times < 40; times++) await page.keyboard.press(times % 2 ? 'j' : 'ArrowDown');
      assert.equal(await focusedPlace(page), 40);
      await page.keyboard.press('PageDown');
      assert.ok((await focusedPlace(page)) > 45);
      await page.keyboard.press('k');
      const place = await focusedPlace(page);
      await rowAt(page, place).waitFor();
      assert.ok(await rowAt(page, place).evaluate(row => row.getBoundingClientRect().top > 100));
      // Scrolled away from, the row stays in the document with its focus.
      await scroll(page, 526);
      await rowAt(page, 530).waitFor();
      assert.equal(await focusedPlace(page), place);
      await page.keyboard.press('ArrowDown');
      assert.equal(await focusedPlace(page), place + 1);
    },
  );
}

async function comesBack(t: TestContext, { page }: Stage): Promise<void> {
  await t.test('back from a discussion the same row has the focus, at the same place', async () => {
    await page.setViewportSize({ width: 360, height: 720 });
    await scroll(page, 263);
    await rowAt(page, 266).waitFor();
    const top = () => page.locator('.list-body').evaluate(body => Math.round(body.scrollTop));
    const before = await top();
    await rowAt(page, 266).click();
    await page.locator('.message').first().waitFor();
    await page.goBack();
    await page.locator('li[data-place="266"] > .row:focus').waitFor();
    assert.ok(Math.abs((await top()) - before) < 80, `${await top()} ${before}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

async function staysWhenMailComes(t: TestContext, { page, deliver }: Stage): Promise<void> {
  await t.test('what is read does not move when mail comes; at the top it comes in', async () => {
    await scroll(page, 394);
    await rowAt(page, 396).waitFor();
    const subject = await rowAt(page, 396).locator('.row-subject').innerText();
    const row = page.locator('.row', { hasText: subject });
    const before = await row.boundingBox();
    await deliver(3000 + 700);
    await page.getByRole('button', { name: 'Show 1 new message' }).waitFor();
    assert.deepEqual(await row.boundingBox(), before);
    await deliver(3000 + 701);
    await page.getByRole('button', { name: 'Show 2 new messages' }).click();
    await page.locator('li[data-place="0"] > .row[href]:focus').waitFor();
    assert.match(await rowAt(page, 0).innerText(), /3701/);
    assert.equal(await page.getByRole('button', { name: /^Show \d/ }).count(), 0);
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    await deliver(3000 + 702);
    await page.locator('li[data-place="0"] > .row', { hasText: '3702' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), focused);
  });
}

async function narrows(t: TestContext, { page }: Stage): Promise<void> {
  const total = () => page.locator('.rows > li').first().getAttribute('aria-setsize');
  await t.test('filters narrow the list, stand in the address, and are cleared', async () => {
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('combobox', { name: 'Privacy level' }).selectOption('B');
    await page.waitForURL(/level=B/);
    await page
      .getByRole('link', { name: /Privacy level B/ })
      .first()
      .waitFor();
    assert.equal(await page.locator('.row[href]', { hasNotText: 'level B' }).count(), 0);
    const ofLevel = Number(await total());
    assert.ok(ofLevel > 50 && ofLevel < 400, String(ofLevel));
    await page.getByRole('combobox', { name: 'Tag' }).selectOption({ label: 'Boat' });
    await page.waitForURL(/tag=/);
    await page.locator('.row[href] .chip').first().waitFor();
    await page.getByRole('slider', { name: 'Importance' }).focus();
    await page.keyboard.press('End');
    await page.waitForURL(/importance=10/);
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/importance=9/);
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/importance=8/);
    await page.getByText('Nothing here fits the filters.').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.reload();
    await page.getByText('Nothing here fits the filters.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await rowAt(page, 0).waitFor();
    assert.doesNotMatch(page.url(), /\?/);
    await page.getByLabel('Unread only').check();
    await page.waitForURL(/unread/);
    await rowAt(page, 0).waitFor();
    assert.equal(await page.locator('.row[data-unread="false"]').count(), 0);
    await page.getByLabel('Unread only').uncheck();
  });
}

async function searchesLong(t: TestContext, { page }: Stage): Promise<void> {
  await t.test('the list of results is fetched while it is typed what for', async () => {
    const fetched = page.waitForRequest(/\/search-results-/);
    await page.getByLabel('Search your mail').focus();
    await fetched;
  });
  await t.test('a search that finds thousands is as light', async () => {
    await page.getByLabel('Search your mail').fill('boat');
    await page.keyboard.press('Enter');
    await page.getByText(/^\d{4} messages found/).waitFor();
    await scroll(page, 657);
    await rowAt(page, 660).waitFor();
    const now = await counts(page);
    assert.ok(now.rows <= 60 && now.elements <= 600, JSON.stringify(now));
    await rowAt(page, 660).focus();
    await page.keyboard.press('j');
    assert.equal(await focusedPlace(page), 661);
  });
  await t.test('another search is asked for as soon as the address names it', async () => {
    await page.getByLabel('Search your mail').fill('harbour');
    assert.deepEqual(await page.evaluate(askedAtSubmit), ['/jmap']);
    await page.getByText(/^\d{4} messages found/).waitFor();
  });
}

/** Runs in the page: sends the search form, and gives the paths that were asked for when the new address is told. */
async function askedAtSubmit(): Promise<string[]> {
  const { fetch } = window;
  const asked: string[] = [];
  window.fetch = (path, init) => {
    asked.push(String(path));
    return fetch(path, init);
  };
  const told = new Promise<string[]>(resolve => {
    // Behind the webmail's own listener.
    addEventListener('hashchange', () => resolve([...asked]), { once: true });
  });
  document.querySelector<HTMLInputElement>('#search-field')?.form?.requestSubmit();
  await told;
  window.fetch = fetch;
  return told;
}
