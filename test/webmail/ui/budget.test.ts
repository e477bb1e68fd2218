import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildUi } from '../../../webmail/api/build-ui.ts';

/** What the webmail may weigh, gzip, in octets. */
const most = {
  start: 38_000,
  style: 8_000,
  purifier: 13_000,
  page: 1_000,
  openpgp: 70_000,
  worker: 36_000,
  learn: 5_000,
};
/** The page of the sign-in screen has its words and its style in it; what it fetches besides runs before anybody touches it. */
const mostAtSignIn = { page: 5_000, boot: 1_500 };

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
  for (const language of ['en', 'fr']) {
    const page = files.find(({ name }) => name === `index.${language}.html`)?.octets.toString() ?? '';
    const scripts = [...page.matchAll(/(?:src|href)="\/([\w-]+\.js)"/g)].map(match => match[1] ?? '');
    const all = [...new Set(scripts.flatMap(name => [...withImports(name)]))];
    // The language's words, and all the rest in one.
    assert.equal(all.length, 2, all.join());
    const octets = weigh(all);
    assert.ok(octets <= most.start, `${octets} octets of scripts in ${language}`);
  }
});

test('style sheet and page are light', () => {
  const style = [...page.matchAll(/rel="stylesheet" href="\/([\w-]+\.css)"/g)].map(match => match[1] ?? '');
  assert.equal(style.length, 1);
  assert.ok(weigh(style) <= most.style, `${weigh(style)} octets of style`);
  for (const [name, octets] of weights) if (name.startsWith('index.')) assert.ok(octets <= most.page, name);
});

test('the sign-in page fetches one small script, and no style', () => {
  for (const language of ['en', 'fr']) {
    const name = `sign-in.${language}.html`;
    const html = files.find(file => file.name === name)?.octets.toString() ?? '';
    assert.ok((weights.get(name) ?? Number.NaN) <= mostAtSignIn.page, name);
    assert.doesNotMatch(html, /\srel="(?:stylesheet|modulepreload|preload)"/);
    const scripts = [...html.matchAll(/<script[^>]* src="\/([\w-]+\.js)"/g)].map(match => match[1] ?? '');
    assert.equal(scripts.length, 1);
    assert.deepEqual([...withImports(scripts[0] ?? '')], scripts);
    assert.ok(weigh(scripts) <= mostAtSignIn.boot, scripts[0]);
    // What it fetches at the first touch is what the other page fetches at once.
    const later = [...html.matchAll(/data-rel="\w+"[^>]* href="\/([\w.-]+)"/g)].map(match => match[1]).sort();
    const other = files.find(file => file.name === `index.${language}.html`)?.octets.toString() ?? '';
    const atOnce = [...other.matchAll(/(?:src|rel="(?:stylesheet|modulepreload)" href)="\/([\w.-]+)"/g)];
    assert.deepEqual(later, atOnce.map(match => match[1]).sort());
  }
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
    const fetched = start === 'worker' ? [...withImports(name)] : [name];
    assert.ok(weigh(fetched) <= limit, `${weigh(fetched)} octets in ${fetched.join()}`);
    assert.ok(!page.includes(name), name);
  }
  const learning = named('learn-');
  assert.equal(learning.length, 1);
  assert.ok(weigh(learning) <= most.learn, `${weigh(learning)} octets in ${learning.join()}`);
});
