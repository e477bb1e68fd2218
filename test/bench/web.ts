import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { gzipSync } from 'node:zlib';
import { type BrowserContext, chromium } from 'playwright-core';
import { buildUi } from '../../webmail/api/build-ui.ts';
import { type Demo, startDemo, stopDemo } from '../support/demo.ts';
import { findService } from '../support/services.ts';
import { type Audit, lighthouse } from './web/lighthouse.ts';

/**
 * What the webmail weighs, how many requests come before the list, and what Lighthouse says of the sign-in page and of
 * the inbox over TLS (medians of `BENCH_ROUNDS`, 3). Aims: 38 kB of scripts at the start, 8 kB of style, 13 kB for the
 * purifier, 70 kB for OpenPGP; 8 requests; performance 98, accessibility and best practices 100, largest paint in 1.0 s
 * and interactive in 1.2 s on Lighthouse's phone.
 */
const rounds = Number(env.BENCH_ROUNDS ?? 3);

async function weigh(): Promise<void> {
  const { files } = await buildUi();
  const kilobytes = (name: RegExp) =>
    files
      .filter(file => name.test(file.name))
      .reduce((sum, { octets }) => sum + gzipSync(octets, { level: 9 }).length / 1000, 0);
  const page = files.find(({ name }) => name === 'index.en.html')?.octets.toString() ?? '';
  const start = [...page.matchAll(/(?:src|href)="\/([\w-]+\.js)"/g)].map(match => match[1] ?? '');
  const scripts = start.reduce((sum, name) => sum + kilobytes(new RegExp(`^${name}$`)), 0);
  console.log(
    `gzip, kB: scripts at the start ${scripts.toFixed(1)}, style ${kilobytes(/\.css$/).toFixed(1)}, ` +
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
  let requests = 0;
  page.on('request', request => {
    if (request.url().startsWith(web) && !request.url().includes('eventsource')) requests += 1;
  });
  await page.goto(web);
  await page.getByLabel('Address').fill(account);
  await page.locator('#password').fill(passwords.get(account) ?? '');
  const began = performance.now();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.row').first().waitFor();
  const milliseconds = performance.now() - began;
  const cookies = await context.cookies();
  return { requests, milliseconds, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
}

/** As somebody who is signed in already. */
async function again(context: BrowserContext, { web }: Demo): Promise<number> {
  const page = await context.newPage();
  let requests = 0;
  page.on('request', request => {
    if (request.url().startsWith(web) && !request.url().includes('eventsource')) requests += 1;
  });
  await page.goto(web);
  await page.locator('.row').first().waitFor();
  return requests;
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
    rmSync(folder, { recursive: true, force: true });
  }
}

await weigh();
const executablePath = findService('chromium');
if (executablePath) await measureDemo(executablePath);
else console.log('Chromium is not installed: nothing else measured');
