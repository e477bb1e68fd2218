import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { bundleUi } from '../../webmail/api/bundle.ts';
import { atEnd } from '../support/at-end.ts';
import { openChromium, quiet } from '../support/chromium.ts';
import { requireService } from '../support/services.ts';
import { signIn } from '../support/sign-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestWeb, password, type TestWeb } from '../webmail/api/web.ts';

/** A mailbox with three messages, two of them under a tag that has a colour. */
async function openMailbox(t: TestContext): Promise<TestWeb> {
  const web = await openTestWeb(t, { bundle: await bundleUi() });
  const create = { boat: { name: 'Boat', colour: '#2b6cb8' } };
  const { created } = await web.ask('Mailbox/set', { create });
  for (const subject of ['One', 'Two', 'Three']) {
    const text = `From: ${subject}@a.example\nTo: owner@example.org\nSubject: ${subject}\n\nWords.\n`;
    const id = await web.deliver(text);
    if (subject !== 'Three')
      await web.ask('Email/set', { update: { [id]: { [`mailboxIds/${created.boat.id}`]: true } } });
  }
  return web;
}

async function openInbox(context: BrowserContext, web: TestWeb): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(web.origin);
  await signIn(page, web.account.address, password);
  await page.locator('.row[href]').nth(2).waitFor();
  return page;
}

const style = (selector: string, name: string) =>
  `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${name}`;
const width = (selector: string) =>
  `document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect().width`;

test('who has chosen letters of twice the size gets the layout of a window half as wide', async t => {
  const executablePath = requireService(t, 'chromium');
  if (!executablePath) return;
  const web = await openMailbox(t);
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'Default'));
  const preferences = { webkit: { webprefs: { default_font_size: 32 } } };
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  const viewport = { width: 1280, height: 900 };
  const context = await chromium.launchPersistentContext(folder, {
    ...{ executablePath, args: quiet, locale: 'en', viewport },
  });
  atEnd(t, () => context.close());
  const page = await openInbox(context, web);
  assert.equal(await page.evaluate(style(':root', 'fontSize')), '32px');
  await page.locator('.menu-button').waitFor();
  await page.locator('.row[href]').first().click();
  await page.locator('.message[data-open="true"] .toolbar').waitFor();
  assert.equal(await page.locator('.list').isVisible(), false);
  await page.setViewportSize({ width: 390, height: 800 });
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  assert.equal(await page.evaluate(overflow), 0);
});

test('where the colours are the system’s, what ours say is told by edges', async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openMailbox(t);
  const page = await openInbox(await browser.newContext({ locale: 'en', forcedColors: 'active' }), web);
  await page.locator('.row[href]').first().click();
  await page.locator('.row[aria-current]').waitFor();
  assert.equal(await page.evaluate(style('.row[aria-current]', 'borderInlineStartWidth')), '4px');
  assert.equal(await page.evaluate(style('.row:not([aria-current])', 'borderInlineStartWidth')), '0px');
  assert.equal(await page.evaluate(style('.row:not([aria-current])', 'borderBottomWidth')), '1px');
  assert.equal(await page.evaluate(style('.tags a[aria-current]', 'borderInlineStartWidth')), '4px');
  const mark = style('.switch input', 'backgroundColor');
  const before = await page.evaluate(mark);
  await page.getByLabel('Unread only').check();
  assert.notEqual(await page.evaluate(mark), before);
});

test('a tag of the owner’s is told by its colour; on paper there is what is read, on white', async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openMailbox(t);
  const page = await openInbox(await browser.newContext({ locale: 'en' }), web);
  const own = '.tags a[data-colour="blue"] > .icon';
  await page.locator(own).waitFor();
  assert.ok(Number(await page.evaluate(width(own))) > 12);
  assert.equal(await page.evaluate(style(own, 'paddingInlineStart')), '0px');
  assert.notEqual(
    await page.evaluate(style(own, 'color')),
    await page.evaluate(style('.tags a .icon', 'color')),
  );
  await page.locator('.row[href]').first().click();
  await page.locator('.message[data-open="true"] .toolbar').waitFor();
  await page.emulateMedia({ media: 'print' });
  for (const part of ['.bar', '.tags', '.list', '.actions', '.toolbar']) {
    assert.equal(await page.evaluate(style(part, 'display')), 'none', part);
  }
  assert.equal(await page.evaluate(style('body', 'backgroundColor')), 'rgba(0, 0, 0, 0)');
  assert.equal(await page.locator('.message[data-open="true"] .text').isVisible(), true);
});

