import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { DeliveryError } from '../../delivery/errors.ts';

/** One file of the webmail, in each encoding that it is sent in. */
export interface Asset {
  readonly mediaType: string;
  readonly encodings: ReadonlyMap<'br' | 'gzip' | 'identity', Buffer>;
  /** Strong entity tag (RFC 9110 §8.8.3). */
  readonly etag: string;
  /** Its name holds a hash of its content, so it never changes. */
  readonly isImmutable: boolean;
}

/** Files by path, the page at `/`. */
export type Bundle = ReadonlyMap<string, Asset>;

const mediaTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const uiFolder = fileURLToPath(new URL('../ui/', import.meta.url));

/**
 * The webmail as the browser gets it: bundled, split into chunks that load when needed, minified, named by content,
 * compressed once. Kept in memory. Throws `internal` when the sources can't be built.
 */
export async function bundleUi(): Promise<Bundle> {
  const { files, metafile } = await buildFiles();
  const page = await pageOf(metafile);
  const assets = await Promise.all([
    ...files.map(
      async ({ path, octets }) => [`/${basename(path)}`, await assetOf(path, octets, true)] as const,
    ),
    assetOf('index.html', Buffer.from(page), false).then(asset => ['/', asset] as const),
  ]);
  return new Map(assets);
}

interface BuiltFile {
  readonly path: string;
  readonly octets: Buffer;
}

async function buildFiles(): Promise<{ files: BuiltFile[]; metafile: Metafile }> {
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: uiFolder,
      entryPoints: ['main.ts', 'style.css'],
      outdir: 'out',
      entryNames: '[name]-[hash]',
      chunkNames: '[name]-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      minify: true,
      write: false,
      metafile: true,
      legalComments: 'none',
      logLevel: 'silent',
    });
    const files = outputFiles.map(({ path, contents }) => ({ path, octets: Buffer.from(contents) }));
    return { files, metafile };
  } catch (cause) {
    throw new DeliveryError('internal', 'the webmail cannot be built', { cause });
  }
}

/** The page with the built names in place of the sources', and the chunks that the start needs preloaded. */
async function pageOf({ outputs }: Metafile): Promise<string> {
  const page = await readFile(join(uiFolder, 'index.html'), 'utf8');
  const built = new Map<string, string>();
  const preloads: string[] = [];
  for (const [path, output] of Object.entries(outputs)) {
    if (!output.entryPoint) continue;
    built.set(output.entryPoint, `/${basename(path)}`);
    if (output.entryPoint !== 'main.ts') continue;
    const needed = output.imports.filter(({ kind }) => kind === 'import-statement');
    preloads.push(...needed.map(chunk => `<link rel="modulepreload" href="/${basename(chunk.path)}" />`));
  }
  const named = page.replace(/(href|src)="(?:\.\/)?([\w.-]+)"/g, (whole, attribute: string, name: string) => {
    const path = built.get(name);
    return path ? `${attribute}="${path}"` : whole;
  });
  return named.replace('</head>', `${preloads.join('')}</head>`);
}

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

async function assetOf(path: string, octets: Buffer, isImmutable: boolean): Promise<Asset> {
  const [br, zipped] = await Promise.all([
    compressBrotli(octets, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    compressGzip(octets, { level: 9 }),
  ]);
  return {
    mediaType: mediaTypes[extname(path)] ?? 'application/octet-stream',
    encodings: new Map([
      ['br', br],
      ['gzip', zipped],
      ['identity', octets],
    ]),
    etag: `"${createHash('sha256').update(octets).digest('base64url').slice(0, 22)}"`,
    isImmutable,
  };
}
