import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';

/** One picture that was written. */
export interface Shot {
  readonly file: string;
  readonly screen: string;
  /** Pictures of one group stand on one sheet. */
  readonly group: string;
  readonly width: number;
}

/** Writes `index.html` with all pictures, and for each group a `sheet-….png` with its pictures made small. */
export async function writeSheets(browser: Browser, folder: string, shots: readonly Shot[]): Promise<void> {
  const groups = Map.groupBy(shots, ({ group }) => group);
  await writeFile(join(folder, 'index.html'), sheetPage(groups));
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  await page.goto(pathToFileURL(join(folder, 'index.html')).href, { waitUntil: 'load' });
  for (const group of groups.keys()) {
    await page.locator(`#sheet-${group}`).screenshot({ path: join(folder, `sheet-${group}.png`) });
  }
  await page.close();
}

function sheetPage(groups: ReadonlyMap<string, readonly Shot[]>): string {
  const sections = [...groups].map(
    ([group, shots]) =>
      `<section id="sheet-${group}"><h2>${group}</h2><ul>${shots.map(figure).join('')}</ul></section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title><style>
body{margin:0;font:13px system-ui;background:#888}section{padding:12px}h2{margin:0 0 8px}
ul{display:flex;flex-wrap:wrap;align-items:start;gap:12px;margin:0;padding:0;list-style:none}
img{display:block;max-height:640px;object-fit:cover;object-position:top}</style>${sections.join('\n')}</html>`;
}

function figure({ file, screen, width }: Shot): string {
  const shown = width < 768 ? width * 0.8 : width * 0.4;
  return `<li>${screen}<a href="${file}"><img src="${file}" width="${shown}" alt=""></a></li>`;
}
