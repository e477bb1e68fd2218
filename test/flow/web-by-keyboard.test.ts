import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { addressOf } from '../../bin/demo/people.ts';
import { openStage } from '../screens/stage.ts';
import { focusedName, spokenParts } from '../support/accessibility-tree.ts';
import { atEnd } from '../support/at-end.ts';
import { openChromium } from '../support/chromium.ts';
import { type Demo, startDemo, stopDemo } from '../support/demo.ts';
import { watchRequests } from '../support/quiet-network.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** As far as any of the ways below may be. */
const mostTabs = 120;

test('the main way by keyboard alone, as a screen reader tells it', { timeout: 300_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const demo = await startDemo(temporaryFolder(t));
  atEnd(t, () => demo.process.kill('SIGKILL'));
  await openStage(browser, demo);
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  // A hand on the mouse would be no proof.
  const clicks: string[] = [];
  await page.exposeFunction('noteClick', (what: string) => clicks.push(what));
  await page.addInitScript(
    `addEventListener('pointerdown', event => noteClick(String(event.target.className)), true)`,
  );

  await signsIn(t, page, demo);
  await opensMessage(t, page);
  await addsTag(t, page);
  await searches(t, page);
  await signsOut(t, page);
  assert.deepEqual(clicks, []);
  await stopDemo(demo);
});

async function signsIn(t: TestContext, page: Page, demo: Demo): Promise<void> {
  await t.test('sign in: the form holds the focus, and the mail takes it over', async () => {
    await page.goto(demo.web);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    if (!/Address/.test(await focusedName(page))) await tabTo(page, /^textbox: Address/);
    const address = addressOf('serverKey');
    await page.keyboard.type(address);
    await page.keyboard.press('Tab');
    assert.match(await focusedName(page), /Password/);
    await page.keyboard.type(demo.passwords.get(address) ?? '');
    await page.keyboard.press('Enter');
    await page.locator('#main:focus').waitFor();
    await page.locator('.row[href]').first().waitFor();
    await holdsNames(page);
  });
  await t.test('the page has its landmarks, each named or alone', async () => {
    const parts = await spokenParts(page);
    for (const landmark of ['banner: ', 'search: ', 'navigation: Tags', 'main: ']) {
      assert.equal(parts.filter(part => part === landmark).length, 1, landmark);
    }
    assert.ok(parts.includes('heading: Inbox'), parts.join('\n'));
  });
}

async function opensMessage(t: TestContext, page: Page): Promise<void> {
  await t.test('a row says: unread, sender, subject, attachment, level', async () => {
    const rows = (await spokenParts(page)).filter(part => part.startsWith('link: '));
    assert.ok(
      rows.some(row =>
        /^link: Unread, Demo Colleague, Poster for the printer, .*With attachment, Privacy level D, exposed, /.test(
          row,
        ),
      ),
      rows.join('\n'),
    );
    assert.ok(
      rows.some(row =>
        /^link: Unread, Demo Stranger, 3 messages, We have not met yet, Privacy level B, /.test(row),
      ),
      rows.join('\n'),
    );
  });
  const isQuiet = watchRequests(page);
  await t.test('open: Tab comes to the rows, Enter opens one, and the heading has the focus', async () => {
    await tabTo(page, /^link: (?:Unread, )?Demo Friend/);
    await page.keyboard.press('Enter');
    await page.locator('#reader-heading:focus').waitFor();
    assert.match(await focusedName(page), /^heading: Discussion with Demo Friend/);
  });
  await t.test('read: the level says why, the text is there', async () => {
    // What comes while somebody is below it already pushes the focus out of the window: at the top nothing holds it.
    await page.getByRole('button', { name: /Privacy index: ?B, protected/ }).waitFor();
    await isQuiet();
    await tabTo(page, /^button: Privacy index: ?B, protected/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What is not known' }).waitFor();
    await holdsNames(page);
    const parts = await spokenParts(page);
    assert.ok(
      parts.some(part => part.startsWith('table: What the level is made of')),
      parts.join('\n'),
    );
    assert.ok(parts.some(part => part.includes('It hangs behind the third shutter')));
  });
}

async function addsTag(t: TestContext, page: Page): Promise<void> {
  await t.test('tag: one is made and put on, and it is said', async () => {
    await tabTo(page, /Add a tag/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^textbox: Name of a new tag/);
    await page.keyboard.type('Boat');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove the tag “Boat”' }).waitFor();
    await page.getByRole('status').getByText('Tag “Boat” added.').waitFor();
    assert.notEqual(await focusedName(page), '', 'the focus is lost');
    await holdsNames(page);
  });
}

async function searches(t: TestContext, page: Page): Promise<void> {
  await t.test('search: the number of what was found is said, Enter opens one', async () => {
    await tabTo(page, /^searchbox: Search your mail/);
    await page.keyboard.type('shutter');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Search: shutter' }).waitFor();
    await page.getByRole('status').getByText('1 message found').waitFor();
    await tabTo(page, /^link: (?:Unread, )?Demo Friend, .*Where the key to the boat house is/);
    await page.keyboard.press('Enter');
    await page.locator('#reader-heading:focus').waitFor();
    await holdsNames(page);
  });
}

async function signsOut(t: TestContext, page: Page): Promise<void> {
  await t.test('sign out: the form is there again, and holds the focus', async () => {
    await tabTo(page, /Account/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^button: Sign out/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.locator('#address:focus').waitFor();
    assert.match(await focusedName(page), /^textbox: Address/);
  });
}

/** Presses Tab until what holds the focus is called so; everything on the way can be seen, and seen to have the focus. */
async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const way: string[] = [];
  for (let tabs = 0; tabs < mostTabs; tabs++) {
    await page.keyboard.press('Tab');
    const name = await focusedName(page);
    if (name !== '') assert.equal(await page.evaluate(focusFault), '', name);
    if (wanted.test(name)) return;
    way.push(name);
  }
  assert.fail(`${wanted} is not among\n${way.join('\n')}`);
}

/** What is wrong with how the focus shows; empty when nothing is. */
const focusFault = `(() => {
  const part = document.activeElement;
  if (part.localName === 'iframe') return '';
  const shown = [part, part.closest('label, .switch')].filter(Boolean).some(one => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });
  if (!shown) return 'the focus does not show';
  const box = part.getBoundingClientRect();
  const isInside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return isInside ? '' : 'the focus is out of sight';
})()`;

/** Everything that can be used has a spoken name. */
async function holdsNames(page: Page): Promise<void> {
  const nameless = (await spokenParts(page)).filter(part =>
    /^(?:button|link|textbox|searchbox|combobox|checkbox|radio|menuitem|dialog|img|slider): $/.test(part),
  );
  assert.deepEqual(nameless, []);
}
