import type { TestContext } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { requireService } from './services.ts';

/** Keeps Chromium from asking its maker's servers for anything. */
export const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium that is closed after the test; null when there is none, and the test is skipped loudly. */
export async function openChromium(test: TestContext): Promise<Browser | null> {
  const executablePath = requireService(test, 'chromium');
  if (!executablePath) return null;
  const browser = await launchChromium(executablePath);
  test.after(() => browser.close());
  return browser;
}

/** A headless Chromium that talks to nobody of its own accord. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: quiet });
}
