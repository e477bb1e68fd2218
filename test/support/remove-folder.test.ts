import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { removeFolder } from './remove-folder.ts';

test('a folder goes although a program that is ending removes its own files at the same time', async () => {
  const ending = `process.stdout.write('.');
    for (const name of require('node:fs').readdirSync('.')) require('node:fs').rmSync(name, { force: true });`;
  for (let round = 0; round < 10; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'caliopen-test-'));
    for (let index = 0; index < 300; index++) writeFileSync(join(folder, `${index}`), '');
    const program = spawn(execPath, ['-e', ending], { cwd: folder });
    await once(program.stdout, 'data');
    removeFolder(folder);
    assert.ok(!existsSync(folder));
    await once(program, 'close');
  }
});
