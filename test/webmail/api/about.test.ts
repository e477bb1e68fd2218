import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundleUi } from '../../../webmail/api/bundle.ts';
import type { About } from '../../../webmail/wire.ts';
import { openTestWeb } from './web.ts';

const top = join(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));

test('who is signed in is told what runs here, and nobody else is', async t => {
  const bundle = await bundleUi();
  const web = await openTestWeb(t, { bundle });
  assert.equal((await fetch(`${web.origin}/about`)).status, 401);
  const response = await web.fetch('/about');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const about = (await response.json()) as About;
  assert.deepEqual(
    [about.version, about.licence, about.node],
    [manifest.version, 'AGPL-3.0-or-later', process.versions.node],
  );
  if (about.commit !== null) assert.match(about.commit, /^[0-9a-f]{40,64}$/);
  const packages = Object.fromEntries(about.packages.map(({ name, licence }) => [name, licence]));
  assert.equal(packages.preact, 'MIT');
  for (const { name, version, licence } of about.packages) {
    assert.ok(licence, name);
    assert.match(version, /^\d+\.\d+/);
  }
  assert.equal((await web.fetch('/packages.json')).status, 404);
});

test('the figures are those of the files that are served', async t => {
  const bundle = await bundleUi();
  const web = await openTestWeb(t, { bundle });
  const { bundle: figures } = (await (await web.fetch('/about')).json()) as About;
  const page = await (await web.fetch('/', { headers: { cookie: 'caliopen=x' } })).text();
  const start = figures.files.filter(file => file.isAtStart);
  assert.equal(figures.requestsAtStart, start.length + 1);
  for (const { name } of start) assert.ok(page.includes(`"/${name}"`), name);
  assert.deepEqual(start.map(({ kind }) => kind).toSorted(), ['script', 'script', 'style']);
  for (const file of figures.files) {
    const response = await web.fetch(`/${file.name}`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(response.headers.get('content-encoding'), 'gzip');
    assert.equal((await response.arrayBuffer()).byteLength, file.octets, file.name);
    assert.ok(file.brotli > 0 && file.gzip > 0, file.name);
  }
});

test('the source is where the operator says that it is', async t => {
  const none = await openTestWeb(t);
  assert.equal((await (await none.fetch('/about')).json()).sourceUrl, null);
  const sourceUrl = 'https://example.org/source';
  const web = await openTestWeb(t, { settings: { 'web.sourceUrl': sourceUrl } });
  assert.equal((await (await web.fetch('/about')).json()).sourceUrl, sourceUrl);
});
