import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { atEnd } from '../support/at-end.ts';
import { type Demo, startDemo, stopDemo } from '../support/demo.ts';
import { poll } from '../support/poll.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { key, openWebKit, type WebKitPage } from '../support/webkit.ts';

const address = 'server-key@caliopen.example';
const ownAddress = 'own-key@caliopen.example';
const message = '.message[data-open="true"]';

/** Notes what goes wrong in this document, and what its policy refuses. */
const noteFaults = `(globalThis.faults = [],
  ['error', 'unhandledrejection', 'securitypolicyviolation'].forEach(type =>
    addEventListener(type, event => faults.push([type, event.message, event.reason, event.effectiveDirective, event.sample].join(' ')))))`;
const faultsOf = (page: WebKitPage) => page.read<string[]>('faults');

async function signIn(page: WebKitPage, demo: Demo, who: string): Promise<void> {
  await page.type('#address', who);
  await page.type('#password', demo.passwords.get(who) ?? '');
  await page.click('button', /Sign in/);
  await page.see('h1, h2', /Inbox/);
}

async function open(page: WebKitPage, row: RegExp): Promise<void> {
  await page.click('.row[href]', row);
  await page.see(`${message} .toolbar`);
}

/** Whether what is looked at in a frame is so. */
async function waitFor(page: WebKitPage, what: string, expression: string): Promise<void> {
  await poll(what, async () => ((await page.read<boolean>(expression)) ? true : undefined));
}

test('the webmail in WebKit', { timeout: 240_000 }, async t => {
  const page = await openWebKit(t, { width: 1280, height: 800 });
  if (!page) return;
  const demo = await startDemo(temporaryFolder(t));
  atEnd(t, () => demo.process.kill('SIGKILL'));
  await page.open(demo.web);
  await page.read(noteFaults);
  await readsMail(t, page, demo);
  await sorts(t, page);
  await chooses(t, page);
  await opensSealed(t, page, demo);
  await t.test('nothing was refused or went wrong, and one thing more would be noted', async () => {
    assert.deepEqual(await faultsOf(page), []);
    await page.read(
      `document.head.append(Object.assign(document.createElement('style'), { textContent: 'p {}' }))`,
    );
    await waitFor(page, 'the note', 'faults.length === 1');
  });
  await holdsOnPhone(t, demo);
  await stopDemo(demo);
});

async function readsMail(t: TestContext, page: WebKitPage, demo: Demo): Promise<void> {
  await t.test('the sign-in page hands over to the inbox, and new mail appears by push', async () => {
    await signIn(page, demo, address);
    await page.see('.row[href]');
    const transport = createTransport({ host: '127.0.0.1', port: demo.smtpPort, ignoreTLS: true });
    const from = 'Demo Newcomer <newcomer@friends.example>';
    await transport.sendMail({ from, to: address, subject: 'Just now', text: 'Look.' });
    transport.close();
    await page.see('.row[href]', /Demo Newcomer.*Just now/);
  });
  await t.test('a decrypted message is read, with its level and the reasons', async () => {
    await open(page, /Where the key to the boat house is/);
    await page.see(message, /It hangs behind the third shutter/);
    await page.click(`${message} button`, /Privacy index.*B, protected/);
    await page.see(`${message} table`, /Signature/);
  });
  await t.test('an HTML body fills its frame; its pictures come after a click', async () => {
    await open(page, /Ten teapots|free delivery/);
    const frame = `document.querySelector('${message} iframe')`;
    const hidden = `${frame}?.contentDocument?.body.innerText.length > 20 && ${frame}.contentDocument.documentElement.scrollHeight - ${frame}.clientHeight <= 1`;
    await waitFor(page, 'a frame as high as its body', hidden);
    await page.click(`${message} button`, /Show the pictures/);
    await page.see(`${message} button`, /Leave the pictures out again/);
    assert.equal(await page.read(`${frame}.contentDocument.scripts.length`), 0);
  });
  await t.test('a PDF and a picture are looked at, and left by Escape', async () => {
    await open(page, /Scan 0042/);
    await page.click(`${message} button`, /^ *scan-0042\.pdf/);
    await page.see('dialog[open] iframe');
    await page.press(key.escape);
    await waitFor(page, 'the end of the preview', `!document.querySelector('dialog[open]')`);
    await open(page, /Poster for the printer/);
    await page.click(`${message} button`, /^ *poster\.bmp/);
    await waitFor(page, 'the picture', `document.querySelector('.preview-picture')?.naturalWidth > 0`);
    await page.press(key.escape);
    await waitFor(page, 'the end of the preview', `!document.querySelector('dialog[open]')`);
  });
}

