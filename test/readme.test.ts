import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorTable } from '../delivery/errors.ts';

const top = join(import.meta.dirname, '..');
const readme = readFileSync(join(top, 'README.md'), 'utf8');

test('the error section lists exactly the rows of the error table', () => {
  const section = readme.split('<!-- /errors -->')[0]?.split('|---|---|---|---|').at(-1)?.trim();
  const rows = Object.entries(errorTable).map(
    ([code, row]) => `| \`${code}\` | ${row.reply} ${row.enhanced} | ${row.http} | ${row.text} |`,
  );
  assert.equal(section, rows.join('\n'));
});

test('every file that the documents link to exists', () => {
  for (const document of ['README.md', 'CONTRIBUTING.md', 'webmail/README.md']) {
    const text = readFileSync(join(top, document), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(((?!https?:|#)[^)]+)\)/g)) {
      assert.ok(existsSync(join(top, document, '..', target)), `${document} links to ${target}`);
    }
  }
});

test('the README shows the two commands that a newcomer runs', () => {
  assert.match(readme, /^npm ci && npm start$/m);
  assert.match(readme, /^npm ci && npm test$/m);
  assert.match(readFileSync(join(top, '.ci/run'), 'utf8'), /^npm ci && npm test$/m);
});
