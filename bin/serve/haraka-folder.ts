import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { findPackageJSON } from 'node:module';
import { isIPv6 } from 'node:net';
import { dirname, join } from 'node:path';
import type { Certificate } from '../../delivery/certificate.ts';
import type { Config } from '../../delivery/config.ts';

// The checkout or the package: what is built lies in a folder of it.
const top = dirname(findPackageJSON(import.meta.url) ?? '');

/** Files of config/ that are not Haraka's. */
const notHarakas = /^(caliopen\.yaml|tls_(key|cert)\.pem)$/;

/**
 * Writes the Haraka folder of this instance into the data folder: the shipped config/ with our settings put in.
 * Made anew at each start, so that a new release's files hold and nothing stale stays. Gives its path.
 */
export function writeHarakaFolder(config: Config, certificate: Certificate): string {
  const folder = join(config.data, 'haraka');
  const files = shippedFiles();
  files.set('smtp.ini', replaceKeys(files.get('smtp.ini') ?? '', { listen: listenAddress(config) }));
  const plugins = config['smtp.plugins'];
  if (plugins.length > 0) files.set('plugins', `${plugins.join('\n')}\n`);
  files.set('me', `${config.hostname}\n`);
  files.set(
    'tls.ini',
    `${files.get('tls.ini') ?? '[main]\n'}key=${certificate.keyFile}\ncert=${certificate.certificateFile}\n`,
  );
  rmSync(join(folder, 'config'), { recursive: true, force: true });
  mkdirSync(join(folder, 'config'), { recursive: true, mode: 0o700 });
  mkdirSync(join(folder, 'queue'), { recursive: true, mode: 0o700 });
  for (const [name, text] of files) writeFileSync(join(folder, 'config', name), text, { mode: 0o600 });
  linkPlugins(folder);
  return folder;
}

function shippedFiles(): Map<string, string> {
  const names = readdirSync(join(top, 'config'), { withFileTypes: true })
    .filter(entry => entry.isFile() && !notHarakas.test(entry.name))
    .map(entry => entry.name);
  return new Map(names.map(name => [name, readFileSync(join(top, 'config', name), 'utf8')]));
}

/** `key=value` lines of an INI file with new values. */
function replaceKeys(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .split('\n')
    .map(line => {
      const key = /^([\w.]+)\s*=/.exec(line)?.[1] ?? '';
      return Object.hasOwn(values, key) ? `${key}=${values[key]}` : line;
    })
    .join('\n');
}

function listenAddress(config: Config): string {
  const { 'smtp.address': address, 'smtp.port': port } = config;
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

function linkPlugins(folder: string): void {
  const link = join(folder, 'plugins');
  rmSync(link, { force: true, recursive: false });
  if (!existsSync(link)) symlinkSync(join(top, 'plugins'), link);
}
