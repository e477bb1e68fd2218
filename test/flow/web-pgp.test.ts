import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { createTransport } from 'nodemailer';
import type { BrowserContext, Page, Request } from 'playwright-core';
import { loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { atEnd } from '../support/at-end.ts';
import { violations } from '../support/axe.ts';
import { openChromium } from '../support/chromium.ts';
import { type Demo, startDemo, stopDemo } from '../support/demo.ts';
import { encrypt, encryptedMessage, makePerson } from '../support/openpgp-mail.ts';
import { signIn } from '../support/sign-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const address = 'own-key@caliopen.example';
const otherAddress = 'no-key@caliopen.example';

function enter(page: Page, demo: Demo, who = address): Promise<void> {
  return signIn(page, who, demo.passwords.get(who) ?? '');
}

interface Flow {
  readonly page: Page;
  readonly demo: Demo;
  readonly requests: readonly Request[];
}

async function signOut(page: Page, who: string): Promise<void> {
  await page.getByText(who).first().click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
}

/** One part of the whole; the parts behind one that failed would only wait. */
async function step(t: TestContext, name: string, act: () => void | Promise<void>): Promise<void> {
  let isDone = false;
  await t.test(name, async () => {
    await act();
    isDone = true;
  });
  assert.ok(isDone, name);
}

const message = (page: Page) => page.locator('.message[data-open="true"]');
const secretText = 'It hangs behind the third shutter';

test('sealed mail is opened in the browser with a key that never leaves it', {
  timeout: 240_000,
}, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const demo = await startDemo(temporaryFolder(t));
  atEnd(t, () => demo.process.kill('SIGKILL'));
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 900 } });
  const { requests, faults } = listen(context);
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(demo.web);
  await enter(page, demo);
  const flow: Flow = { page, demo, requests };
  await bringsKey(t, flow);
  await unlocks(t, flow);
  await showsParts(t, flow);
  await confirmsInside(t, flow);
  await locks(t, flow);
  await locksElsewhere(t, flow);
  await falls(t, flow, faults);
  await forgets(t, flow);
  await step(t, 'the worker has no way to send anything', async () => {
    const said = faults.length;
    const [worker] = page.workers();
    const sent = await worker?.evaluate(() =>
      fetch('/session').then(
        () => 'sent',
        () => 'refused',
      ),
    );
    assert.equal(sent, 'refused');
    faults
      .splice(said)
      .forEach(fault => void assert.match(fault, /Content Security Policy|Refused|violates/));
  });
  await step(
    t,
    'neither the key nor its passphrase was sent, to nobody, and nothing went wrong',
    async () => {
      const armored = readFileSync(demo.ownKey.file, 'utf8');
      const { readPrivateKey } = await loadOpenPgp();
      const own = await readPrivateKey({ armoredKey: armored });
      const open = Buffer.from(own.toPublic().write());
      // Signatures stand in the public key, too, which may be sent: sometimes in lines that are cut alike.
      const secretLines = armored
        .split(/\r?\n/)
        .filter(line => line.length === 64 && !open.includes(Buffer.from(line, 'base64').subarray(0, 30)));
      assert.ok(secretLines.length > 3);
      for (const request of requests) {
        const said = `${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`;
        assert.ok(!said.includes(demo.ownKey.passphrase), request.url());
        assert.ok(!said.includes('PRIVATE KEY'), request.url());
        for (const line of secretLines) assert.ok(!said.includes(line.slice(0, 40)), request.url());
        assert.ok(!said.includes('third shutter'), request.url());
        assert.ok(/^(?:data|blob):/.test(request.url()) || request.url().startsWith(demo.web), request.url());
      }
      assert.deepEqual(faults, []);
    },
  );
  await opensForeign(t, flow);
  await stopDemo(demo);
});

