import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, exit, getuid } from 'node:process';
import { installServices } from './support/install-services.ts';
import { missingServices } from './support/services.ts';

/**
 * `npm test`: type check, lint, then every test. Services that are missing are installed by apt when that does no
 * harm; what could not be run is named, one loud line each, and the run ends with 3 ("incomplete"), never green.
 * With CI set, a missing service is a failure. Arguments narrow the run to those files.
 */
function main(): number {
  const top = join(import.meta.dirname, '..');
  process.chdir(top);
  prepareServices();
  const asked = argv.slice(2);
  const checks =
    asked.length === 0
      ? [
          ['tsc', '-p', '.'],
          ['biome', 'check', '--error-on-warnings', '.'],
        ]
      : [];
  for (const [command, ...words] of checks) {
    if (!run(command as string, words)) return 1;
  }
  const skippedFile = join(mkdtempSync(join(tmpdir(), 'caliopen-skipped-')), 'skipped');
  env.CALIOPEN_TEST_SKIPPED = skippedFile;
  const files = asked.length > 0 ? asked : globSync('test/**/*.test.ts').sort();
  const passed = run('node', ['--test', '--test-reporter=spec', '--test-concurrency=2', ...files]);
  const skipped = readSkipped(skippedFile);
  rmSync(join(skippedFile, '..'), { recursive: true, force: true });
  for (const line of skipped) console.error(`NOT RUN: ${line}`);
  if (!passed) return 1;
  if (skipped.length === 0) return 0;
  console.error(`INCOMPLETE: ${skipped.length} ${skipped.length === 1 ? 'test was' : 'tests were'} not run`);
  return env.CI ? 1 : 3;
}

function prepareServices(): void {
  const missing = missingServices();
  if (missing.length === 0) return;
  const hindrance = whyNotInstall();
  if (hindrance === null) installServices(missing);
  else
    console.error(
      `Missing: ${missing.map(service => service.name).join(', ')}; not installed, because ${hindrance}.`,
    );
}

/** Installing is done only where it can hurt nobody's mail. */
function whyNotInstall(): string | null {
  if (getuid?.() !== 0) return 'this is not root';
  if (!existsSync('/etc/debian_version')) return 'this is not Debian';
  const server = runningMailServer();
  return server === null ? null : `a mail server (${server}) is running here`;
}

const mailServers = new Set([
  'master',
  'exim4',
  'exim',
  'sendmail',
  'smtpd',
  'opensmtpd',
  'qmail-send',
  'dovecot',
]);

function runningMailServer(): string | null {
  for (const id of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const name = readFileSync(`/proc/${id}/comm`, 'utf8').trim();
      if (mailServers.has(name)) return name;
    } catch {
      // The process has ended since the listing.
    }
  }
  return null;
}

function readSkipped(file: string): string[] {
  return existsSync(file) ? [...new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))] : [];
}

function run(command: string, words: readonly string[]): boolean {
  return spawnSync(command, words, { stdio: 'inherit' }).status === 0;
}

exit(main());
