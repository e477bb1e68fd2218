import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { computeIndex } from '../../delivery/privacy/index.ts';
import { bundleUi } from '../../webmail/api/bundle.ts';
import { violations } from '../support/axe.ts';
import { openChromium } from '../support/chromium.ts';
import { deliverInbox, madeFacts } from '../support/made-inbox.ts';
import { poll } from '../support/poll.ts';
import { signIn } from '../support/sign-in.ts';
import { openTestWeb, password, type TestWeb } from '../webmail/api/web.ts';

async function openPage(context: BrowserContext, web: TestWeb): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(web.origin);
  await signIn(page, web.account.address, password);
  await page.locator('.row').first().waitFor();
  return page;
}

const opened = '.message[data-open="true"]';

async function openMail(page: Page, tag: string, name: RegExp): Promise<Locator> {
  const tags = page.locator('#tags');
  if (!(await tags.isVisible())) await page.getByRole('button', { name: 'Tags', exact: true }).click();
  await tags.getByRole('link', { name: new RegExp(`^${tag}`) }).click();
  await page.getByRole('heading', { name: tag, exact: true }).waitFor();
  await page.getByRole('link', { name }).first().click();
  const message = page.locator(opened).first();
  await message.locator('.toolbar').waitFor();
  return message;
}

/** Opens the menu of a message and chooses from it. */
async function choose(message: Locator, item: string): Promise<void> {
  await message.getByLabel('More about this message').click();
  await message.getByRole('button', { name: item }).click();
}

async function saved(page: Page, button: Locator): Promise<{ name: string; octets: Buffer }> {
  const download = page.waitForEvent('download');
  await button.click();
  const file = await download;
  return { name: file.suggestedFilename(), octets: readFileSync(await file.path()) };
}

test('a browser reads messages of all kinds', { timeout: 180_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const web = await openTestWeb(t, { bundle: await bundleUi() });
  const ids = await deliverInbox(web);
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    viewport: { width: 1280, height: 900 },
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: web.origin });
  const faults: string[] = [];
  context.on('weberror', error => faults.push(String(error.error())));
  const page = await openPage(context, web);

  await keepsOwnInPlace(t, page, ids);
  await foldsQuotes(t, page);
  await previews(t, page);
  await refusesDeceit(t, page);
  await savesFiles(t, page);
  await explainsIndex(t, page);
  await warnsFirst(t, page);
  await tellsDetails(t, page);
  await showsSource(t, page, { web, emailId: ids.files ?? '' });
  await fitsSmallScreens(t, page);
  assert.equal(await page.evaluate('globalThis.hasRun'), undefined);
  assert.deepEqual(faults, []);
});

async function keepsOwnInPlace(t: TestContext, page: Page, ids: Record<string, string>): Promise<void> {
  await t.test('one’s own message stands where it belongs, and says so', async () => {
    await openMail(page, 'Inbox', /Demo Friend/);
    const messages = page.locator('.message');
    await messages.nth(3).waitFor();
    const shown = await messages.evaluateAll(all => all.map(one => (one as HTMLElement).dataset.email));
    assert.deepEqual(shown, [ids.last, ids.unread, ids.answer, ids.first]);
    const own = messages.nth(2);
    assert.equal(await own.getAttribute('data-own'), 'true');
    assert.match((await own.getByRole('button').first().textContent()) ?? '', /You.*Six would do/s);
    assert.equal(await page.locator('.message[data-own="true"]').count(), 1);
    await own.getByRole('button').first().click();
    await own.locator('.addresses').getByText('You').first().waitFor();
    assert.deepEqual(await violations(page, '.reader'), []);
  });
  await t.test('the first unread one is gone to; all are opened and closed at once', async () => {
    await page.getByRole('button', { name: 'Go to the first unread' }).click();
    const unread = page.locator(`.message[data-email="${ids.unread}"]`);
    await unread.locator('.message-head button:focus').waitFor();
    await unread.getByText('Six it is.').waitFor();
    await page.locator('.message[data-unread="true"]').waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('button', { name: 'Go to the first unread' }).count(), 0);
    await page.getByRole('button', { name: 'Open all' }).click();
    await page.locator(`${opened} .toolbar`).nth(3).waitFor();
    await page.getByRole('button', { name: 'Close all' }).click();
    await page.locator(opened).first().waitFor({ state: 'detached' });
  });
}

