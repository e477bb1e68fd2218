import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { buildDesignPage } from './build.ts';

/** `npm run design [FILE]`: the page of all tokens and parts, for whoever works on the screens. */
const file = resolve(argv[2] ?? join(import.meta.dirname, '../../../test-results/design.html'));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, await buildDesignPage());
console.log(file);
