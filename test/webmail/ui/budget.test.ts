import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildUi } from '../../../webmail/api/build-ui.ts';

/** What the webmail may weigh, gzip, in octets. */
const most = { start: 38_000, style: 8_000, purifier: 13_000, page: 4_000, openpgp: 70_000, worker: 36_000 };

const { files } = await buildUi();
const weights = new Map(files.map(({ name, octets }) => [name, gzipSync(octets, { level: 9 }).length]));
const page = files.find(({ name }) => name === 'index.en.html')?.octets.toString() ?? '';

function weigh(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + (weights.get(name) ?? Number.NaN), 0);
}

/** A script and what it imports before it runs, in any depth. */
function withImports(name: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const source = files.find(file => file.name === name)?.octets.toString() ?? '';
  for (const [, next = ''] of source.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w-]+\.js)"/g))
    withImports(next, seen);
  return seen;
}

test('what comes before a plain message can be read is light, and few requests', () => {
  const scripts = [...page.matchAll(/(?:src|href)="\/([\w-]+\.js)"/g)].map(match => match[1] ?? '');
  const all = [...new Set(scripts.flatMap(name => [...withImports(name)]))];
  // The language's words, and all the rest in one.
  assert.equal(all.length, 2, all.join());
  const octets = weigh(all);
  assert.ok(octets <= most.start, `${octets} octets of scripts`);
});

test('style sheet and page are light', () => {
  const style = [...page.matchAll(/rel="stylesheet" href="\/([\w-]+\.css)"/g)].map(match => match[1] ?? '');
  assert.equal(style.length, 1);
  assert.ok(weigh(style) <= most.style, `${weigh(style)} octets of style`);
  for (const [name, octets] of weights) if (name.endsWith('.html')) assert.ok(octets <= most.page, name);
});

test('the purifier is fetched alone, and light', () => {
  const start = [...page.matchAll(/(?:src|href)="\/([\w-]+\.js)"/g)].map(match => match[1] ?? '');
  const known = new Set(start.flatMap(name => [...withImports(name)]));
  const purifier = [...weights.keys()].find(name => name.startsWith('purify-')) ?? '';
  const fetched = [...withImports(purifier)].filter(name => !known.has(name));
  assert.ok(weigh(fetched) <= most.purifier, `${weigh(fetched)} octets in ${fetched.join()}`);
});

test('OpenPGP is a chunk of its own that the page knows nothing of, and so is what opens mail', () => {
  const named = (start: string) => [...weights.keys()].filter(name => name.startsWith(start));
  for (const [start, limit] of [
    ['openpgp', most.openpgp],
    ['worker', most.worker],
  ] as const) {
    const [name = '', ...others] = named(`${start}.min-`).concat(named(`${start}-`));
    assert.deepEqual(others, []);
    assert.ok(weigh([name]) <= limit, `${weigh([name])} octets in ${name}`);
    assert.ok(!page.includes(name), name);
  }
});