/** An encrypted message to an account whose key the server knows nothing of. */
async function sendEncrypted({ smtpPort }: Demo): Promise<Uint8Array> {
  const owner = await makePerson(otherAddress);
  const inner =
    'Content-Type: text/html; charset=utf-8\r\n\r\n<p>The teapot is in the shed.</p><img src="https://spy.example/seen.png" width="1" height="1"><img src="https://spy.example/teapot.png" width="300" height="200" alt="teapot">\r\n';
  const raw = encryptedMessage('newcomer@friends.example', await encrypt(inner, [owner]), 'Hello');
  const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
  await transport.sendMail({ envelope: { from: 'newcomer@friends.example', to: otherAddress }, raw });
  transport.close();
  return owner.key.privateKey;
}

async function opensForeign(t: TestContext, { page, demo, requests }: Flow): Promise<void> {
  const add = () => message(page).getByRole('button', { name: 'Add the key' }).click();
  await step(
    t,
    'a key without a passphrase gets one, opens mail that the server can’t, and is forgotten',
    async () => {
      const secretKey = await sendEncrypted(demo);
      await signOut(page, address);
      await enter(page, demo, otherAddress);
      await openRow(page, /newcomer@friends\.example.*Hello/);
      await message(page).getByRole('heading', { name: 'This message is encrypted' }).waitFor();
      const file = {
        name: 'secret.pgp',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(secretKey),
      };
      await message(page).getByLabel('File with your secret key').setInputFiles(file);
      await message(page)
        .getByLabel(/forget the key when I sign out/)
        .check();
      await add();
      await message(page).getByText('This key has no passphrase.').waitFor();
      await message(page).getByLabel('New passphrase for this key').fill('short');
      await add();
      await message(page).getByText('The passphrase is too short.').waitFor();
      await message(page).getByLabel('New passphrase for this key').fill('three blue teapots');
      assert.deepEqual(await violations(page, '.reader'), []);
      await add();
      await message(page).getByLabel('Passphrase of your key').fill('three blue teapots');
      await page.keyboard.press('Enter');
      await message(page).frameLocator('iframe').getByText('The teapot is in the shed.').waitFor();
      await message(page)
        .getByText(/from elsewhere (?:was|were) not loaded/)
        .waitFor();
      assert.equal(
        await message(page)
          .getByRole('button', { name: /pictures/i })
          .count(),
        0,
      );
      await message(page)
        .getByRole('button', { name: /Privacy index/ })
        .click();
      const row = (name: string) => message(page).getByRole('table').getByRole('row', { name });
      await row('Tracking').getByText('present').waitFor();
      await row('Remote content').getByText('present').waitFor();
      assert.deepEqual(
        requests.map(request => request.url()).filter(url => url.includes('spy.example')),
        [],
      );
      await signOut(page, otherAddress);
      await enter(page, demo, otherAddress);
      await openRow(page, /newcomer@friends\.example.*Hello/);
      await message(page).getByText('There is no key on this device yet.').waitFor();
    },
  );
}

function listen(context: BrowserContext): { requests: Request[]; faults: string[] } {
  const requests: Request[] = [];
  const faults: string[] = [];
  context.on('request', request => requests.push(request));
  context.on('console', said => said.type() === 'error' && faults.push(said.text()));
  context.on('weberror', error => faults.push(String(error.error())));
  return { requests, faults };
}

async function openRow(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('link', { name }).first().click();
  await message(page).locator('.toolbar').first().waitFor();
}

