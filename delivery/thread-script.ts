import { extname } from 'node:path';

/** The script of a worker thread that lies beside the module: `.ts` in a checkout, `.js` when built. */
export function threadScript(module: Pick<ImportMeta, 'filename' | 'url'>, name: string): URL {
  return new URL(`./${name}${extname(module.filename)}`, module.url);
}
