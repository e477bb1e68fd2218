import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { env, getuid } from 'node:process';
import { missingServices, type Service } from './services.ts';

/**
 * Installs the services that are missing by apt, where it can hurt nobody's mail: as root, on Debian, with no mail
 * server running and none installed that would have to go. Says so first, or why not. Throws nothing: what is still
 * missing is named by the tests that need it.
 */
export function prepareServices(): void {
  const missing = missingServices();
  if (missing.length === 0) return;
  const hindrance = whyNotInstall();
  const harmful = hindrance === null ? missing.filter(isMailServer).filter(() => otherMailServer()) : [];
  if (hindrance !== null) tellNotInstalled(missing, hindrance);
  if (harmful.length > 0) tellNotInstalled(harmful, `it would replace the package ${otherMailServer()}`);
  const wanted = hindrance === null ? missing.filter(service => !harmful.includes(service)) : [];
  if (wanted.length > 0) installServices(wanted);
}

function tellNotInstalled(services: readonly Service[], why: string): void {
  console.error(`Missing: ${services.map(({ name }) => name).join(', ')}; not installed, because ${why}.`);
}

function whyNotInstall(): string | null {
  if (getuid?.() !== 0) return 'this is not root';
  if (!existsSync('/etc/debian_version')) return 'this is not Debian';
  const server = runningMailServer();
  return server === null ? null : `a mail server (${server}) is running here`;
}

/** Names of processes, as the kernel cuts them to 15 characters. */
const mailServers = new Set([
  ...[
    'master',
    'exim4',
    'exim',
    'sendmail',
    'sendmail-mta',
    'smtpd',
    'opensmtpd',
    'qmail-send',
    'courieresmtpd',
  ],
  ...['dovecot', 'haraka', 'maddy', 'mox', 'stalwart-mail', 'dma', 'nullmailer-send'],
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

function isMailServer({ packages }: Service): boolean {
  return packages.includes('postfix');
}

/** An installed package that is this machine's mail server, and would be removed for another; null when there is none. */
function otherMailServer(): string | null {
  const columns = ['db:Status-Status', 'Package', 'Provides'].map(name => `\${${name}}`);
  const words = ['--show', `--showformat=${columns.join('\\t')}\\n`];
  const { stdout } = spawnSync('dpkg-query', words, { encoding: 'utf8' });
  const rows = (stdout ?? '').split('\n').map(row => row.split('\t'));
  const found = rows.find(
    ([status, name, provides]) =>
      status === 'installed' && name !== 'postfix' && /\bmail-transport-agent\b/.test(provides ?? ''),
  );
  return found?.[1] ?? null;
}

function installServices(missing: readonly Service[]): void {
  const packages = missing.flatMap(service => service.packages);
  console.error(
    `Installing for the tests with apt (no daemon is started; some minutes): ${packages.join(' ')}`,
  );
  withoutDaemons(() => {
    preseed('postfix postfix/main_mailer_type select No configuration\n');
    apt(['update', '-q']);
    if (install(packages)) return;
    // One that can't be had must not keep the others away.
    for (const service of missing) install(service.packages);
  });
}

const policyFile = '/usr/sbin/policy-rc.d';
const savedPolicyFile = `${policyFile}.before-caliopen-tests`;
const policy =
  '#!/bin/sh\n# Of the test runner of Caliopen, which removes it at its end: no daemon is started.\nexit 101\n';

/** Runs `work` while a policy forbids the start of daemons; then the policy that was there before holds again. */
function withoutDaemons(work: () => void): void {
  // A saved one without its end is of a run that was killed: it is still the one to come back to.
  const isOurs = existsSync(policyFile) && readFileSync(policyFile, 'utf8') === policy;
  if (existsSync(policyFile) && !isOurs) renameSync(policyFile, savedPolicyFile);
  writeFileSync(policyFile, policy, { mode: 0o755 });
  try {
    work();
  } finally {
    rmSync(policyFile, { force: true });
    if (existsSync(savedPolicyFile)) renameSync(savedPolicyFile, policyFile);
  }
}

function preseed(answers: string): void {
  spawnSync('debconf-set-selections', [], { input: answers });
}

function install(packages: readonly string[]): boolean {
  return apt(['install', '-q', '-y', '--no-install-recommends', '--no-remove', ...packages]);
}

function apt(words: readonly string[]): boolean {
  const { status } = spawnSync('apt-get', words, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}
