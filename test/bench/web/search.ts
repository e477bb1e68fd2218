import type { BrowserContext } from 'playwright-core';
import type { BigMailbox } from '../../support/big-mailbox.ts';
import { percentile } from '../deliver/load.ts';

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
