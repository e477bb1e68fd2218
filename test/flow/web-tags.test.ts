import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { atEnd } from '../support/at-end.ts';
import { violations } from '../support/axe.ts';
import { openChromium } from '../support/chromium.ts';
import { type Demo, startDemo } from '../support/demo.ts';
import { signIn } from '../support/sign-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const address = 'server-key@caliopen.example';

async function openPage(page: Page, demo: Demo): Promise<void> {
  page.setDefaultTimeout(45_000);
  await page.goto(demo.web);
  await signIn(page, address, demo.passwords.get(address) ?? '');
  // Delivered last.
  await row(page, /Where the key to the boat house is/).waitFor({ timeout: 60_000 });
}

const tags = (page: Page): Locator => page.getByRole('navigation', { name: 'Tags' });
const rows = (page: Page): Locator => page.locator('.rows .row[href]');
const row = (page: Page, name: RegExp): Locator => rows(page).filter({ hasText: name }).first();
const bar = (page: Page): Locator => page.getByRole('group', { name: 'Selected messages' });
const box = (page: Page, name: RegExp): Locator =>
  page.locator('.rows > li').filter({ hasText: name }).first().locator('.row-check');

async function goTo(page: Page, name: string): Promise<void> {
  await tags(page)
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

/** Unread messages of a tag, as its link tells. */
async function unread(page: Page, name: string): Promise<number> {
  const link = tags(page).getByRole('link', { name: new RegExp(`^${name}`) });
  const told = await link.locator('.count').allTextContents();
  return Number(told[0] ?? 0);
}

async function undo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/^Undone for|is back\.$/).waitFor();
}