async function foldsQuotes(t: TestContext, page: Page): Promise<void> {
  await t.test('quoted text is folded, in plain text and in HTML, and opened by a press', async () => {
    const own = page.locator('.message[data-own="true"]');
    await own.getByRole('button').first().click();
    await own.getByText('Six would do.').waitFor();
    const quoted = own.getByText('> Shall we make signs?');
    assert.equal(await quoted.isVisible(), false);
    await own.locator('.quoted > summary').press('Enter');
    assert.match((await quoted.textContent()) ?? '', /^On Monday Demo Friend wrote:/);
    assert.equal(await quoted.isVisible(), true);
    await openMail(page, 'Inbox', /Demo Planner/);
    const frame = page.frameLocator(`${opened} iframe`);
    await frame.getByText('Yes, please.').waitFor();
    assert.equal(await frame.getByText('Cake at two?').isVisible(), false);
    await frame.getByText('Quoted text').press('Enter');
    assert.equal(await frame.getByText('Cake at two?').isVisible(), true);
    assert.equal(await frame.getByText('On Monday Owner wrote:').isVisible(), true);
    const height = async () => (await page.locator(`${opened} iframe`).boundingBox())?.height ?? 0;
    const high = await height();
    await frame.getByText('Quoted text').press('Enter');
    await poll('a lower frame', async () => ((await height()) < high ? true : undefined));
  });
}

