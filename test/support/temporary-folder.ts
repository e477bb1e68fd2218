import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { atEnd } from './at-end.ts';
import { removeFolder } from './remove-folder.ts';

/** A new empty folder that is removed after the test, when what was opened later has been closed. */
export function temporaryFolder(test: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-test-'));
  atEnd(test, () => removeFolder(folder));
  return folder;
}
