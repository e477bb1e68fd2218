import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { screens } from '../screens/screens.ts';
import { languages, openStage, type Place, type Stage, widths } from '../screens/stage.ts';
import { colourRules, violations } from '../support/axe.ts';
import { openChromium } from '../support/chromium.ts';
import { startDemo, stopDemo } from '../support/demo.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('every screen can be used by everybody', { timeout: 600_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const demo = await startDemo(temporaryFolder(t));
  t.after(() => demo.process.kill('SIGKILL'));
  const stage = await openStage(browser, demo);
  for (const screen of screens) {
    await t.test(`${screen.name}: axe finds nothing, and nothing is wider than the window`, () =>
      judge(stage, screen),
    );
  }
  await stopDemo(demo);
});

/** At both widths, in both languages and themes. */
async function judge(stage: Stage, screen: (typeof screens)[number]): Promise<void> {
  const faults: string[] = [];
  const look = (place: Place) =>
    stage.show(screen, place, async (page, theme) => {
      // What lies behind a dialog can't be reached.
      const within = (await page.locator('dialog[open]').count()) > 0 ? 'dialog[open]' : ':root';
      const found =
        theme === 'light'
          ? [...(await violations(page, within)), ...(await overflows(page))]
          : await violations(page, within, colourRules);
      faults.push(...found.map(fault => `${place.width} px, ${theme}, ${place.language}: ${fault}`));
    });
  for (const width of widths) {
    // Each language has a page of its own; what one of them changes in the mail, the other would see.
    const places = languages.map(language => ({ width, language }));
    if (screen.leave) for (const place of places) await look(place);
    else await Promise.all(places.map(look));
  }
  assert.deepEqual(faults, []);
}

/** What is scrolled sideways: the page, or a part of it that is not a strip made for that. */
function overflows(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('*')]
    .filter(part => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)
    .filter(part => part === document.documentElement || /auto|scroll/.test(getComputedStyle(part).overflowX))
    .filter(part => !part.matches('[data-scrolls-sideways], [data-scrolls-sideways] *'))
    .map(part => part.localName + '.' + part.className + ' is ' + part.scrollWidth + ' px wide in ' + part.clientWidth)`);
}
