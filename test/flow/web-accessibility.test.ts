import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Language } from '../../webmail/ui/locales/languages.ts';
import { screens } from '../screens/screens.ts';
import { languages, openStage, type Stage } from '../screens/stage.ts';
import { atEnd } from '../support/at-end.ts';
import { colourRules, violations } from '../support/axe.ts';
import { openChromium } from '../support/chromium.ts';
import { startDemo, stopDemo } from '../support/demo.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('every screen can be used by everybody', { timeout: 600_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const demo = await startDemo(temporaryFolder(t));
  atEnd(t, () => demo.process.kill('SIGKILL'));
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
  let seen = 0;
  const look = (language: Language) =>
    stage.showAll(screen, language, async (page, theme, { width }) => {
      seen += 1;
      // What lies behind a dialog can't be reached.
      const within = (await page.locator('dialog[open]').count()) > 0 ? 'dialog[open]' : ':root';
      const found =
        theme === 'light'
          ? [...(await violations(page, within)), ...(await overflows(page))]
          : await violations(page, within, colourRules);
      faults.push(...found.map(fault => `${width} px, ${theme}, ${language}: ${fault}`));
    });
  // Each language has a page of its own; what one of them changes in the mail, the other would see.
  if (screen.leave) for (const language of languages) await look(language);
  else await Promise.all(languages.map(look));
  assert.deepEqual(faults, []);
  assert.equal(seen, 8);
}

/** What is scrolled sideways: the page, or a part of it that is not a strip made for that. */
function overflows(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('*')]
    .filter(part => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)
    .filter(part => part === document.documentElement || /auto|scroll/.test(getComputedStyle(part).overflowX))
    .filter(part => !part.matches('[data-scrolls-sideways], [data-scrolls-sideways] *'))
    .map(part => part.localName + '.' + part.className + ' is ' + part.scrollWidth + ' px wide in ' + part.clientWidth)`);
}
