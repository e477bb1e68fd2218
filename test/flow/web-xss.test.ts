import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { noFindings } from '../../webmail/api/jmap/given-findings.ts';
import { openChromium } from '../support/chromium.ts';
import { openFirefox } from '../support/firefox.ts';
import { hostileLetters } from '../support/hostile-letter.ts';
import { poll } from '../support/poll.ts';
import { watchRequests } from '../support/quiet-network.ts';
import { openReader, type Reader } from '../support/reader.ts';
import { xssPayloads } from '../vectors/xss-payloads.ts';
import type { TestWeb } from '../webmail/api/web.ts';

const payloads = xssPayloads.map(text => text.replaceAll('{run}', 'pwned()'));
/** So many stand in one letter. */
const together = 15;
const groups = Array.from({ length: Math.ceil(payloads.length / together) }, (_none, place) =>
  payloads.slice(place * together, (place + 1) * together),
);

/** Begins to note what the page's own policy refuses: a sender's text must never come so far. */
const noteRefused = `globalThis.refused = [];
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
    refused.push([effectiveDirective, blockedURI, sample].join(' ')))`;

/** What tells that something ran. */
async function watchOver(context: BrowserContext, origin: string): Promise<string[]> {
  const ran: string[] = [];
  await context.exposeBinding('pwned', ({ frame }) => void ran.push(`pwned in ${frame.url()}`));
  context.on('dialog', dialog => {
    ran.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('page', page => void ran.push(`page ${page.url()}`));
  context.on('weberror', error => void ran.push(`error ${error.error()}`));
  context.on('console', message => {
    const text = message.text();
    // The frame of a body says aloud that it refused: that is the wall at work.
    if (/blocked script/i.test(text) && !text.includes(`'${origin}/frame/`)) ran.push(text);
  });
  return ran;
}

/** Elements and attributes of the page that no view of ours makes; all that a sender chose is text. */
const strangers = `(() => {
  const odd = [];
  for (const element of document.querySelectorAll('*')) {
    const name = element.localName;
    if (/^(?:script|style|link|meta|title|base)$/.test(name) && document.head.contains(element)) continue;
    if (name === 'noscript' && element.parentElement === document.body) continue;
    const isOurs = name !== 'iframe' || element.classList.contains('frame');
    if (!isOurs || /^(?:script|style|link|meta|base|object|embed|applet|frame|frameset|video|audio|source|area|map|marquee|template|math|foreignobject|animate|set|use|image|noscript|portal|xml|font)$/.test(name))
      odd.push(element.outerHTML.slice(0, 300));
    for (const { name, value } of element.attributes) {
      const isCode = /^on/.test(name) || ['srcdoc', 'formaction', 'style', 'background', 'is'].includes(name);
      const isAddress = ['href', 'src', 'action', 'data', 'poster', 'xlink:href', 'ping'].includes(name);
      const isGood = /^(?:#|\\/|https?:|mailto:|blob:|data:image\\/(?:png|jpeg|gif|webp|bmp|avif))/.test(value);
      if ((isCode && value.includes('pwned')) || (isAddress && !isGood) || /^on/.test(name)) odd.push(name + '=' + value.slice(0, 300));
    }
  }
  const made = [...document.querySelectorAll('iframe.frame')].flatMap(frame =>
    [...(frame.contentDocument?.querySelectorAll('*') ?? [])].flatMap(element =>
      [...element.attributes].filter(({ name, value }) =>
        /^on/.test(name) || (name === 'href' && !/^(?:#|https?:|mailto:)/.test(value)) || (name === 'src' && !/^data:image/.test(value))
      ).map(({ name, value }) => 'in the frame: ' + name + '=' + value.slice(0, 200))));
  const loud = [...document.querySelectorAll('iframe.frame')].flatMap(frame =>
    [...(frame.contentDocument?.querySelectorAll('script, iframe, object, embed, form, input, svg, math, link, meta, base, template, video, audio, dialog') ?? [])].map(element => 'in the frame: ' + element.outerHTML.slice(0, 200)));
  return [...odd, ...made, ...loud];
})()`;

for (const [engine, openBrowser] of [
  ['Chromium', openChromium],
  ['Firefox', openFirefox],
] as const)
  test(`nothing that a sender chose runs, in ${engine}`, { timeout: 300_000 }, async t => {
    const browser = await openBrowser(t);
    if (browser) await triesAll(t, browser);
  });

async function triesAll(t: TestContext, browser: Browser): Promise<void> {
  const reader = await openReader(t, browser, { context: { viewport: { width: 1280, height: 900 } } });
  const { web, page } = reader;
  const ran = await watchOver(page.context(), web.origin);
  await page.reload();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  await page.evaluate(noteRefused);
  const letters: Letter[] = [];
  for (const [place, group] of groups.entries()) {
    const [ordinary = '', ofList = ''] = hostileLetters(group);
    const text = group[place % group.length] ?? '';
    letters.push({ id: await deliver(web, ordinary, text), count: 1 + group.length });
    letters.push({ id: await deliver(web, ofList, text), count: 1 });
  }
  await addTagsAndMore(web);
  await readsAll(t, reader, letters);
  await visitsAddresses(t, page);
  await showsNames(t, page);
  await t.test(
    `${payloads.length} payloads have run nothing, and the page had nothing to refuse`,
    async () => {
      assert.deepEqual([ran, await page.evaluate('refused')], [[], []]);
    },
  );
  await t.test('what watches over it sees what runs', async () => {
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('a'), { id: 'trap', href: 'javascript:pwned()' })); trap.click(); pwned()`,
    );
    assert.equal((await page.evaluate<string[]>(strangers)).length, 1);
    await poll('the call', () => (ran.length > 0 ? true : undefined));
    assert.equal((await page.evaluate<string[]>('refused')).length, 1);
  });
}

/** Also what checking found stands there as the sender wrote it: the address of a key. */
async function deliver(web: TestWeb, letter: string, text: string): Promise<string> {
  const signer = {
    keyId: '0123456789abcdef',
    fingerprint: '0123456789abcdef0123456789abcdef01234567',
    address: text,
  };
  const decrypt = {
    ...({ form: 'pgpMime', encryption: 'none', signature: 'verified', subject: 'open' } as const),
    ...{ noIntegrity: false, opened: false, failure: null, algorithms: [], signer },
  };
  return web.deliver(letter, { findings: { ...noFindings, decrypt } });
}

/** Names that the owner, or whoever wrote to the owner's other devices, gave. */
async function addTagsAndMore(web: TestWeb): Promise<void> {
  const named = payloads.map((name, place) => [`c${place}`, name] as const);
  const tags = named.map(([key, name]) => [
    key,
    { name: name.replaceAll(/\p{Cc}|\u2028/gu, ' ').slice(0, 80) },
  ]);
  const { created } = await web.ask('Mailbox/set', { create: Object.fromEntries(tags) });
  assert.ok(Object.keys(created).length > payloads.length * 0.8);
  const views = named
    .slice(0, 90)
    .map(([key, name]) => [
      key,
      { name: name.slice(0, 80), list: { kind: 'search', text: name.slice(0, 80) } },
    ]);
  await web.ask('View/set', { create: Object.fromEntries(views) });
  const cards = named.map(([key, name], place) => [
    key,
    {
      '@type': 'Card',
      version: '1.0',
      name: { full: name },
      emails: { e: { address: `cc@p${place % 6}.example` } },
    },
  ]);
  await web.ask('ContactCard/set', { create: Object.fromEntries(cards) });
}

interface Letter {
  readonly id: string;
  /** Bodies that it shows. */
  readonly count: number;
}

async function readsAll(t: TestContext, reader: Reader, letters: readonly Letter[]): Promise<void> {
  const { page, open, waitForBodies } = reader;
  await t.test(`${letters.length} letters are read, with their details and source`, async () => {
    for (const [place, { id, count }] of letters.entries()) {
      await open(id);
      await waitForBodies(id, count);
      await page.evaluate(`for (const one of document.querySelectorAll('.message details')) one.open = true`);
      assert.deepEqual(await page.evaluate(strangers), []);
      if (place % 4 > 0) continue;
      for (const name of ['Details', 'Source']) await showsDialog(page, name);
    }
  });
}

/** A dialog of the message's menu. */
async function showsDialog(page: Page, name: string): Promise<void> {
  const item = page.locator('.message[data-open="true"] .menu-item', { hasText: name }).first();
  if ((await item.count()) === 0) return;
  await item.evaluate(button => (button as unknown as { click(): void }).click());
  const dialog = page.locator('dialog[open]').last();
  await dialog.waitFor();
  await poll('its content', async () =>
    (await dialog.locator('table, pre').count()) > 0 ? true : undefined,
  );
  assert.deepEqual(await page.evaluate(strangers), []);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}

/** Goes to one after the other, each drawn before the next. */
function follow(addresses: readonly string[]): string {
  return `(async () => {
    for (const address of ${JSON.stringify(addresses)}) {
      location.hash = address;
      await new Promise(done => requestAnimationFrame(done));
    }
  })()`;
}

async function visitsAddresses(t: TestContext, page: Page): Promise<void> {
  await t.test('addresses that somebody was sent lead nowhere but to lists', async () => {
    for (const [place, text] of payloads.entries()) {
      const kind = ['tag', 'search', 'contact', 'page'][place % 4];
      const plain = text.toWellFormed();
      const encoded = encodeURIComponent(plain);
      const odd = place % 2 ? `#/${encoded}` : `#/tag/all/${encoded}/${encoded}`;
      const addresses = [`#/${kind}/${encoded}`, kind === 'search' ? `#/search/${plain}` : odd];
      await page.evaluate(follow(addresses));
      assert.deepEqual(await page.evaluate(strangers), []);
    }
    for (const group of groups.slice(0, 8)) {
      await page.getByLabel('Search your mail').fill(group.join(' '));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: /^Search: / }).waitFor();
      assert.deepEqual(await page.evaluate(strangers), []);
    }
  });
}

async function showsNames(t: TestContext, page: Page): Promise<void> {
  const isQuiet = watchRequests(page);
  await t.test('tags, saved lists, contacts and rows show them as text', async () => {
    for (const address of ['#/tag/all', '#/page/tags', '#/page/settings', '#/page/about']) {
      await page.evaluate(`location.hash = '${address}'`);
      await page.locator('#main :is(h1, h2)').first().waitFor();
      await isQuiet();
      assert.deepEqual(await page.evaluate(strangers), []);
    }
    await page.evaluate(`location.hash = '#/tag/all'`);
    await page.locator('.row').first().waitFor();
    for (let screen = 0; screen < 5; screen++) {
      await page.mouse.move(500, 500);
      await page.mouse.wheel(0, 2000);
      assert.deepEqual(await page.evaluate(strangers), []);
    }
    // Shown as it is written: it was taken for text, and not left out.
    assert.ok((await page.locator('#tags').innerText()).includes(payloads[0] ?? ''));
  });
}
