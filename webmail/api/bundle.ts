import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { UiFile } from './build-ui.ts';
import { pagePolicy, pagePolicyWith, workerPolicy } from './security-headers.ts';

/** One file of the webmail, in each encoding that it is sent in. */
export interface Asset {
  readonly mediaType: string;
  readonly encodings: ReadonlyMap<'br' | 'gzip' | 'identity', Buffer>;
  /** Strong entity tag (RFC 9110 §8.8.3). */
  readonly etag: string;
  /** Its name holds a hash of its content, so it never changes. */
  readonly isImmutable: boolean;
  /** What a browser may do with it (CSP 3). */
  readonly policy: string;
}

/** Files by path; the pages at `/index.LANGUAGE.html` and `/sign-in.LANGUAGE.html`. */
export type Bundle = ReadonlyMap<string, Asset>;

const mediaTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Where the bundle lists the packages whose code is inside; nobody is sent it. */
export const packagesFile = '/packages.json';

/** Sources in a checkout; in the package what `npm run build` made of them. */
const uiFolder = fileURLToPath(new URL('../ui/', import.meta.url));
const isCheckout = extname(import.meta.filename) === '.ts';

/**
 * The webmail as the browser gets it, compressed once and kept in memory; a checkout builds it from the sources.
 * Throws `internal` when they can't be built.
 */
export async function bundleUi(): Promise<Bundle> {
  const files = isCheckout ? (await (await import('./build-ui.ts')).buildUi()).files : await readBuilt();
  const assets = files.map(async file => {
    const isPage = extname(file.name) === '.html';
    return [`/${file.name}`, await assetOf(file, !isPage)] as const;
  });
  return new Map(await Promise.all(assets));
}

async function readBuilt(): Promise<UiFile[]> {
  const names = await readdir(uiFolder);
  return Promise.all(names.map(async name => ({ name, octets: await readFile(join(uiFolder, name)) })));
}

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

async function assetOf({ name, octets }: UiFile, isImmutable: boolean): Promise<Asset> {
  const [br, zipped] = await Promise.all([
    compressBrotli(octets, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    compressGzip(octets, { level: 9 }),
  ]);
  return {
    mediaType: mediaTypes[extname(name)] ?? 'application/octet-stream',
    encodings: new Map([
      ['br', br],
      ['gzip', zipped],
      ['identity', octets],
    ]),
    etag: `"${createHash('sha256').update(octets).digest('base64url').slice(0, 22)}"`,
    isImmutable,
    policy: policyOf(name, octets),
  };
}

/** A page that was built with a style in it allows that one. */
function policyOf(name: string, octets: Buffer): string {
  if (name.startsWith('worker-')) return workerPolicy;
  const style = name.endsWith('.html') ? /<style>([^<]*)<\/style>/.exec(octets.toString())?.[1] : undefined;
  return style === undefined ? pagePolicy : pagePolicyWith(style);
}
