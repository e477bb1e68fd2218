import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const levels: readonly string[] = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** What another theme can break: it changes colours alone. */
export const colourRules: readonly string[] = ['color-contrast', 'link-in-text-block'];

/**
 * Rules of WCAG 2.2 A and AA that the page, or what is `within` this selector, breaks, one line each; what a letter's
 * frame holds is its sender's. `rules` narrows them.
 */
export async function violations(page: Page, within = ':root', rules = levels): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  // By the debugger, because the page's policy refuses scripts that are not its own.
  const { result: known } = await session.send('Runtime.evaluate', { expression: 'typeof axe' });
  if (known.value === 'undefined') await session.send('Runtime.evaluate', { expression: axeSource });
  // What fades in has no colours yet.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(${JSON.stringify(within)}, { runOnly: ${JSON.stringify(rules)}, iframes: false, resultTypes: ['violations'] }).then(found =>
      JSON.stringify(found.violations.map(rule => rule.id + ' ' + rule.nodes.map(node => node.target))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return JSON.parse(String(result.value)) as string[];
}
