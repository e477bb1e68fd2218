import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { screenWordsFile } from './screen-words.ts';

// `node bin/write-index-words.ts`: writes the webmail's words of the index and of warnings from the tables.
writeFileSync(
  join(import.meta.dirname, '..', 'webmail', 'ui', 'locales', 'index-words.ts'),
  screenWordsFile(),
);
