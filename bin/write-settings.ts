import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsFile } from '../delivery/config.ts';

// `npm run settings`: writes the commented settings file from the schema.
writeFileSync(join(import.meta.dirname, '..', 'config', 'caliopen.yaml'), settingsFile());
