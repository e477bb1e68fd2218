import type { BrowserContext } from 'playwright-core';
import type { BigMailbox } from '../../support/big-mailbox.ts';
import { percentile } from '../deliver/load.ts';

/** The aim for each group's 95th percentile. */
export const searchAimMilliseconds = 150;

const words = 'boat harbour letter garden invoice meeting ticket photos recipe contract train winter'.split(
  ' ',
);
const six = words.slice(0, 6);

/** What people type into the search field, by kind; nine in ten messages of the mailbox have each of the words. */
export const searches: Readonly<Record<string, readonly string[]>> = {
  words,
  'two words': words.map((word, at) => `${word} ${words[(at + 3) % words.length]}`),
  'phrases and beginnings': ['"boat garden"', '"train ticket"', 'ha*', 'm*', '12*', 'person7'],
  people: ['bernard', 'costa', 'durand', 'eriksen', 'faure', 'garnier'].map(name => `from:${name}`),
  'a word and not another': six.map(word => `${word} -music`),
  'what is not there': ['-boat', '-from:ada', 'NOT subject:boat', '-has:attachment', '-4711', '-is:unread'],
  attachments: [
    'has:attachment',
    ...six.slice(0, 3).map(word => `${word} has:attachment`),
    'train -has:attachment',
  ],
  'read and unread': ['is:unread', 'boat is:unread', 'train is:unread', 'garden is:read', 'boat is:flagged'],
  levels: ['level:A', 'boat level:A', 'train level:E', 'level:E -boat'],
  dates: ['before:2024', 'boat before:2025', 'train after:2026', 'on:2025 garden', 'before:2025 -boat'],
  sizes: ['larger:1k', 'boat smaller:1k', 'train larger:10M', 'larger:400 -boat'],
  alternatives: [
    'boat OR train',
    'boat OR has:attachment',
    '(boat -music) OR level:A',
    'from:ada OR is:flagged',
  ],
  'many at once': [
    'boat from:ada has:attachment level:A after:2024 -music',
    'train -boat -music has:attachment is:read before:2026',
    'from:ada -subject:boat -subject:train is:read level:B',
    'boat OR train -music has:attachment larger:100 after:2024-05',
  ],
};

/** How long a search takes on screen, in milliseconds: from Enter to the painted answer. */
export interface SearchFigures {
  readonly median: number;
  readonly p95: number;
}

/** Searches a mailbox behind a web door for each of the texts. */
export async function measureSearch(
  context: BrowserContext,
  { web, mailbox, texts }: SearchSubject,
): Promise<SearchFigures> {
  const page = await context.newPage();
  await page.goto(web);
  await page.locator('#address').fill(mailbox.address);
  await page.locator('#password').fill(mailbox.password);
  await page.locator('#password').press('Enter');
  await page.locator('.row[href]').first().waitFor();
  const waits: number[] = [];
  for (const text of texts) {
    await page.locator('#search-field').fill(text);
    waits.push(await page.evaluate(answer, text));
  }
  await page.close();
  const sorted = waits.toSorted((one, other) => one - other);
  return { median: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
}

interface SearchSubject {
  readonly web: string;
  readonly mailbox: Pick<BigMailbox, 'address' | 'password'>;
  readonly texts: readonly string[];
}

/** Runs in the page: sends the form and waits for the frame that shows how many were found. */
async function answer(text: string): Promise<number> {
  const field = document.querySelector<HTMLInputElement>('#search-field');
  const began = performance.now();
  field?.form?.requestSubmit();
  const frame = () => new Promise<number>(resolve => requestAnimationFrame(resolve));
  // What another search has found leaves the page with its heading.
  const isThere = () =>
    document.querySelector('#list-heading')?.textContent?.includes(text) === true &&
    Boolean(document.querySelector('.found')?.textContent);
  while (!isThere()) await frame();
  await frame();
  return performance.now() - began;
}