async function bringsKey(t: TestContext, { page, demo, requests }: Flow): Promise<void> {
  await step(
    t,
    'a sealed message asks for a key, and OpenPGP is not fetched before there is one',
    async () => {
      // The third one is the last of the demo’s mail.
      await openRow(page, /Demo Friend.*3 messages.*Sealed: only your key opens it.*Privacy level (?!A)/);
      await message(page).getByRole('heading', { name: 'This message is sealed' }).waitFor();
      await message(page).getByText('There is no key on this device yet.').waitFor();
      assert.deepEqual(await violations(page, '.reader'), []);
      assert.equal(requests.filter(request => /\/openpgp/.test(request.url())).length, 0);
      await message(page).getByRole('button', { name: 'Add the key' }).click();
      await message(page).getByText('Choose a file or paste the key first.').waitFor();
      await message(page).getByLabel('Or its text').fill('-----BEGIN PGP PUBLIC KEY BLOCK-----');
      await message(page).getByRole('button', { name: 'Add the key' }).click();
      await message(page).getByText('No OpenPGP secret key was found in it.').waitFor();
      await message(page).getByLabel('Or its text').fill('');
      await message(page).getByLabel('File with your secret key').setInputFiles(demo.ownKey.file);
      await message(page).getByRole('button', { name: 'Add the key' }).click();
      await message(page).getByLabel('Passphrase of your key').waitFor();
      assert.equal(requests.filter(request => /\/openpgp/.test(request.url())).length, 1);
      assert.deepEqual(await violations(page, '.reader'), []);
    },
  );
}

async function unlocks(t: TestContext, { page, demo }: Flow): Promise<void> {
  await step(
    t,
    'a wrong passphrase is told; the right one shows text and subject, and the level is A',
    async () => {
      const field = message(page).getByLabel('Passphrase of your key');
      await field.fill('not this one');
      await page.keyboard.press('Enter');
      await message(page).getByText('This passphrase opens no key on this device.').waitFor();
      assert.equal(await field.evaluate(element => element === document.activeElement), true);
      assert.deepEqual(await violations(page, '.reader'), []);
      await field.fill(demo.ownKey.passphrase);
      await page.keyboard.press('Enter');
      await message(page).getByText(secretText).waitFor();
      await message(page).getByText('Opened on this device with your key.').waitFor();
      await message(page)
        .getByRole('button', { name: /Privacy index.*A, sealed/ })
        .waitFor();
      await message(page).getByText('Signed by friend@friends.example.').waitFor();
      assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'BODY');
      await page
        .getByRole('link', { name: /Demo Friend.*Where the key to the boat house is.*Privacy level A/ })
        .first()
        .waitFor();
      assert.deepEqual(await violations(page, '.reader'), []);
    },
  );
}

async function showsParts(t: TestContext, { page }: Flow): Promise<void> {
  await step(t, 'pictures and attachments of a sealed message come from memory', async () => {
    await page
      .locator('.message-head > button', { hasText: 'Sealed: only your key opens it' })
      .first()
      .click();
    const plan = page.locator('.message', { hasText: 'The view from the boat house' });
    const frame = plan.frameLocator('iframe');
    await frame.getByRole('heading', { name: 'The evening over the hills' }).waitFor();
    const picture = frame.getByRole('img', { name: 'Hills in the evening' });
    assert.equal(await picture.evaluate(image => (image as HTMLImageElement).naturalWidth), 240);
    const download = page.waitForEvent('download');
    await plan.getByRole('button', { name: 'Save what we need.txt' }).click();
    const saved = readFileSync(await (await download).path(), 'utf8');
    assert.equal(saved.trim(), 'rope, lamp, matches, two blankets');
    await plan.locator('.message-more > summary').click();
    await plan.getByRole('button', { name: /source/i }).click();
    await page
      .getByRole('dialog')
      .getByText(/^Subject: \[\.\.\.\]$/m)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(await violations(page, '.reader'), []);
  });
}

