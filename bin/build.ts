import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildUi } from '../webmail/api/build-ui.ts';

// `npm run build`: what the npm package holds in place of the sources, in `dist/`, laid out as they are.
const top = join(import.meta.dirname, '..');
const dist = join(top, 'dist');
const harakaTypes = join(dist, 'plugins', 'haraka.d.ts');

function compile(): void {
  const tsc = join(top, 'node_modules', '.bin', 'tsc');
  const { status } = spawnSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: top, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
  copyFileSync(join(top, 'plugins', 'haraka.d.ts'), harakaTypes);
  // The package has the webmail built: what builds it needs sources and packages that are left out.
  for (const name of ['build-ui', 'build-pages', 'build-worker', 'html-alone']) {
    for (const extension of ['js', 'd.ts']) rmSync(join(dist, 'webmail', 'api', `${name}.${extension}`));
  }
}

/**
 * The compiler gives imports their new extension in JavaScript, not in declarations; and the declarations of the
 * plugins do not say where Haraka's global types are.
 */
function mendDeclarations(): void {
  for (const name of globSync('**/*.d.ts', { cwd: dist })) {
    const file = join(dist, name);
    const text = readFileSync(file, 'utf8').replace(
      /((?:from |import\()["']\.{1,2}\/[^"']*\.)ts(?=["'])/g,
      '$1js',
    );
    const types = relative(dirname(file), harakaTypes);
    const isOpen = /\bHaraka[A-Z]/.test(text) && file !== harakaTypes;
    writeFileSync(file, isOpen ? `/// <reference path="${types}" />\n${text}` : text);
  }
}

async function buildWebmail(): Promise<void> {
  const { files, packages } = await buildUi();
  const folder = join(dist, 'webmail', 'ui');
  mkdirSync(folder, { recursive: true });
  for (const { name, octets } of files) writeFileSync(join(folder, name), octets);
  const notices = packages.map(name => `${name}\n\n${licenceOf(name)}`);
  writeFileSync(join(dist, 'webmail', 'NOTICES.txt'), `${notices.join('\n\n----\n\n')}\n`);
}

/** Whoever passes on code of others passes on its licence. */
function licenceOf(name: string): string {
  const folder = join(top, 'node_modules', name);
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file to pass on`);
  return readFileSync(join(folder, file), 'utf8').trim();
}

rmSync(dist, { recursive: true, force: true });
compile();
mendDeclarations();
await buildWebmail();