test('a list shows much mail at once, and a subject has its line for itself', async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openMailbox(t);
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
  const page = await openInbox(context, web);
  const box = (selector: string) =>
    page.evaluate<DOMRect>(`document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect()`);
  for (const [viewport, rows] of [
    [{ width: 1280, height: 800 }, 12],
    [{ width: 360, height: 740 }, 11],
  ] as const) {
    await page.setViewportSize(viewport);
    const room = Math.floor((await box('.list-body')).height / (await box('.rows > li')).height);
    assert.ok(room >= rows, `${room} rows at ${viewport.width} px`);
    const tags = await box('.row:has(.chip) .row-tags');
    const text = await box('.row:has(.chip) .row-text');
    assert.ok(tags.bottom <= text.top + 1 && text.right > tags.left, 'the tag stands beside the names');
    assert.equal((await box('.row-names')).left, (await box('#list-heading')).left);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.locator('.row').first().hover();
  const check = await box('.row-check input');
  assert.ok(check.right <= (await box('.row-names')).left - 4, 'the box that chooses leaves the names alone');
});

test('what is read begins high on the page, and its writer is named once above it', async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openMailbox(t);
  for (const word of ['Some', 'More', 'Last'])
    await web.deliver(
      `From: Four <four@a.example>\nTo: owner@example.org\nSubject: Four\n\n${word} words.\n`,
    );
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
  const page = await openInbox(context, web);
  await page.locator('.row[href]', { hasText: 'Four' }).click();
  await page.locator('.message[data-open="true"] .toolbar').waitFor();
  const top = 'document.querySelector(".message .text-block").getBoundingClientRect().top';
  assert.ok(Number(await page.evaluate(top)) <= 340, `${await page.evaluate(top)} px at a desk`);
  // What is done with a whole discussion stands beside its names, and stays there.
  await page.locator('.discussion-tools').getByText('Open all').click();
  await page.locator('.reader').evaluate(reader => reader.scrollTo(0, 1000));
  const edge = (selector: string, name: string) =>
    page.evaluate<number>(`document.querySelector('${selector}').getBoundingClientRect().${name}`);
  assert.equal(await edge('.discussion-tools', 'top'), await edge('.reader-head', 'top'));
  assert.ok((await edge('.reader-head h1', 'right')) <= (await edge('.discussion-tools', 'left')));
  await page.locator('.reader').evaluate(reader => reader.scrollTo(0, 0));
  await page.setViewportSize({ width: 1920, height: 900 });
  assert.ok(Number(await page.evaluate(width('.list'))) >= 500, 'a wide window has a wide list');
  // The same window at 200 %: some of the text is there without scrolling.
  await page.setViewportSize({ width: 640, height: 400 });
  assert.ok(Number(await page.evaluate(top)) <= 300, `${await page.evaluate(top)} px at 200 %`);
  const second = '.addresses > :nth-child(2) > dt';
  assert.equal(await edge(second, 'top'), await edge('.addresses dt', 'top'));
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok(Number(await page.evaluate(top)) <= 380, `${await page.evaluate(top)} px on a phone`);
  assert.ok((await edge('.reader-head', 'bottom')) <= (await edge('.discussion-tools', 'top')));
  assert.equal(await edge(second, 'left'), await edge('.addresses dt', 'left'));
  // The head keeps it for the ear.
  assert.equal(await page.evaluate(style('.message .message-writer', 'clipPath')), 'inset(50%)');
  assert.equal(await page.locator('.addresses .display-name', { hasText: 'Four' }).first().isVisible(), true);
});

test('a level says its word under the pointer, and an empty list asks nobody to choose from it', async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openMailbox(t);
  const page = await openInbox(await browser.newContext({ locale: 'en' }), web);
  const title = await page.locator('.row-marks').first().getAttribute('title');
  assert.match(title ?? '', /^Privacy level [A-E], \w|^No privacy level/);
  const wish = page.getByText('Choose a discussion to read it here.');
  assert.equal(await wish.isVisible(), true);
  await page.getByRole('link', { name: 'Drafts' }).click();
  await page.getByText('Nothing here.').waitFor();
  assert.equal(await wish.isVisible(), false);
});
