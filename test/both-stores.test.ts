import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesForBoth, onceOnly } from './both-stores.ts';

const top = join(import.meta.dirname, '..');
const files = globSync('test/**/*.test.ts', { cwd: top });

/** Where a file takes the back-end of the pass from. */
const asksBackend = /import \{[^}]*\bbackend\b[^}]*\} from '[./]+\/support\/backend\.ts'|from '\.\/web\.ts'/;

test('each file that runs on both stores takes the store of the pass, and no other file does', () => {
  const asking = files.filter(file => asksBackend.test(readFileSync(join(top, file), 'utf8')));
  assert.deepEqual(filesForBoth(files).sort(), asking.sort());
});

test('each file that is left out is there and says why', () => {
  for (const [file, reason] of Object.entries(onceOnly)) {
    assert.ok(files.includes(file), file);
    assert.ok(reason.length > 10, file);
  }
});
