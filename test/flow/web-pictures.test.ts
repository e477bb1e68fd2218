import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { FrameLocator, Page } from 'playwright-core';
import { drawBmp } from '../../bin/demo/pictures.ts';
import { openChromium } from '../support/chromium.ts';
import { poll } from '../support/poll.ts';
import { htmlLetter, openReader } from '../support/reader.ts';

/** A server of pictures, to which every name leads, and what it was asked. */
async function openPictureServer(t: TestContext) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    response.setHeader('Content-Type', 'text/html').setHeader('Set-Cookie', 'a=b').end(drawBmp(10, 10));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ports = {
    lookUp: async (name: string) => (name.endsWith('.example') ? ['93.184.215.14'] : []),
    connect: () => connect(port, '127.0.0.1'),
  };
  return { asked, ports };
}

const letter = `<style>@import "http://fonts.example/f.css"; td { background: url(http://cdn.example/back.png) }</style>
  <img src="http://cdn.example/boat.png" alt="The boat" width="40" height="30">
  <img src="http://news.example/track/open.php?u=1" alt="">
  <img src="http://news.example/p.png" width="1" height="1">
  <table background="http://cdn.example/boat.png"><tr><td>Words</td></tr></table>
  <p><img src="http://cdn.example/boat.png" alt="The boat again" width="40" height="30"></p>`;

const message = '.message[data-open="true"]';
const inside = (page: Page): FrameLocator => page.frameLocator(`${message} iframe`);

test('remote pictures come after a click, through the server', { timeout: 120_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const { asked, ports } = await openPictureServer(t);
  const { web, page, open } = await openReader(t, browser, { picturePorts: ports });
  const requests: string[] = [];
  page.context().on('request', request => requests.push(request.url()));
  const [first, other] = [await web.deliver(htmlLetter(letter)), await web.deliver(htmlLetter('Other'))];
  const note = page.getByRole('region', { name: 'Content from elsewhere' });
  const show = note.getByRole('button', { name: 'Show the pictures' });
  const widths = () =>
    inside(page)
      .locator('img')
      .evaluateAll(images => images.map(img => (img as unknown as { naturalWidth: number }).naturalWidth));
  /** One picture, whose address is good once, in all its places. */
  const areThere = async () => ((await widths()).join() === '10,10' ? true : undefined);
  const refused: string[] = [];
  page.context().on('response', answer => answer.status() === 404 && refused.push(answer.url()));

  await t.test('at first nothing is loaded, and it is said from where it would have come', async () => {
    await open(first);
    await note.getByText('5 things from elsewhere were not loaded.').waitFor();
    await note.getByText('Where they come from').click();
    const hosts = await note.locator('li').allTextContents();
    assert.deepEqual(hosts, ['cdn.example', 'fonts.example', 'news.example']);
    await note.getByText(/The sender can learn that somebody opened the message/).waitFor();
    assert.equal(await inside(page).locator('img').count(), 0);
    assert.equal(await inside(page).locator('.blocked-picture').first().textContent(), 'The boat');
    assert.deepEqual(asked, []);
  });
  await t.test(
    'the click shows the pictures; the focus stays, beacons and style sheets stay out',
    async () => {
      await show.focus();
      await page.keyboard.press('Enter');
      await inside(page).locator('img').first().waitFor();
      assert.equal(await inside(page).locator('img').count(), 2);
      await poll('the pictures', areThere);
      assert.match(
        await page.locator(`${message} iframe`).getAttribute('src').then(String),
        /^\/frame\/pictures\//,
      );
      assert.deepEqual(asked.map(({ url }) => url).sort(), ['/back.png', '/boat.png']);
      assert.deepEqual(refused, []);
      await note.getByText('only there to report that you read').waitFor();
      await note
        .getByRole('button', { name: 'Leave the pictures out again' })
        .and(page.locator(':focus'))
        .waitFor();
    },
  );
  await t.test('their hosts learn the address and no more', () => {
    for (const { headers, method } of asked) {
      assert.equal(method, 'GET');
      assert.deepEqual(Object.keys(headers).sort(), [
        'accept',
        'accept-encoding',
        'connection',
        'host',
        'user-agent',
      ]);
      assert.equal(headers['user-agent'], 'Mozilla/5.0');
    }
  });
  await t.test(
    'the choice holds for this message when it is opened again, and asks its hosts nothing new',
    async () => {
      await open(other);
      assert.equal(await note.count(), 0);
      await open(first);
      await inside(page).locator('img').first().waitFor();
      await poll('the pictures', areThere);
      assert.equal(asked.length, 2);
      assert.deepEqual(refused, []);
    },
  );
  await t.test('the choice is taken back', async () => {
    await note.getByRole('button', { name: 'Leave the pictures out again' }).click();
    await show.waitFor();
    await inside(page).locator('.blocked-picture').first().waitFor();
    assert.equal(await inside(page).locator('img').count(), 0);
  });
  await t.test('all that was asked for was asked of this server', () => {
    assert.deepEqual(
      requests.filter(url => !url.startsWith(web.origin)),
      [],
    );
  });
});

test('where the owner never wants pictures, none are offered', { timeout: 60_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const { ports } = await openPictureServer(t);
  const { web, page, open } = await openReader(t, browser, { picturePorts: ports });
  await web.ask('Preferences/set', { update: { singleton: { remoteContent: 'never' } } });
  await page.reload();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  await open(await web.deliver(htmlLetter(letter)));
  await page.getByText('from elsewhere were not loaded').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Show the pictures' }).count(), 0);
});