test('messages are tagged and put away, one or many at once, and all of it can be undone', {
  timeout: 180_000,
}, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const demo = await startDemo(temporaryFolder(t));
  atEnd(t, () => demo.process.kill('SIGKILL'));
  const context = await browser.newContext({
    locale: 'en',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  const faults: string[] = [];
  context.on('weberror', error => faults.push(String(error.error())));
  const page = await context.newPage();
  await openPage(page, demo);

  await selectsByMouse(t, page);
  await actsByKey(t, page);
  await selectsByKey(t, page);
  await actsOnWholeList(t, page);
  await deletesForGood(t, page);
  await managesTags(t, page);
  await tagsMany(t, page);
  await deletesTag(t, page);
  await fitsPhone(t, page);
  assert.deepEqual(faults, []);
});

async function selectsByMouse(t: TestContext, page: Page): Promise<void> {
  await t.test('rows are selected with Shift, archived together, and brought back', async () => {
    const before = await unread(page, 'Inbox');
    await row(page, /About the soup/).hover();
    await box(page, /About the soup/).click();
    await box(page, /Poster for the printer/).click({ modifiers: ['Shift'] });
    const counted = Number(
      /\d+/.exec(
        (await bar(page)
          .getByText(/\d+ selected/)
          .textContent()) ?? '',
      )?.[0],
    );
    assert.ok(counted >= 3, `${counted} rows`);
    assert.deepEqual(await violations(page), []);
    await bar(page).getByRole('button', { name: 'Archive' }).click();
    await page.getByText(/^\d+ messages archived\.$/).waitFor();
    await row(page, /About the soup/).waitFor({ state: 'detached' });
    await bar(page).waitFor({ state: 'detached' });
    await goTo(page, 'Archive');
    await row(page, /About the soup/).waitFor();
    await undo(page);
    await row(page, /About the soup/).waitFor({ state: 'detached' });
    await goTo(page, 'Inbox');
    await row(page, /About the soup/).waitFor();
    assert.equal(await unread(page, 'Inbox'), before);
  });
}

async function actsByKey(t: TestContext, page: Page): Promise<void> {
  const press = async (name: RegExp, key: string) => {
    await row(page, name).focus();
    await page.keyboard.press(key);
  };
  await t.test(
    'one key each archives, calls junk, deletes and marks the row in focus; z takes it back',
    async () => {
      for (const [key, place, said] of [
        ['e', 'Archive', /^\d+ messages? archived/],
        ['!', 'Junk', /^\d+ messages? moved to junk/],
        ['#', 'Trash', /^\d+ messages? moved to the trash/],
        ['Delete', 'Trash', /^\d+ messages? moved to the trash/],
      ] as const) {
        await press(/Demo Gardener/, key);
        await page.getByText(said).waitFor();
        await row(page, /Demo Gardener/).waitFor({ state: 'detached' });
        assert.equal(await page.locator('.rows .row:focus').count(), 1, 'the focus is lost');
        await goTo(page, place);
        await row(page, /Demo Gardener/).waitFor();
        await page.keyboard.press('z');
        await page.getByText(/^Undone for/).waitFor();
        await goTo(page, 'Inbox');
        await row(page, /Demo Gardener/).waitFor();
      }
    },
  );
  await t.test('u marks as unread what was read, and as read what was not', async () => {
    const isUnread = () => row(page, /Demo Gardener/).getAttribute('data-unread');
    assert.equal(await isUnread(), 'true');
    await press(/Demo Gardener/, 'u');
    await page
      .locator('.rows .row[data-unread="false"]')
      .filter({ hasText: /Demo Gardener/ })
      .waitFor();
    await press(/Demo Gardener/, 'u');
    await page
      .locator('.rows .row[data-unread="true"]')
      .filter({ hasText: /Demo Gardener/ })
      .waitFor();
  });
  await t.test('junk comes back by the same key, and typing is never taken for keys', async () => {
    await goTo(page, 'Junk');
    await row(page, /Demo Bank/).waitFor();
    const before = await rows(page).count();
    await press(/Demo Bank/, '!');
    await page.getByText(/moved back to the inbox: no junk/).waitFor();
    await row(page, /Demo Bank/).waitFor({ state: 'detached' });
    await page.keyboard.press('z');
    await page.getByText(/^Undone for/).waitFor();
    await row(page, /Demo Bank/).waitFor();
    await page.getByLabel('Search your mail').fill('e!#uxz*');
    assert.equal(await rows(page).count(), before);
    await page.getByLabel('Search your mail').fill('');
    await goTo(page, 'Inbox');
  });
  await t.test('? shows the map of keys, by groups', async () => {
    await page.locator('#main').focus();
    await page.keyboard.press('?');
    const table = page.getByRole('dialog').getByRole('table');
    await table.getByRole('row', { name: /^e Archive/ }).waitFor();
    assert.deepEqual(await table.locator('th[scope="rowgroup"]').allTextContents(), [
      'Going',
      'Selecting',
      'Doing',
    ]);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await table.waitFor({ state: 'detached' });
    await page.locator('#main:focus').waitFor();
  });
}

async function selectsByKey(t: TestContext, page: Page): Promise<void> {
  await t.test('s and Space select, * selects all shown, Esc ends it', async () => {
    await row(page, /Demo Planner/).focus();
    await page.keyboard.press('s');
    await page.keyboard.press('j');
    await page.keyboard.press('Space');
    await bar(page).getByText('2 selected').waitFor();
    await page.keyboard.press('Space');
    await bar(page).getByText('1 selected').waitFor();
    await page.keyboard.press('*');
    const all = Number(
      /\d+/.exec(
        (await bar(page)
          .getByText(/\d+ selected/)
          .textContent()) ?? '',
      )?.[0],
    );
    assert.ok(all >= 10, `${all} rows`);
    await page.keyboard.press('Escape');
    await bar(page).waitFor({ state: 'detached' });
    assert.equal(await page.locator('.row-check :checked').count(), 0);
  });
}

async function actsOnWholeList(t: TestContext, page: Page): Promise<void> {
  await t.test('all of a list is marked as read, loaded or not, and marked back', async () => {
    const before = await unread(page, 'Inbox');
    assert.ok(before > 0);
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await bar(page).getByRole('button', { name: 'Whole list' }).click();
    await bar(page)
      .getByText(/^All \d+ messages of this list$/)
      .waitFor();
    await bar(page).getByRole('button', { name: 'Mark as read' }).click();
    await page.getByText(`${before} messages marked as read.`).waitFor();
    await tags(page)
      .getByRole('link', { name: /^Inbox$/ })
      .waitFor();
    await undo(page);
    await tags(page)
      .getByRole('link', { name: `Inbox ${before} unread` })
      .waitFor();
  });
}

async function deletesForGood(t: TestContext, page: Page): Promise<void> {
  await t.test('what is in the trash is deleted for good after a question, and only then', async () => {
    await row(page, /Demo Scanner/).focus();
    await page.keyboard.press('#');
    await page.getByText(/moved to the trash/).waitFor();
    await goTo(page, 'Trash');
    const press = async () => {
      await row(page, /Demo Scanner/).focus();
      await page.keyboard.press('#');
    };
    await press();
    const question = page.getByRole('alertdialog', { name: 'Delete for good?' });
    await question.getByText('1 message will be gone for good. This can’t be undone.').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    assert.equal(await rows(page).count(), 1);
    await press();
    await question.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('1 message deleted for good.').waitFor();
    await row(page, /Demo Scanner/).waitFor({ state: 'detached' });
    await goTo(page, 'Inbox');
  });
}

async function managesTags(t: TestContext, page: Page): Promise<void> {
  await t.test('a tag is made with a colour, renamed, moved, and a taken name is refused', async () => {
    await tags(page).getByRole('link', { name: 'Change tags' }).click();
    await page.getByRole('heading', { name: 'Tags', level: 1 }).waitFor();
    const make = page.getByRole('region', { name: 'New tag' });
    await make.getByLabel('Name').fill('Boat');
    await make.getByLabel('Teal').check();
    await make.getByRole('button', { name: 'Make the tag' }).click();
    await tags(page).getByRole('link', { name: /^Boat/ }).waitFor();
    await make.getByLabel('Name').fill('Boat');
    await make.getByRole('button', { name: 'Make the tag' }).click();
    await make.getByRole('alert').getByText('There is a tag “Boat” in this place already.').waitFor();
    await make.getByLabel('Name').fill('Sail');
    await make.getByLabel('Lies under').selectOption('Boat');
    await make.getByRole('button', { name: 'Make the tag' }).click();
    const sail = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('button', { name: 'Change the tag “Sail”' }) });
    await sail.waitFor();
    assert.equal(await sail.getAttribute('data-depth'), '1');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Change the tag “Sail”' }).click();
    const own = page.getByRole('region', { name: 'Your tags' });
    await own.getByLabel('Name').fill('Mast');
    await own.getByLabel('Red').check();
    assert.deepEqual(await violations(page), []);
    await own.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Tag “Mast” changed.').waitFor();
    const link = tags(page).getByRole('link', { name: /^Mast/ });
    assert.equal(await link.getAttribute('data-colour'), 'red');
    await page.getByRole('button', { name: 'Undo' }).click();
    await tags(page).getByRole('link', { name: /^Sail/ }).waitFor();
    await goTo(page, 'Inbox');
  });
}