async function previews(t: TestContext, page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await t.test('a picture, a text of windows-1252 and a PDF are looked at, by arrow keys', async () => {
    const message = await openMail(page, 'Inbox', /Demo Archivist/);
    await message.getByRole('button', { name: /^hills\.png/ }).click();
    const picture = dialog.getByRole('img', { name: 'Picture hills.png' });
    await picture.waitFor();
    await page.waitForFunction('document.querySelector(".preview-picture").naturalWidth === 480');
    assert.match((await picture.getAttribute('src')) ?? '', /^blob:/);
    assert.deepEqual(await violations(page, '.reader'), []);
    await page.keyboard.press('ArrowRight');
    await dialog.getByText('déjà vu €', { exact: true }).waitFor();
    assert.deepEqual(await violations(page, '.reader'), []);
    const answer = page.waitForResponse(response => response.url().includes('page.pdf'));
    await page.keyboard.press('ArrowRight');
    await dialog.getByTitle('Pages of page.pdf').waitFor();
    const headers = await (await answer).allHeaders();
    assert.equal(headers['content-type'], 'application/pdf');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    await waitForViewer(page);
    await page.keyboard.press('ArrowLeft');
    await dialog.getByText('déjà vu €', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.match((await page.locator(':focus').textContent()) ?? '', /hills\.png/);
  });
}

/** The browser's own viewer is a page of the browser's, in a frame of ours. */
async function waitForViewer(page: Page): Promise<void> {
  await poll('the viewer of the browser', () =>
    page.frames().find(frame => frame.url().startsWith('chrome-extension:')),
  );
}

async function refusesDeceit(t: TestContext, page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  const message = page.locator(opened);
  const show = async (name: RegExp, text: string) => {
    await message.getByRole('button', { name }).click();
    await dialog.getByText(text).first().waitFor();
    assert.equal(await dialog.locator('img, iframe, object, embed').count(), 0);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  };
  await t.test('what is not what its name says is not shown; markup is shown as text', async () => {
    await show(/^page\.png/, 'This is not what its name says');
    await show(/^fake\.pdf/, 'This is not what its name says');
    await show(/^drawing\.svg/, '<svg xmlns=');
    await show(/^<img src=x/, '<script>top.hasRun = true</script>');
    await show(/^a very long name/, '<script>top.hasRun = true</script>');
  });
  await t.test('a long text is cut, and says so', async () => {
    await show(/^long\.csv/, 'Only the first 200 kB are shown.');
  });
  await t.test('a name shows its true ending, and what can run is told', async () => {
    const attachment = (name: string) => message.locator('.attachment', { hasText: name });
    for (const [name, ending] of [
      ['invoicefdp', '.exe'],
      ['invoice.pdf', '.scr'],
      ['a very long name', '.html'],
    ] as const) {
      const last = attachment(name).locator('.attachment-name > bdi').last();
      assert.equal(await last.textContent(), ending);
      const box = await last.boundingBox();
      const around = await attachment(name).boundingBox();
      assert.ok(box && around && box.x + box.width <= around.x + around.width, `${ending} is cut off`);
      await attachment(name).getByText('can run code').waitFor();
    }
    assert.equal(await attachment('hills').getByText('can run code').count(), 0);
  });
}

async function savesFiles(t: TestContext, page: Page): Promise<void> {
  await t.test('a file is saved under a name that deceives nobody', async () => {
    const message = page.locator(opened);
    const picture = await saved(page, message.getByRole('button', { name: 'Save hills.png' }));
    assert.equal(picture.name, 'hills.png');
    assert.match(picture.octets.toString('latin1'), /^\x89PNG/);
    const program = await saved(page, message.getByRole('button', { name: 'Save invoicefdp.exe' }));
    assert.equal(program.name, 'invoicefdp.exe');
  });
}

async function explainsIndex(t: TestContext, page: Page): Promise<void> {
  const message = await openMail(page, 'Inbox', /Demo Neighbour/);
  const account = message.locator('.index-account');
  const numbers = (text: string) => [...text.matchAll(/\d+(?:\.\d+)?/g)].map(Number);
  await t.test('the index is reckoned again by hand from what its table shows', async () => {
    await message.getByRole('button', { name: /Privacy index.*D, exposed.*could be C/ }).click();
    await account.getByText('Privacy index: 34 of 100').waitFor();
    const weights = [60, 20, 20];
    let value = 0;
    for (const [place, part] of (await account.locator('.facts tbody').all()).entries()) {
      const [points = Number.NaN] = numbers((await part.locator('.part-row small').textContent()) ?? '');
      const effects = await part.locator('.fact-effect > span').allTextContents();
      const won = effects.reduce((sum, effect) => sum + (numbers(effect)[0] ?? Number.NaN), 0);
      assert.equal(won, points);
      value += (points * (weights[place] ?? Number.NaN)) / 100;
    }
    assert.equal(value, 34);
    await account.getByText('Together: 30 × 60% + 70 × 20% + 10 × 20% = 34, rounded to 34.').waitFor();
    assert.deepEqual(await violations(page, '.reader'), []);
  });
  await t.test('at most three steps say what they would gain, and what is not known is said', async () => {
    const steps = account.locator('.step');
    assert.ok((await steps.count()) <= 3);
    const gain = computeIndex('message', { ...madeFacts, known: 1 }).value - 34;
    await steps.filter({ hasText: 'Add to contacts' }).getByText(`+${gain}`).waitFor();
    const unknown = account.locator('.dashes strong');
    assert.deepEqual(await unknown.allTextContents(), ['Earlier legs of the way', 'Habit of encrypting']);
  });
}

async function warnsFirst(t: TestContext, page: Page): Promise<void> {
  await t.test('a harmful message shows its reasons, no letter, no link and no preview', async () => {
    const message = await openMail(page, 'Junk', /Demo Bank/);
    const content = message.locator('.message-content');
    assert.equal(await content.locator(':scope > :first-child').getAttribute('data-mark'), 'harmful');
    await message.locator('.warning details[open] li').first().waitFor();
    assert.equal(await message.locator('.index, .level-mark').count(), 0);
    await message.getByText('https://account-check.example/now').waitFor();
    assert.equal(await message.locator('a[href]').count(), 0);
    assert.equal(await message.locator('button.attachment-main').count(), 0);
  });
  await t.test('what came with it is saved at the second press, after a warning', async () => {
    const message = page.locator(opened);
    const first = message.getByRole('button', { name: 'Save form.png' });
    await first.click();
    await message.getByRole('group', { name: 'Save “form.png” all the same?' }).waitFor();
    assert.deepEqual(await violations(page, '.reader'), []);
    await message.getByRole('button', { name: 'Leave it' }).click();
    assert.equal(await message.getByText('This message looks harmful. What came').count(), 0);
    await first.click();
    const file = await saved(page, message.getByRole('button', { name: 'Save all the same' }));
    assert.equal(file.name, 'form.png');
  });
  await t.test('links of a forged message lead nowhere, in HTML too', async () => {
    const message = await openMail(page, 'Junk', /Demo Shop/);
    const content = message.locator('.message-content');
    assert.equal(await content.locator(':scope > :first-child').getAttribute('data-mark'), 'forged');
    assert.equal(await message.locator('.index').count(), 0);
    const frame = page.frameLocator(`${opened} iframe`);
    await frame.getByText('your order').waitFor();
    assert.equal(await frame.locator('[href]').count(), 0);
  });
}

async function tellsDetails(t: TestContext, page: Page): Promise<void> {
  await t.test('dates in full, and all header fields in their order, decoded or as they came', async () => {
    const message = await openMail(page, 'Inbox', /Demo Archivist/);
    await choose(message, 'Details and header fields');
    const dialog = page.getByRole('dialog', { name: 'Details of the message' });
    await dialog
      .getByText(/2 November 2026 at/)
      .first()
      .waitFor();
    const text = (await dialog.textContent()) ?? '';
    assert.match(text, /Monday,? 2 November 2026 at 0?2:15:00 GMT\+01:00/);
    assert.match(text, /as its sender wrote it: Mon, 2 Nov 2026 10:15:00 \+0900/);
    assert.match(text, /in the time zone Europe\/Paris/);
    assert.match(text, /files@files\.example/);
    assert.match(text, /Answers go to.*other@files\.example/s);
    const names = () => dialog.locator('tbody th').allTextContents();
    assert.deepEqual((await names()).slice(0, 8), [
      ...['From', 'To', 'Subject', 'Date', 'Message-ID', 'Reply-To', 'X-Long', 'X-Long'],
    ]);
    const subject = dialog.getByRole('row', { name: 'Subject' }).getByRole('cell');
    assert.equal(await subject.textContent(), 'Des pièces');
    await dialog.getByLabel('As they were sent, undecoded').check();
    assert.equal(await subject.textContent(), '=?UTF-8?Q?Des_pi=C3=A8ces?=');
    assert.deepEqual(await violations(page, '.reader'), []);
    await dialog.getByRole('button', { name: 'Copy the header fields' }).click();
    const copied = await page.waitForFunction('navigator.clipboard.readText().then(text => text || null)');
    assert.match(
      String(await copied.jsonValue()),
      /^From: Demo Archivist.*\nX-Long: one\s+two\nX-Long: again/s,
    );
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.locator(':focus').getAttribute('aria-label'), 'More about this message');
  });
}

