import { env } from 'node:process';
import type { TestContext } from 'node:test';
import { type Browser, firefox } from 'playwright-core';
import { atEnd } from './at-end.ts';
import { requireService } from './services.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A mouse that points and hovers, which a machine without a screen lacks (Gecko's `PointerCapabilities`). */
const mouse = 6;

/** A headless Firefox that is closed after the test; null when there is none, and the test is skipped loudly. */
export async function openFirefox(test: TestContext): Promise<Browser | null> {
  const executablePath = requireService(test, 'firefox');
  if (!executablePath) return null;
  const browser = await launchFirefox(executablePath, temporaryFolder(test));
  // Before its folder goes.
  atEnd(test, () => browser.close());
  return browser;
}

/**
 * A headless Firefox as its makers build it, driven by WebDriver BiDi; what it keeps for all profiles goes to `home`. It
 * looks up hosts and connects ahead of time as it does for everybody: what leads there is to be seen.
 */
export function launchFirefox(executablePath: string, home: string): Promise<Browser> {
  return firefox.launch({
    executablePath,
    channel: 'moz-firefox',
    env: { ...env, HOME: home },
    firefoxUserPrefs: {
      'ui.primaryPointerCapabilities': mouse,
      'ui.allPointerCapabilities': mouse,
      'network.http.speculative-parallel-limit': 20,
      'network.prefetch-next': true,
    },
  });
}