async function tagsMany(t: TestContext, page: Page): Promise<void> {
  await t.test('a tag is put on many messages at once, shown on each, and taken away again', async () => {
    await row(page, /Demo Planner/).focus();
    await page.keyboard.press('s');
    await page.keyboard.press('j');
    await page.keyboard.press('s');
    await bar(page).getByText('2 selected').waitFor();
    await page.keyboard.press('t');
    const boat = bar(page).getByLabel('Boat');
    // The menu goes with the selection, so that nothing can be checked afterwards.
    await boat.click();
    await page.getByText(/^“Boat” added to \d+ messages\.$/).waitFor();
    await page.locator('.rows .chip[data-colour="teal"]').nth(1).waitFor();
    await goTo(page, 'Boat');
    await row(page, /Demo Planner/).waitFor();
    assert.equal(await rows(page).count(), 2);
    await page.getByRole('navigation', { name: 'Tabs' }).getByRole('link', { name: /^Boat/ }).waitFor();
  });
}

async function deletesTag(t: TestContext, page: Page): Promise<void> {
  await t.test('deleting a tag deletes no mail, moves up what lay under it, and can be undone', async () => {
    await tags(page).getByRole('link', { name: 'Change tags' }).click();
    await page.getByRole('button', { name: 'Change the tag “Boat”' }).click();
    await page.getByRole('button', { name: 'Delete the tag' }).click();
    const question = page.getByRole('alertdialog', { name: 'Delete the tag “Boat”?' });
    await question.getByText(/\d+ messages will lose it\. Not one is deleted/).waitFor();
    await question.getByRole('button', { name: 'Delete the tag' }).click();
    await page.getByText('Tag “Boat” deleted. Its messages are still there.').waitFor();
    await tags(page).getByRole('link', { name: /^Boat/ }).waitFor({ state: 'detached' });
    assert.equal(await tags(page).getByRole('link', { name: /^Sail/ }).getAttribute('data-depth'), null);
    await goTo(page, 'Inbox');
    await row(page, /Demo Planner/).waitFor();
    await undo(page);
    const link = tags(page).getByRole('link', { name: /^Boat/ });
    await link.waitFor();
    assert.equal(await link.getAttribute('data-colour'), 'teal');
    await tags(page).locator('a[data-depth="1"]').filter({ hasText: 'Sail' }).waitFor();
    await goTo(page, 'Boat');
    await row(page, /Demo Planner/).waitFor();
    assert.equal(await rows(page).count(), 2);
    await goTo(page, 'Inbox');
  });
}

async function fitsPhone(t: TestContext, page: Page): Promise<void> {
  await t.test('on a phone the selection and the tags fit, and nothing overflows', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    const first = page.locator('.rows > li').first().locator('.row-check');
    const size = await first.boundingBox();
    assert.ok(size && size.width >= 44 && size.height >= 44, JSON.stringify(size));
    await first.click();
    await bar(page).getByText('1 selected').waitFor();
    assert.deepEqual(await violations(page), []);
    await bar(page).getByRole('button', { name: 'End the selection' }).click();
    await page.evaluate(() => {
      location.hash = '#/page/tags';
    });
    await page.getByRole('button', { name: 'Change the tag “Boat”' }).click();
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  });
}
