import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { DeliveryError } from '../../delivery/errors.ts';
import type { UsedPackage } from '../wire.ts';
import { buildPages, entriesOf, uiFolder } from './build-pages.ts';
import { buildWorker } from './build-worker.ts';
import { htmlAlone } from './html-alone.ts';

/**
 * One file as the browser asks for it: its name holds a hash of its content, but for the pages `index.LANGUAGE.html` and,
 * with the sign-in screen in it, `sign-in.LANGUAGE.html`.
 */
export interface UiFile {
  readonly name: string;
  readonly octets: Buffer;
}

export interface BuiltUi {
  readonly files: readonly UiFile[];
  /** npm packages whose code is inside. */
  readonly packages: readonly string[];
}

/**
 * The webmail's sources bundled, split into chunks that load when needed, minified, named by content. Throws
 * `internal` when they can't be built.
 */
export async function buildUi(): Promise<BuiltUi> {
  const worker = await buildWorker().catch(cannotBuild);
  const { files, metafile } = await buildFiles(worker.address).catch(cannotBuild);
  const [, start = ''] = startOf(metafile);
  const pages = await buildPages({ entries: entriesOf(metafile), start }).catch(cannotBuild);
  const packages = [...new Set([metafile, worker.metafile].flatMap(packagesOf))].sort();
  const used = JSON.stringify(await Promise.all(packages.map(usedPackage)));
  return {
    files: [
      ...[...files, ...worker.files],
      ...[...pages].map(([name, page]) => ({ name, octets: Buffer.from(page) })),
      { name: 'packages.json', octets: Buffer.from(used) },
    ],
    packages,
  };
}

function cannotBuild(cause: unknown): never {
  throw new DeliveryError('internal', 'the webmail cannot be built', { cause });
}

async function buildFiles(workerAddress: string): Promise<{ files: UiFile[]; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: uiFolder,
    entryPoints: ['main.ts', 'boot.ts', 'style.css', 'later.css'],
    outdir: 'out',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    plugins: [oneStart, htmlAlone],
    define: { workerAddress: JSON.stringify(workerAddress) },
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    write: false,
    metafile: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [entry = '', start = ''] = startOf(metafile);
  const files = outputFiles.map(({ path, contents }) => ({
    name: basename(path),
    octets: path.endsWith('.js') ? outdented(contents, [entry, start]) : Buffer.from(contents),
  }));
  return { files, metafile };
}

/** Names of the entry `main.ts`, which only imports, and of the one chunk that it imports. */
function startOf({ outputs }: Metafile): string[] {
  const [path = '', output] =
    Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === 'main.ts') ?? [];
  return [path, output?.imports[0]?.path ?? ''].map(name => basename(name));
}

/**
 * A minified script that fetches the start itself in place of the entry, which would be a request more; and without the
 * indentation of its templates: nothing else in it has line breaks, and htm leaves out the space around those.
 */
function outdented(script: Uint8Array, [entry, start]: [string, string]): Buffer {
  const text = Buffer.from(script).toString().replaceAll(`import("./${entry}")`, `import("./${start}")`);
  return Buffer.from(text.replaceAll(/\n\s+/g, '\n').replaceAll(/(?<=[>}])\n(?=<)|(?<=>)\n(?=\$\{)/g, ''));
}

/**
 * Makes what is fetched later stand on all of the start: so everything that the start needs shares one fate, and esbuild
 * keeps it in one chunk. Otherwise each view that is fetched later would cut a piece of its own out of it, one more
 * request before the first screen.
 */
const oneStart: Plugin = {
  name: 'one-start',
  setup({ onStart, onLoad }) {
    let later: ReadonlySet<string> = new Set();
    onStart(async () => {
      later = await fetchedLater();
    });
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!later.has(path)) return null;
      const contents = `import ${JSON.stringify(join(uiFolder, 'main.ts'))};\n${await readFile(path, 'utf8')}`;
      return { contents, loader: 'ts', resolveDir: dirname(path) };
    });
  },
};

/** Sources that some other source imports when it needs them, but for the words of a language, which need nothing. */
async function fetchedLater(): Promise<Set<string>> {
  const names = (await readdir(uiFolder, { recursive: true })).filter(name => name.endsWith('.ts'));
  const found = await Promise.all(
    names.map(async name => {
      const file = join(uiFolder, name);
      const imports = (await readFile(file, 'utf8')).matchAll(/\bimport\(\s*'(\.{1,2}\/[^']+\.ts)'\s*\)/g);
      return [...imports].map(([, path = '']) => join(dirname(file), path));
    }),
  );
  const isWord = (path: string) => dirname(path) === join(uiFolder, 'locales');
  return new Set(found.flat().filter(path => path !== join(uiFolder, 'main.ts') && !isWord(path)));
}

function packagesOf({ inputs }: Metafile): string[] {
  const names = Object.keys(inputs).map(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return names.filter(name => name !== undefined);
}

async function usedPackage(name: string): Promise<UsedPackage> {
  const file = join(uiFolder, '../../node_modules', name, 'package.json');
  const { version, license } = JSON.parse(await readFile(file, 'utf8')) as {
    version: string;
    license?: unknown;
  };
  return { name, version, licence: typeof license === 'string' ? license : '' };
}
