import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import type { Service } from './services.ts';

const policyFile = '/usr/sbin/policy-rc.d';

/** Installs Debian packages, with a policy that starts no daemon, and says so first. Throws nothing: what is still missing is named later. */
export function installServices(missing: readonly Service[]): void {
  const packages = missing.flatMap(service => service.packages);
  console.error(`Installing for the tests (no daemon is started): ${packages.join(' ')}`);
  const ownPolicy = !existsSync(policyFile);
  if (ownPolicy) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    preseed('postfix postfix/main_mailer_type select No configuration\n');
    apt(['update', '-q']);
    apt(['install', '-q', '-y', '--no-install-recommends', '--no-remove', ...packages]);
  } finally {
    if (ownPolicy) rmSync(policyFile, { force: true });
  }
}

function preseed(answers: string): void {
  spawnSync('debconf-set-selections', [], { input: answers });
}

function apt(words: readonly string[]): void {
  spawnSync('apt-get', words, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
