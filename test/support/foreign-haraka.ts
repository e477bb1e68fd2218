import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import type { TestContext } from 'node:test';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import type { Config } from '../../delivery/config.ts';
import { atEnd } from './at-end.ts';
import { poll } from './poll.ts';
import { openDialogue } from './smtp-dialogue.ts';

const top = join(import.meta.dirname, '..', '..');
const harakaFolder = join(top, 'node_modules', 'haraka');

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : 0));
    });
  });
}

/** A Haraka of somebody else: its own folder, its own queue, some plugins of ours. */
export async function startForeignHaraka(
  t: Pick<TestContext, 'after'>,
  {
    config,
    plugins,
    files: given = {},
    sources = {},
    install = linkPlugins,
    environment = settingsEnvironment(config),
  }: {
    config: Config;
    plugins: readonly string[];
    files?: Readonly<Record<string, string>>;
    /** Plugins of its own: JavaScript by name. */
    sources?: Readonly<Record<string, string>>;
    /** Brings our plugins into the folder; links to the checkout's when left out. */
    install?: (folder: string) => void;
    /** Our settings; all of `config` when left out. */
    environment?: Readonly<Record<string, string>>;
  },
): Promise<number> {
  const folder = join(config.data, 'foreign');
  mkdirSync(join(folder, 'config'), { recursive: true });
  mkdirSync(join(folder, 'queue'));
  mkdirSync(join(folder, 'plugins'));
  for (const [name, source] of Object.entries(sources)) {
    writeFileSync(join(folder, 'plugins', `${name}.js`), source);
  }
  install(folder);
  const port = await freePort();
  const files: Record<string, string> = {
    plugins: plugins.join('\n'),
    'smtp.ini': `listen=127.0.0.1:${port}\nnodes=0\n`,
    'connection.ini': readFileSync(join(harakaFolder, 'config', 'connection.ini'), 'utf8'),
    'log.ini': '[main]\nlevel=warn\n',
    'tls.ini': '[main]\ndhparam=dhparams.pem\n',
    me: 'foreign.example.org\n',
    ...given,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'config', name), text);
  const child = spawn(execPath, [join(harakaFolder, 'haraka.js')], {
    cwd: folder,
    env: { ...env, ...environment, HARAKA: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output.push(String(chunk)));
  const gone = new Promise(resolve => child.once('exit', resolve));
  atEnd(t, () => {
    child.kill('SIGKILL');
    return gone;
  });
  await poll('the foreign Haraka', async () => {
    if (child.exitCode !== null) throw new Error(output.join(''));
    const peer = await openDialogue(port).catch(() => undefined);
    peer?.drop();
    return peer ? true : undefined;
  });
  return port;
}

function linkPlugins(folder: string): void {
  for (const entry of readdirSync(join(top, 'plugins'), { withFileTypes: true })) {
    if (entry.isDirectory())
      symlinkSync(join(top, 'plugins', entry.name), join(folder, 'plugins', entry.name));
  }
}
