import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { paths } from '../wire.ts';

/** Each has pages of its own; the screens switch by themselves. */
const languages = ['en', 'fr'] as const;

/** What is built, as a page names it. */
export interface BuiltNames {
  /** Of the entry points, by the names of their sources. */
  readonly entries: ReadonlyMap<string, string>;
  /** Of the one script that the webmail begins with. */
  readonly start: string;
}

/** The folder of the webmail's sources. */
export const uiFolder = fileURLToPath(new URL('../ui/', import.meta.url));

/**
 * `index.LANGUAGE.html`, which fetches the webmail at once, and `sign-in.LANGUAGE.html`, in which the sign-in screen and
 * its style stand already: that one fetches no more than `boot.ts`, which fetches the rest.
 */
export async function buildPages(names: BuiltNames): Promise<Map<string, string>> {
  const [template, signInPage, style] = await Promise.all([
    readFile(join(uiFolder, 'index.html'), 'utf8'),
    prerenderer(),
    startStyle(),
  ]);
  const pages = new Map<string, string>();
  for (const language of languages) {
    const page = template.replace('<html lang="en">', `<html lang="${language}">`);
    const words = names.entries.get(`locales/${language}.ts`) ?? '';
    const screen = await signInPage(language);
    pages.set(`index.${language}.html`, named(withPreload(page, words), names));
    pages.set(`sign-in.${language}.html`, named(bootPage(page, { screen, style, words }), names));
  }
  return pages;
}

/** Has the words of the language, the session and the first list fetched beside the script that asks for them. */
function withPreload(page: string, words: string): string {
  const preloads = [paths.session, paths.firstList].map(
    path => `<link rel="preload" href="${path}" as="fetch" crossorigin="anonymous" />`,
  );
  return page.replace('</head>', `<link rel="modulepreload" href="/${words}" />${preloads.join('')}</head>`);
}

/** The page with a screen in it. What `boot.ts` is to fetch says in `data-rel` what it is then. */
function bootPage(
  page: string,
  { screen, style, words }: Record<'screen' | 'style' | 'words', string>,
): string {
  const later = (name: string) => `<link data-rel="modulepreload" href="${name}" />`;
  return page
    .replace('<link rel="stylesheet"', () => `<style>${style}</style><link data-rel="stylesheet"`)
    .replace('src="main.ts"', 'async src="boot.ts"')
    .replace('</head>', `${later('main.ts')}${later(`/${words}`)}</head>`)
    .replace('<div id="app">', start => start + screen);
}

/** The page with the built names in place of the sources'. */
function named(page: string, { entries, start }: BuiltNames): string {
  return page.replace(/(href|src)="(?:\.\/)?([\w.-]+)"/g, (whole, attribute: string, name: string) => {
    const built = name === 'main.ts' ? start : entries.get(name);
    return built ? `${attribute}="/${built}"` : whole;
  });
}

/** The sources of entry points and the files that were made of them. */
export function entriesOf({ outputs }: Metafile): Map<string, string> {
  return new Map(
    Object.entries(outputs).flatMap(([path, { entryPoint }]) =>
      entryPoint ? [[entryPoint, basename(path)] as const] : [],
    ),
  );
}

/** Draws the sign-in screen in a language, by the webmail's own views. */
async function prerenderer(): Promise<(language: string) => Promise<string>> {
  const code = await bundled('prerender.ts', { format: 'esm', platform: 'node' });
  const address = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  return (await import(address)).signInPage;
}

/** The style of the sign-in screen, as it may stand in a page. */
async function startStyle(): Promise<string> {
  const style = (
    await bundled('start.css', { minify: true, target: 'es2022', legalComments: 'none' })
  ).trim();
  if (style.includes('<')) throw new Error('a style that would end its own element');
  return style;
}

async function bundled(entry: string, options: Parameters<typeof build>[0]): Promise<string> {
  const { outputFiles = [] } = await build({
    ...options,
    absWorkingDir: uiFolder,
    entryPoints: [entry],
    bundle: true,
    write: false,
    logLevel: 'silent',
  });
  return Buffer.from(outputFiles[0]?.contents ?? '').toString();
}
