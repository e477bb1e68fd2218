import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, env } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { startDemo, stopDemo } from '../support/demo.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { findService } from '../support/services.ts';
import { buildDesignPage } from './design/build.ts';
import { type Screen, screens } from './screens.ts';
import { type Shot, writeSheets } from './sheet.ts';
import { languages, openStage, type Place, type Stage, type Theme, widths } from './stage.ts';

/**
 * `npm run screens [FOLDER]`: every screen of the webmail as pictures, out of a demo with its real mail, named
 * SCREEN-WIDTH-THEME-LANGUAGE.png, and sheets of all of them. A screen that can't be reached is named, and the
 * command ends with 1. `design.html` shows the tokens and parts. `SCREENS` in the environment narrows it to screens whose names begin so (`message,index`).
 */
async function main(): Promise<void> {
  const folder = resolve(argv[2] ?? join(import.meta.dirname, '../../test-results/screens'));
  mkdirSync(folder, { recursive: true });
  const executablePath = findService('chromium');
  if (!executablePath) throw new Error('there is no Chromium to draw the screens with');
  const data = mkdtempSync(join(tmpdir(), 'caliopen-screens-'));
  const demo = await startDemo(data);
  const browser = await launchChromium(executablePath);
  try {
    process.exitCode = await writeAll(browser, await openStage(browser, demo), folder);
  } finally {
    await browser.close();
    await stopDemo(demo);
    removeFolder(data);
  }
}

/** 0, or 1 when screens are missing. */
async function writeAll(browser: Browser, stage: Stage, folder: string): Promise<0 | 1> {
  const prefixes = env.SCREENS?.split(',') ?? [''];
  const wanted = screens.filter(({ name }) => prefixes.some(prefix => name.startsWith(prefix)));
  const shots: Shot[] = [];
  const failures: string[] = [];
  for (const screen of wanted) {
    for (const width of widths) {
      for (const language of languages) {
        try {
          shots.push(...(await writeScreen(stage, screen, { folder, place: { width, language } })));
        } catch (error) {
          failures.push(`${screen.name} at ${width} px in ${language}: ${messageOf(error)}`);
        }
      }
    }
  }
  if (!env.SCREENS) await writeDesign(browser, folder);
  await writeSheets(browser, folder, shots);
  console.log(`${shots.length} pictures of ${wanted.length} screens in ${folder}`);
  for (const failure of failures) console.error(`Not reached: ${failure}`);
  return wanted.length === 0 || failures.length > 0 ? 1 : 0;
}

async function writeScreen(
  stage: Stage,
  screen: Screen,
  { folder, place }: { readonly folder: string; readonly place: Place },
): Promise<Shot[]> {
  const shots: Shot[] = [];
  const { width, language } = place;
  await stage.show(screen, place, async (page: Page, theme: Theme) => {
    const file = `${screen.name}-${width}-${theme}-${language}.png`;
    await page.screenshot({ path: join(folder, file), animations: 'disabled' });
    shots.push({ file, width, screen: screen.name, group: `${width}-${theme}-${language}` });
  });
  return shots;
}

/** The page of tokens and parts, and its picture. */
async function writeDesign(browser: Browser, folder: string): Promise<void> {
  const file = join(folder, 'design.html');
  writeFileSync(file, await buildDesignPage());
  for (const width of widths) {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.goto(pathToFileURL(file).href);
    await page.locator('.contrasts').first().waitFor();
    await page.screenshot({ path: join(folder, `design-${width}.png`), fullPage: true });
    await page.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

await main();
