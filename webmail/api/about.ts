import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Request, Response } from 'express';
import type { Config } from '../../delivery/config.ts';
import { type About, type BundleFigures, paths, type UsedPackage } from '../wire.ts';
import { type Bundle, packagesFile } from './bundle.ts';
import type { Route, RouteTools } from './route.ts';

/** What runs here, for those who are signed in. */
export const aboutRoutes: readonly Route[] = [
  { method: 'get', path: paths.about, right: 'account', handle: tellAbout },
];

/** The top of the checkout, or of the package, whose files stand one folder deeper. */
const here = fileURLToPath(new URL('../../', import.meta.url));
const isCheckout = extname(import.meta.filename) === '.ts';
const top = isCheckout ? here : join(here, '..');

async function tellAbout(
  _request: Request,
  response: Response,
  { config, bundle }: RouteTools,
): Promise<void> {
  const manifest = await readManifest();
  const about: About = {
    version: manifest.version,
    commit: isCheckout ? await commitOf(join(top, '.git')) : null,
    licence: manifest.license,
    sourceUrl: sourceOf(config, manifest.repository),
    node: process.versions.node,
    packages: packagesIn(bundle),
    bundle: figuresOf(bundle),
  };
  response.set('Cache-Control', 'no-store').json(about);
}

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly repository?: string | { readonly url?: string };
}

async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(top, 'package.json'), 'utf8')) as Manifest;
}

/** Where the source is had: what the operator says, else the package; null when neither does. */
function sourceOf(config: Config, repository: Manifest['repository']): string | null {
  const given = typeof repository === 'string' ? repository : repository?.url;
  const found = config['web.sourceUrl'] || given?.replace(/^git\+/, '') || '';
  return /^https?:$/.test(URL.parse(found)?.protocol ?? '') ? found : null;
}

/** The commit that a checkout stands at, as far as its files tell; null where they don't. */
async function commitOf(folder: string): Promise<string | null> {
  try {
    const head = (await readFile(join(folder, 'HEAD'), 'utf8')).trim();
    const [, name] = /^ref: (refs\/[\w./-]+)$/.exec(head) ?? [];
    const commit = name === undefined ? head : await readReference(folder, name);
    return /^[0-9a-f]{40,64}$/.test(commit) ? commit : null;
  } catch {
    return null;
  }
}

/** A reference stands in a file of its own, or among those that were packed. */
async function readReference(folder: string, name: string): Promise<string> {
  const own = await readFile(join(folder, name), 'utf8').catch(() => null);
  if (own !== null) return own.trim();
  const packed = (await readFile(join(folder, 'packed-refs'), 'utf8')).split('\n');
  return packed.find(line => line.endsWith(` ${name}`))?.split(' ')[0] ?? '';
}

function packagesIn(bundle: Bundle): readonly UsedPackage[] {
  const octets = bundle.get(packagesFile)?.encodings.get('identity');
  return octets ? (JSON.parse(octets.toString('utf8')) as UsedPackage[]) : [];
}

/** What the webmail weighs, as it is sent, and how much of it a browser asks for before it can show a list. */
function figuresOf(bundle: Bundle): BundleFigures {
  const page = bundle.get('/index.en.html')?.encodings.get('identity')?.toString('utf8') ?? '';
  const named = page.matchAll(
    /<(?:script|link rel="(?:stylesheet|modulepreload)")[^>]*(?:src|href)="([^"]+)"/g,
  );
  const atStart = new Set([...named].map(([, path]) => path));
  const files = [...bundle].flatMap(([path, { encodings }]) => {
    const kind = kinds[extname(path)];
    if (!kind) return [];
    const [octets, gzip, brotli] = (['identity', 'gzip', 'br'] as const).map(
      encoding => encodings.get(encoding)?.byteLength ?? 0,
    );
    return [
      {
        name: path.slice(1),
        kind,
        octets: octets ?? 0,
        gzip: gzip ?? 0,
        brotli: brotli ?? 0,
        isAtStart: atStart.has(path),
      },
    ];
  });
  return { files, requestsAtStart: atStart.size + 1 };
}

const kinds: Readonly<Record<string, 'script' | 'style'>> = { '.js': 'script', '.css': 'style' };