async function confirmsInside(t: TestContext, { page }: Flow): Promise<void> {
  await step(
    t,
    'a stranger’s message is opened by itself now, and reaches more when the key is confirmed',
    async () => {
      await openRow(page, /Demo Stranger/);
      await message(page).getByText('I found your key, so I write encrypted.').waitFor();
      await message(page)
        .getByRole('button', { name: /Privacy index/ })
        .click();
      const row = message(page).getByRole('table').getByRole('row', { name: 'Signature' });
      await row.getByText('unknown key').waitFor();
      await message(page)
        .getByRole('button', { name: /Do it.*Confirm the key/ })
        .click();
      await message(page).getByRole('button', { name: 'Yes, it is the same' }).click();
      await row.getByText('verified').waitFor();
    },
  );
  await step(t, 'adding the writer to the contacts takes nothing back of what the device found', async () => {
    await message(page)
      .getByRole('button', { name: /Do it.*Add to contacts/ })
      .click();
    await message(page)
      .getByRole('button', { name: /Add Demo Stranger/ })
      .click();
    const row = (name: string) => message(page).getByRole('table').getByRole('row', { name });
    await row('Known participants').getByText('100%').waitFor();
    await row('Signature').getByText('verified').waitFor();
  });
}

async function locks(t: TestContext, { page, demo }: Flow): Promise<void> {
  await step(
    t,
    'locked by a button, the text is gone from the page, and the key has to be unlocked again',
    async () => {
      await openRow(page, /Where the key to the boat house is/);
      await message(page).getByText(secretText).waitFor();
      await message(page).getByRole('button', { name: 'Lock now' }).click();
      await message(page).getByLabel('Passphrase of your key').waitFor();
      assert.equal(page.workers().length, 1);
      assert.equal((await page.content()).includes('third shutter'), false);
      assert.equal((await page.content()).includes('boat house'), false);
      await message(page).getByLabel('Passphrase of your key').fill(demo.ownKey.passphrase);
      await message(page).getByRole('button', { name: 'Open', exact: true }).click();
      await message(page).getByText(secretText).waitFor();
      // What the worker says when nobody has used the key for a quarter of an hour.
      await page.workers()[0]?.evaluate(() => postMessage({ event: 'locked' }));
      await message(page).getByLabel('Passphrase of your key').waitFor();
      assert.equal((await page.content()).includes('third shutter'), false);
    },
  );
}

async function locksElsewhere(t: TestContext, { page, demo }: Flow): Promise<void> {
  await step(t, 'locked in one window, it is locked in the others of this browser', async () => {
    const other = await page.context().newPage();
    other.setDefaultTimeout(45_000);
    await other.goto(page.url());
    for (const each of [page, other]) {
      await message(each).getByLabel('Passphrase of your key').fill(demo.ownKey.passphrase);
      await message(each).getByRole('button', { name: 'Open', exact: true }).click();
      await message(each).getByText(secretText).waitFor();
    }
    await message(other).getByRole('button', { name: 'Lock now' }).click();
    await message(page).getByLabel('Passphrase of your key').waitFor();
    assert.equal((await page.content()).includes('third shutter'), false);
    await other.close();
  });
}

async function falls(t: TestContext, { page, demo }: Flow, faults: string[]): Promise<void> {
  await step(t, 'when the worker falls, what it had opened is gone from the page', async () => {
    await message(page).getByLabel('Passphrase of your key').fill(demo.ownKey.passphrase);
    await message(page).getByRole('button', { name: 'Open', exact: true }).click();
    await message(page).getByText(secretText).waitFor();
    const said = faults.length;
    await page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new Error('fallen');
      });
    });
    await message(page).getByLabel('Passphrase of your key').waitFor();
    assert.equal((await page.content()).includes('third shutter'), false);
    // Whether the console hears of a worker's fault is the browser's own affair.
    assert.ok(faults.splice(said).every(fault => fault.includes('fallen')));
  });
}

async function forgets(t: TestContext, { page, demo }: Flow): Promise<void> {
  await step(t, 'after signing out nothing of it is left but the locked key', async () => {
    await signOut(page, address);
    assert.equal((await page.content()).includes('boat house'), false);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.doesNotMatch(kept, /PGP|boat|shutter/);
    await enter(page, demo);
    await openRow(page, /Demo Friend.*Sealed: only your key opens it.*Privacy level A/);
    await message(page).getByLabel('Passphrase of your key').waitFor();
  });
}
