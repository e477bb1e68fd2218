import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { readTokens } from './tokens.ts';

const uiFolder = join(import.meta.dirname, '../../../webmail/ui');

/** The page of all tokens and parts as one HTML file, made from the webmail's own styles and views. */
export async function buildDesignPage(): Promise<string> {
  const tokens = readTokens(await readFile(join(uiFolder, 'style/tokens.css'), 'utf8'));
  const { outputFiles } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ['page.ts', 'page.css'],
    outdir: 'out',
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  const script = `globalThis.designTokens = ${JSON.stringify(tokens)};\n${text('.js')}`;
  return `<!doctype html>
<html lang="en" data-theme="light">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Caliopen: tokens and parts</title>
<style>${text('.css')}</style>
<body></body>
<script>${script.replaceAll('</script', '<\\/script')}</script>
</html>
`;
}