async function showsSource(
  t: TestContext,
  page: Page,
  { web, emailId }: { web: TestWeb; emailId: string },
): Promise<void> {
  await t.test('the source is read and saved as it came', async () => {
    const message = page.locator(opened);
    await choose(message, 'Show the source');
    const dialog = page.getByRole('dialog', { name: 'Source of the message' });
    await dialog.getByText('Subject: =?UTF-8?Q?Des_pi=C3=A8ces?=').waitFor();
    assert.deepEqual(await violations(page, '.reader'), []);
    const octets = await web.store.getOctets(web.account.id, emailId);
    const shown = (await dialog.getByRole('region').textContent()) ?? '';
    assert.equal(
      shown.replaceAll('\r\n', '\n'),
      Buffer.from(octets ?? [])
        .toString('utf8')
        .replaceAll('\r\n', '\n'),
    );
    const file = await saved(page, dialog.getByRole('button', { name: 'Save as a file' }));
    assert.equal(file.name, 'message.eml');
    assert.deepEqual(file.octets, Buffer.from(octets ?? []));
    await page.keyboard.press('Escape');
  });
  await t.test('on paper stands the message alone', async () => {
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.bar, .list, .actions, .toolbar').locator('visible=true').count(), 0);
    assert.equal(await page.locator(`${opened} .text`).isVisible(), true);
    await page.emulateMedia({ media: null });
  });
}

async function fitsSmallScreens(t: TestContext, page: Page): Promise<void> {
  await t.test('at 320 px nothing lies beyond the edge, in the message and over it', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    const beyond = () =>
      page.evaluate<string[]>(`[...document.querySelectorAll('.message *, dialog[open], dialog[open] *')]
        .filter(one => one.checkVisibility() && !one.closest('.visually-hidden, svg'))
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
        .filter(one => !one.closest('.attachment-name, .preview-head h2'))
        .map(one => one.className || one.localName)`);
    assert.deepEqual(await beyond(), []);
    const message = page.locator(opened);
    for (const item of ['Details and header fields', 'Show the source']) {
      await choose(message, item);
      await page.getByRole('dialog').locator('table, pre').first().waitFor();
      assert.deepEqual(await beyond(), []);
      assert.deepEqual(await violations(page, '.reader'), []);
      await page.keyboard.press('Escape');
    }
    await message.getByRole('button', { name: /^hills\.png/ }).click();
    await page.getByRole('dialog').getByRole('img').waitFor();
    assert.deepEqual(await beyond(), []);
    await page.keyboard.press('Escape');
  });
}
