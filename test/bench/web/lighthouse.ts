import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { promisify } from 'node:util';

/** Its newest that runs beside Node 24's older patch releases. */
const version = '12.8.2';

const run = promisify(execFile);

/** What Lighthouse says of a page for a phone on a slow line (its default: four times slower, 1.6 Mbit/s, 150 ms). */
export interface Audit {
  /** 0..100. */
  readonly performance: number;
  readonly accessibility: number;
  readonly bestPractices: number;
  readonly largestContentfulPaintMilliseconds: number;
  readonly interactiveMilliseconds: number;
  readonly blockingMilliseconds: number;
  /** Audits that did not get full marks, but for those of performance. */
  readonly complaints: readonly string[];
}

interface Report {
  readonly categories: Record<
    string,
    { readonly score: number; readonly auditRefs: { readonly id: string }[] }
  >;
  readonly audits: Record<string, { readonly score: number | null; readonly numericValue?: number }>;
}

/** Audits an address in Chromium, which takes any certificate. `headers` go with each request. Throws what the program says. */
export async function lighthouse(
  address: string,
  { chromium, headers = {} }: { chromium: string; headers?: Record<string, string> },
): Promise<Audit> {
  const words = [
    join(await installed(), 'node_modules/lighthouse/cli/index.js'),
    address,
    '--quiet',
    '--output=json',
    '--only-categories=performance,accessibility,best-practices',
    '--chrome-flags=--headless=new --no-sandbox --disable-gpu --ignore-certificate-errors --disable-background-networking',
    ...(Object.keys(headers).length > 0 ? [`--extra-headers=${JSON.stringify(headers)}`] : []),
  ];
  const { stdout } = await run('node', words, {
    env: { ...env, CHROME_PATH: chromium },
    maxBuffer: 64 * 2 ** 20,
  });
  return auditOf(JSON.parse(stdout) as Report);
}

function auditOf({ categories, audits }: Report): Audit {
  const score = (id: string) => Math.round((categories[id]?.score ?? 0) * 100);
  const time = (id: string) => audits[id]?.numericValue ?? Number.NaN;
  const refs = ['accessibility', 'best-practices'].flatMap(id => categories[id]?.auditRefs ?? []);
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    bestPractices: score('best-practices'),
    largestContentfulPaintMilliseconds: time('largest-contentful-paint'),
    interactiveMilliseconds: time('interactive'),
    blockingMilliseconds: time('total-blocking-time'),
    complaints: refs.map(({ id }) => id).filter(id => (audits[id]?.score ?? 1) < 1),
  };
}

/**
 * The folder that holds Lighthouse, fetched by npm when no run before did and kept in the user's cache folder: 190 MB
 * that nothing but this bench needs.
 */
async function installed(): Promise<string> {
  const folder = join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'caliopen', `lighthouse-${version}`);
  if (existsSync(join(folder, 'node_modules/lighthouse/cli/index.js'))) return folder;
  mkdirSync(folder, { recursive: true });
  await run('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', `lighthouse@${version}`]);
  return folder;
}