async function sorts(t: TestContext, page: WebKitPage): Promise<void> {
  await t.test('a tag is made, removed, and the removal undone', async () => {
    await open(page, /Just now/);
    await page.click('.tag-menu > summary');
    await page.type('.tag-menu input[name="name"]', `Boat${key.enter}`);
    await page.click('button', /Remove the tag “Boat”/);
    await page.click('.notice button', /Undo/);
    await page.see('button', /Remove the tag “Boat”/);
    await waitFor(page, 'the focus', `document.activeElement.matches('.tag-menu > summary')`);
  });
  await t.test('importance is set by the slider’s keys', async () => {
    const before = await page.read<string>(
      `document.querySelector('${message} .why:last-of-type > summary').innerText`,
    );
    await page.click(`${message} .why > summary`, /Importance/);
    await page.see(`${message} input[type="range"]`);
    await page.read(`document.querySelector('${message} input[type="range"]').focus()`);
    await page.press(key.right);
    await waitFor(
      page,
      'another value',
      `![...document.querySelectorAll('${message} .why > summary')].some(one => one.innerText === ${JSON.stringify(before)})`,
    );
    await page.press(key.escape);
  });
  await t.test('a message is archived by its key, and brought back', async () => {
    await page.press('e');
    await page.click('.notice button', /Undo/);
    await page.click('.tags a', /Inbox/);
    await page.see('.row[href]', /Just now/);
  });
  await t.test('a search opens a tab, which a key closes', async () => {
    await page.press('/');
    await page.type('#search-field', `shutter${key.enter}`);
    await page.see('h1, h2', /Search: shutter/);
    await page.see('.row[href]', /Where the key to the boat house is/);
    await page.see('button', /Close the tab “shutter”/);
    await page.read(`document.getElementById('main').focus()`);
    await page.press('x');
    await waitFor(
      page,
      'the end of the tab',
      `!document.querySelector('[aria-label="Close the tab “shutter”"]')`,
    );
  });
}

async function chooses(t: TestContext, page: WebKitPage): Promise<void> {
  await t.test('what is chosen holds at once, and this browser is named', async () => {
    await page.click('.account > summary');
    await page.click('.account a', /Settings/);
    await page.see('.setting-row', /Safari on Linux/);
    await page.click('label', /Close together/);
    await waitFor(page, 'close rows', `document.documentElement.dataset.density === 'compact'`);
    await page.click('label', /Dark\s*$/);
    await waitFor(page, 'the dark', `document.documentElement.dataset.theme === 'dark'`);
    const ground = await page.read<string>('getComputedStyle(document.body).backgroundColor');
    assert.match(ground, /^rgb\((?:[1-5]?\d, ?){2}[1-5]?\d\)$/);
  });
  await t.test('who signs out finds the form', async () => {
    await page.click('.account > summary');
    await page.click('.account button', /Sign out/);
    await page.see('#password');
    assert.equal(await page.read('document.cookie'), '');
  });
}

async function opensSealed(t: TestContext, page: WebKitPage, demo: Demo): Promise<void> {
  await t.test('sealed mail is opened by the worker with the owner’s key, and is level A', async () => {
    await signIn(page, demo, ownAddress);
    await open(page, /Sealed: only your key opens it/);
    await page.click(`${message} button`, /Add the key/);
    await page.type(`${message} input[type="file"]`, demo.ownKey.file);
    await page.click(`${message} button.primary`, /Add the key/);
    await page.type(`${message} input[type="password"]`, demo.ownKey.passphrase + key.enter);
    await page.see(message, /It hangs behind the third shutter/);
    await page.see(`${message} button`, /Privacy index.*A, sealed/);
    await page.click('button', /Lock now/);
    await page.see(`${message} input[type="password"]`);
    assert.equal(await page.read(`document.body.innerHTML.includes('third shutter')`), false);
  });
}

async function holdsOnPhone(t: TestContext, demo: Demo): Promise<void> {
  await t.test('on a phone nothing is wider than the page, and the focus goes back to the row', async t => {
    const phone = await openWebKit(t, { width: 360, height: 740 });
    assert.ok(phone);
    await phone.open(demo.web);
    const width = '[innerWidth, document.documentElement.scrollWidth]';
    assert.deepEqual(await phone.read(width), [360, 360]);
    await signIn(phone, demo, ownAddress);
    await open(phone, /Sealed: only your key opens it/);
    assert.deepEqual(await phone.read(width), [360, 360]);
    await phone.click('.back-button');
    await waitFor(phone, 'the focus', `document.activeElement.matches('.row')`);
    await phone.click('.menu-button');
    await waitFor(phone, 'the focus', `document.activeElement.matches('#tags a')`);
  });
}
