import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { buildUi } from '../../webmail/api/build-ui.ts';
import { fillBigMailbox } from '../support/big-mailbox.ts';
import { type Demo, startDemo, stopDemo } from '../support/demo.ts';
import { openTestParts, startDoor, testConfig } from '../support/door-process.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { findService } from '../support/services.ts';
import { type Audit, lighthouse } from './web/lighthouse.ts';
import { type ListFigures, measureList } from './web/list.ts';
import { measureSearch, searchAimMilliseconds, searches } from './web/search.ts';

/**
 * What the webmail weighs, how many requests come before the list, what Lighthouse says of the sign-in page and of the
 * inbox over TLS, and what a list of `BENCH_MESSAGES` (100,000) and searches in it cost on screen (medians of
 * `BENCH_ROUNDS`, 3). Aims: 38 kB of scripts at the start, 8 kB of style, 13 kB for the purifier, 70 kB for OpenPGP; 8
 * requests; performance 98, accessibility and best practices 100, largest paint in 1.0 s and interactive in 1.2 s on
 * Lighthouse's phone; sign-in to list 200 ms, scrolled to the end in 2 s without a frame over 50 ms, 60 rows, 600
 * elements, 15 MB; searches 150 ms (p95). `BENCH_PARTS` (weight, demo, list, searches) leaves the others out.
 */
const isAsked = (part: string): boolean => env.BENCH_PARTS?.split(',').includes(part) ?? true;
const rounds = Number(env.BENCH_ROUNDS ?? 3);
const messages = Number(env.BENCH_MESSAGES ?? 100_000);
async function weigh(): Promise<void> {
  const { files } = await buildUi();
  const kilobytes = (name: RegExp) =>
    files
      .filter(file => name.test(file.name))
      .reduce((sum, { octets }) => sum + gzipSync(octets, { level: 9 }).length / 1000, 0);
  const page = files.find(({ name }) => name === 'index.en.html')?.octets.toString() ?? '';
  const sum = (pattern: RegExp) =>
    [...page.matchAll(pattern)].reduce((all, match) => all + kilobytes(new RegExp(`^${match[1]}$`)), 0);
  const scripts = sum(/(?:src|href)="\/([\w-]+\.js)"/g);
  const style = sum(/rel="stylesheet" href="\/([\w-]+\.css)"/g);
  const signIn = kilobytes(/^sign-in\.en\.html$/) + kilobytes(/^boot-/);
  console.log(
    `gzip, kB: sign-in page ${signIn.toFixed(1)}, scripts at the start ${scripts.toFixed(1)}, style ${style.toFixed(1)}, ` +
      `purifier ${kilobytes(/^purify-/).toFixed(1)}, OpenPGP ${kilobytes(/^openpgp/).toFixed(1)}`,
  );
}

const account = 'server-key@caliopen.example';

interface Arrival {
  readonly requests: number;
  readonly milliseconds: number;
  readonly cookie: string;
}

