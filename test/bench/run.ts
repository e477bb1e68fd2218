import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { argv } from 'node:process';

// `npm run bench [NAME…]`: each file of this folder prints one table.
const all = globSync(join(import.meta.dirname, '*.ts')).filter(file => basename(file) !== 'run.ts');
const asked = argv.slice(2);
const chosen = asked.length > 0 ? all.filter(file => asked.includes(basename(file, '.ts'))) : all;
if (chosen.length === 0) {
  console.error(`no such bench; there are: ${all.map(file => basename(file, '.ts')).join(', ')}`);
  process.exitCode = 2;
}
for (const file of chosen.sort()) {
  console.log(`\n== ${basename(file, '.ts')}`);
  if (spawnSync('node', [file], { stdio: 'inherit' }).status !== 0) process.exitCode = 1;
}
