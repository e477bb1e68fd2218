import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { levelWordsFile, screenWordsFile } from './screen-words.ts';

// `node bin/write-index-words.ts`: writes the webmail's words of the index and of warnings from the tables.
const folder = join(import.meta.dirname, '..', 'webmail', 'ui', 'locales');
writeFileSync(join(folder, 'index-words.ts'), screenWordsFile());
writeFileSync(join(folder, 'level-words.ts'), levelWordsFile());
