import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import type { BigMailbox } from '../../support/big-mailbox.ts';

/** What a long list costs; times in milliseconds. */
export interface ListFigures {
  /** From the click on the sign-in button to the first painted row. */
  readonly signInToRows: number;
  /** The same from the address, for somebody who is signed in. */
  readonly openToRows: number;
  /** From the first row to the last, evenly: how long, the longest frame, and long tasks. */
  readonly scroll: number;
  readonly longestFrame: number;
  readonly longTasks: number;
  /** From the End key to the last row on screen. */
  readonly end: number;
  /** Most of each that were in the document at once. */
  readonly rows: number;
  readonly elements: number;
  /** Of JavaScript, after collecting garbage, in MB: at the start, and after the scroll. */
  readonly heapBefore: number;
  readonly heapAfter: number;
}

const scrollMilliseconds = 2000;

/** Measures the inbox of a mailbox behind a web door, in a context of its own, in English. */
export async function measureList(
  context: BrowserContext,
  { web, mailbox }: { readonly web: string; readonly mailbox: Pick<BigMailbox, 'address' | 'password'> },
): Promise<ListFigures> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  await page.addInitScript(watchPaints);
  await page.goto(web);
  await page.locator('#address').fill(mailbox.address);
  await page.locator('#password').fill(mailbox.password);
  await page.locator('#password').press('Shift+Tab');
  await page.evaluate(() => window.watched.begin());
  await page.getByRole('button', { name: 'Sign in' }).click();
  const signInToRows = await page.evaluate(() => window.watched.rowsAfterClick());
  const heapBefore = await heapOf(session);
  const scrolled = await page.evaluate(scrollToEnd, scrollMilliseconds);
  await page.locator('.row[href]').first().waitFor();
  const heapAfter = await heapOf(session);
  const end = await pressEnd(page);
  await page.goto('about:blank');
  await page.goto(web);
  const openToRows = await page.evaluate(() => window.watched.rowsAfterStart());
  await page.close();
  return { signInToRows, openToRows, ...scrolled, end, heapBefore, heapAfter };
}

async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.send('HeapProfiler.disable');
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0) / 1e6;
}

async function pressEnd(page: Page): Promise<number> {
  await page.evaluate(() => document.querySelector('.list-body')?.scrollTo(0, 0));
  await page.locator('.row[href]').first().focus();
  const began = performance.now();
  await page.keyboard.press('End');
  await page.locator('li[aria-posinset]:last-child .row[href]:focus').waitFor();
  return performance.now() - began;
}

declare global {
  interface Window {
    /** Told by `watchPaints`. */
    watched: {
      begin(): void;
      rowsAfterClick(): Promise<number>;
      rowsAfterStart(): Promise<number>;
    };
  }
}

/** Runs in the page before its scripts: waits for the frame that shows the first row. */
function watchPaints(): void {
  let from = 0;
  const rows = (): Promise<number> =>
    new Promise(resolve => {
      const look = () => {
        if (!document.querySelector('.row[href]')) requestAnimationFrame(look);
        // What is in the document at the beginning of a frame is painted by its end.
        else requestAnimationFrame(() => resolve(performance.now()));
      };
      look();
    });
  window.watched = {
    begin: () => {
      const note = (event: Event) => {
        from = event.timeStamp;
      };
      addEventListener('click', note, { capture: true, once: true });
    },
    rowsAfterClick: async () => (await rows()) - from,
    rowsAfterStart: rows,
  };
}

/** Runs in the page: scrolls evenly to the end, a step each frame, and watches the frames. */
async function scrollToEnd(
  milliseconds: number,
): Promise<Pick<ListFigures, 'scroll' | 'longestFrame' | 'longTasks' | 'rows' | 'elements'>> {
  const body = document.querySelector('.list-body');
  if (!body) throw new Error('no list');
  const tasks: number[] = [];
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ type: 'longtask' });
  const frame = () => new Promise<number>(resolve => requestAnimationFrame(resolve));
  const most = { rows: 0, elements: 0 };
  let longestFrame = 0;
  let last = await frame();
  const began = last;
  const height = () => body.scrollHeight - body.clientHeight;
  while (body.scrollTop < height() - 1) {
    body.scrollTop = Math.min(height(), (height() * (last - began + 16)) / milliseconds);
    const now = await frame();
    longestFrame = Math.max(longestFrame, now - last);
    last = now;
    most.rows = Math.max(most.rows, document.querySelectorAll('.rows > li').length);
    most.elements = Math.max(most.elements, document.querySelectorAll('*').length);
  }
  const scroll = last - began;
  while (!document.querySelector('.rows > li:last-child .row[href]')) await frame();
  observer.disconnect();
  return { scroll, longestFrame, longTasks: Math.max(0, ...tasks), ...most };
}
