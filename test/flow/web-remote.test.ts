import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { framePolicy } from '../../webmail/api/frame-routes.ts';
import { atEnd } from '../support/at-end.ts';
import { poll } from '../support/poll.ts';
import { watchRequests } from '../support/quiet-network.ts';
import { htmlLetters, openReader } from '../support/reader.ts';
import { type Engine, openWitness, type Witness } from '../support/witness.ts';
import { remoteLoads } from '../vectors/remote-loads.ts';

/** Serves each way of loading as a document of its own, bare or under the policy of our frames, and all in one page. */
async function openControl(t: TestContext, witness: Witness): Promise<string> {
  const server = createServer((request, response) => {
    const [, kind = '', number] = (request.url ?? '').split('/');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    if (kind === 'empty') return void response.end('<!doctype html><title>Empty</title>');
    if (number === undefined) return void response.end(pageOf(kind));
    if (kind === 'walled') response.setHeader('Content-Security-Policy', framePolicy);
    response.end(witness.fill(remoteLoads[Number(number)]?.html ?? '', Number(number)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function pageOf(kind: string): string {
  const sandbox = kind === 'walled' ? 'sandbox="allow-same-origin"' : '';
  return [...remoteLoads.keys()]
    .map(number => `<iframe ${sandbox} src="/${kind}/${number}"></iframe>`)
    .join('');
}

/** Loads all of them, and waits until the network is quiet. */
async function openAll(browser: Browser, address: string): Promise<void> {
  const page = await browser.newPage();
  page.on('dialog', dialog => void dialog.dismiss());
  // Some never end to load: what they asked for is noted all the same.
  await page.goto(address, { waitUntil: 'networkidle', timeout: 8000 }).catch(() => null);
  await twoFrames(page);
  await page.close();
}

/** Whatever a document fetches to be shown has been asked for by then. */
async function twoFrames(page: Page): Promise<void> {
  const drawn = 'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))';
  await page.evaluate(drawn);
}

function namesOf(numbers: Iterable<number>): string[] {
  return [...numbers].map(number => remoteLoads[number]?.name ?? String(number));
}

/** Each in a frame of its own. */
const bodiesAtOnce = 20;
/** The number of what stands behind links of plain text, and behind the link of a bare page. */
const linked = remoteLoads.length;
const bareLink = linked + 1;

/**
 * What the policy of a frame does not keep this browser from, by the names of vectors: looking up a host and connecting,
 * never a request. The purifier stops that.
 */
const pastThePolicy: Readonly<Record<Engine, RegExp>> = {
  // It looks up and connects to where a frame would lead before it asks the policy.
  chromium: /frame/,
  firefox: /^link (?:dns-prefetch|preconnect)/,
};

for (const engine of ['chromium', 'firefox'] as const)
  test(`ways of loading something from elsewhere, in ${engine}`, { timeout: 240_000 }, t =>
    tryAll(t, engine),
  );

async function tryAll(t: TestContext, engine: Engine): Promise<void> {
  const witness = await openWitness(t);
  const browser = await witness.openBrowser(engine);
  if (!browser) return;
  const control = await openControl(t, witness);

  await t.test(`${remoteLoads.length} bodies of letters, opened and read, reach nobody`, async t => {
    const { web, page, open, waitForBodies } = await openReader(t, browser);
    const isQuiet = watchRequests(page);
    const bodies = remoteLoads.map(({ html }, number) => witness.fill(html, number));
    for (let first = 0; first < bodies.length; first += bodiesAtOnce) {
      const some = bodies.slice(first, first + bodiesAtOnce);
      const id = await web.deliver(htmlLetters(some, `From ${first}`));
      await open(id);
      await waitForBodies(id, some.length);
      await twoFrames(page);
    }
    await isQuiet();
    assert.deepEqual([witness.seen, namesOf(witness.reached())], [[], []]);
  });
  await t.test('links of plain text are shown and reach nobody', async t => {
    const { web, page, open, waitForBodies } = await openReader(t, browser);
    const text = witness.fill('See {http} and {https}.', linked);
    const id = await web.deliver(`From: ann@a.example\nTo: owner@example.org\nSubject: Links\n\n${text}\n`);
    await open(id);
    await waitForBodies(id, 1);
    await page.locator('.message .text a').nth(1).waitFor();
    await twoFrames(page);
    // Whatever they would ask for is asked before this.
    const last = engine === 'firefox' && witness.seesNames ? bareLink : 0;
    const bare = await browser.newPage();
    await bare.goto(last === 0 ? `${control}/raw/0` : `${control}/empty`);
    // Firefox takes its time to look up a link that comes into a page.
    await bare.evaluate(
      `document.body.innerHTML = ${JSON.stringify(witness.fill('<a href="{http}">A link</a>', bareLink))}`,
    );
    await poll('what is asked last', () => (witness.reached().has(last) ? true : undefined));
    await bare.close();
    assert.ok(!witness.reached().has(linked), witness.seen.join());
    witness.seen.length = 0;
  });
  await t.test(
    'under the policy of the frame alone, without the purifier, nothing is asked of anybody',
    async () => {
      await openAll(browser, `${control}/walled`);
      const frames = namesOf(witness.reached()).filter(name => !pastThePolicy[engine].test(name));
      assert.deepEqual([witness.seen.filter(line => line.startsWith('http ')), frames], [[], []]);
    },
  );
  await t.test('as bare pages most of them reach the witness, some by a name alone', async () => {
    await openAll(browser, `${control}/raw`);
    const reached = witness.reached();
    const others = remoteLoads.filter((_, number) => !reached.has(number)).map(({ name }) => name);
    t.diagnostic(`${reached.size} of ${remoteLoads.length} reach it, not: ${others.join(', ')}`);
    assert.ok(reached.size > remoteLoads.length * 0.6, `only ${reached.size}`);
    if (witness.seesNames) assert.ok(witness.seen.some(line => line.startsWith('dns ')));
  });
}