/** Signs in and waits for the first row: the requests since the page was asked for, and the time from the click. */
async function arrive(context: BrowserContext, { web, passwords }: Demo): Promise<Arrival> {
  const page = await context.newPage();
  await page.addInitScript(noteFirstRow);
  await page.goto(web);
  await page.getByLabel('Address').fill(account);
  await page.locator('#password').fill(passwords.get(account) ?? '');
  const began = performance.now();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.row[href]').first().waitFor();
  const milliseconds = performance.now() - began;
  const requests = await page.evaluate(requestsBeforeRow);
  const cookies = await context.cookies();
  return { requests, milliseconds, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
}

/** As somebody who is signed in already. */
async function again(context: BrowserContext, { web }: Demo): Promise<number> {
  const page = await context.newPage();
  await page.addInitScript(noteFirstRow);
  await page.goto(web);
  await page.locator('.row[href]').first().waitFor();
  return page.evaluate(requestsBeforeRow);
}

/** Runs in the page: notes when the first row was painted. */
function noteFirstRow(): void {
  const look = () => {
    if (document.querySelector('.row[href]')) performance.mark('first row');
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Runs in the page: how many requests had begun before, the page's own among them. */
function requestsBeforeRow(): number {
  const at = performance.getEntriesByName('first row')[0]?.startTime ?? Number.POSITIVE_INFINITY;
  return 1 + performance.getEntriesByType('resource').filter(({ startTime }) => startTime < at).length;
}

async function audit(name: string, ask: () => Promise<Audit>): Promise<void> {
  const audits: Audit[] = [];
  for (let round = 0; round < rounds; round += 1) audits.push(await ask());
  const middle = (of: (one: Audit) => number) =>
    audits.map(of).sort((one, other) => one - other)[rounds >> 1] ?? 0;
  const seconds = (of: (one: Audit) => number) => (middle(of) / 1000).toFixed(2);
  console.log(
    `${name}: performance ${middle(one => one.performance)}, accessibility ${middle(one => one.accessibility)}, ` +
      `best practices ${middle(one => one.bestPractices)}; largest paint ` +
      `${seconds(one => one.largestContentfulPaintMilliseconds)} s, interactive ` +
      `${seconds(one => one.interactiveMilliseconds)} s, blocked ${middle(one => one.blockingMilliseconds).toFixed(0)} ms`,
  );
  const complaints = new Set(audits.flatMap(one => one.complaints));
  if (complaints.size > 0) console.log(`  complaints: ${[...complaints].join(', ')}`);
}

async function measureDemo(executablePath: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-web-'));
  const demo = await startDemo(folder, { CALIOPEN_WEB_TLS: 'true' });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const context = await browser.newContext({ locale: 'en', ignoreHTTPSErrors: true });
    const { requests, milliseconds, cookie } = await arrive(context, demo);
    console.log(
      `from the empty page to the list: ${requests} requests; from the click ${milliseconds.toFixed(0)} ms`,
    );
    console.log(`signed in already: ${await again(context, demo)} requests`);
    const headers = { Cookie: cookie };
    await audit('sign-in page', () => lighthouse(demo.web, { chromium: executablePath }));
    await audit('inbox', () => lighthouse(demo.web, { chromium: executablePath, headers }));
  } finally {
    await browser.close();
    await stopDemo(demo);
    removeFolder(folder);
  }
}

/** A mailbox of many years behind a real door. */
async function measureBigMailbox(executablePath: string): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  const bench = { after: (end: () => Promise<void>) => ends.push(end) };
  try {
    const config = testConfig(bench);
    const { store } = await openTestParts(bench, config);
    const began = performance.now();
    const mailbox = await fillBigMailbox(store, {
      messages,
      discussions: Math.ceil(messages * 0.3),
      until: new Date(),
    });
    console.log(`${messages} messages stored in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    const { ports } = await startDoor(bench, 'web', config);
    const subject = { web: `http://127.0.0.1:${ports.web}/`, mailbox };
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      if (isAsked('list')) await tellLists(browser, subject);
      for (const [name, texts] of Object.entries(isAsked('searches') ? searches : {})) {
        const context = await browser.newContext({ locale: 'en' });
        const { median, p95 } = await measureSearch(context, { ...subject, texts });
        await context.close();
        console.log(
          `searches for ${name}: median ${median.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms ` +
            `(aim ${searchAimMilliseconds})`,
        );
      }
    } finally {
      await browser.close();
    }
  } finally {
    for (const end of ends) await end();
  }
}

type Subject = Parameters<typeof measureList>[1];

async function tellLists(browser: Browser, subject: Subject): Promise<void> {
  const found: ListFigures[] = [];
  // The first visit after a start compiles and fills caches.
  for (let round = 0; round <= rounds; round += 1) {
    const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 800 } });
    found.push(await measureList(context, subject));
    await context.close();
  }
  const [first, ...rest] = found;
  const middle = (of: (one: ListFigures) => number) =>
    rest.map(of).sort((one, other) => one - other)[rest.length >> 1] ?? Number.NaN;
  const text = (of: (one: ListFigures) => number, digits = 0) => middle(of).toFixed(digits);
  console.log(
    `sign-in to list ${text(one => one.signInToRows)} ms (${first?.signInToRows.toFixed(0)} the first time after a ` +
      `start), signed in already ${text(one => one.openToRows)} ms`,
  );
  console.log(
    `to the end in ${text(one => one.scroll)} ms, longest frame ${text(one => one.longestFrame, 1)} ms; End key ` +
      `${text(one => one.end)} ms; at most ${text(one => one.rows)} rows and ${text(one => one.elements)} elements; ` +
      `heap ${text(one => one.heapBefore, 1)} MB, after the scroll ${text(one => one.heapAfter, 1)} MB`,
  );
}

if (isAsked('weight')) await weigh();
const executablePath = findService('chromium');
if (executablePath) {
  if (isAsked('demo')) await measureDemo(executablePath);
  if (isAsked('list') || isAsked('searches')) await measureBigMailbox(executablePath);
} else console.log('Chromium is not installed: nothing else measured');
