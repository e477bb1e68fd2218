import type { TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { bundleUi } from '../../webmail/api/bundle.ts';
import { openTestWeb, password, type TestWeb, type TestWebOptions } from '../webmail/api/web.ts';
import { poll } from './poll.ts';
import { signIn } from './sign-in.ts';

/** A web door with the webmail, and a browser's page in which its owner is signed in. */
export interface Reader {
  readonly web: TestWeb;
  readonly page: Page;
  /** Opens a message and waits until its head is there. */
  open(emailId: string): Promise<void>;
  /** Waits until so many bodies of an open message are in their frames, or shown as plain text. */
  waitForBodies(emailId: string, count: number): Promise<void>;
}

/** Opens both; closed when the test ends. */
export async function openReader(
  t: TestContext,
  browser: Browser,
  options: TestWebOptions & { readonly context?: BrowserContextOptions } = {},
): Promise<Reader> {
  const web = await openTestWeb(t, { ...options, bundle: await bundleUi() });
  const context = await browser.newContext({ locale: 'en', ...options.context });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(web.origin);
  await signIn(page, web.account.address, password);
  return {
    web,
    page,
    async open(emailId) {
      const { list } = await web.ask('Email/get', { ids: [emailId], properties: ['discussionId'] });
      const address = `#/tag/all/${list[0].discussionId}/${emailId}`;
      await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
      await page.locator(`.message[data-email="${emailId}"][data-open="true"] .body`).waitFor();
    },
    async waitForBodies(emailId, count) {
      const shown = async () => ((await page.evaluate(countBodies(emailId))) === count ? true : undefined);
      await poll(`${count} bodies`, shown, 30_000);
    },
  };
}

function countBodies(emailId: string): string {
  return `(body => body ? [...body.querySelectorAll('iframe')].filter(frame =>
      frame.contentDocument?.querySelector('style')?.textContent.includes('blocked-picture')).length +
    body.querySelectorAll('.text').length : 0
  )(document.querySelector('.message[data-email="${emailId}"] .body'))`;
}

/** A letter with an HTML body, in the lines that a message has. */
export function htmlLetter(html: string, subject = 'Letter', fields: readonly string[] = []): string {
  return [
    'From: Ann <ann@a.example>',
    'To: owner@example.org',
    `Subject: ${subject}`,
    ...fields,
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(html).toString('base64').replace(/.{76}/g, '$&\n'),
    '',
  ].join('\n');
}

/** A letter of several HTML bodies, each of which is shown in a frame of its own. */
export function htmlLetters(bodies: readonly string[], subject = 'Letter'): string {
  const parts = bodies.map(html => htmlLetter(html).replace(/^[\s\S]*?MIME-Version: 1.0\n/, '--cut\n'));
  return [
    'From: Ann <ann@a.example>',
    'To: owner@example.org',
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=cut',
    '',
    ...parts,
    '--cut--',
    '',
  ].join('\n');
}
