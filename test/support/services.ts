import { accessSync, appendFileSync, constants, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, getuid } from 'node:process';
import type { TestContext } from 'node:test';

/** A real program that some tests talk to, and the Debian packages that bring it. */
export interface Service {
  readonly name: string;
  readonly packages: readonly string[];
  /** Any one of these commands will do; one with a slash is a pattern of files. */
  readonly commands: readonly string[];
  /** Only root can start it. */
  readonly isForRoot?: boolean;
}

const services = {
  postfix: { packages: ['postfix'], commands: ['postfix'], isForRoot: true },
  swaks: { packages: ['swaks', 'libnet-ssleay-perl'], commands: ['swaks'] },
  // Other filters, which are asked about a message.
  spamd: { packages: ['spamassassin', 'spamd'], commands: ['spamd'] },
  rspamd: { packages: ['rspamd'], commands: ['rspamd'] },
  gnupg: { packages: ['gnupg', 'gpg-agent'], commands: ['gpg'] },
  chromium: { packages: ['chromium'], commands: ['chromium', 'chromium-browser', 'google-chrome'] },
  firefox: { packages: ['firefox-esr'], commands: ['firefox-esr', 'firefox'] },
  webkit: { packages: ['webkit2gtk-driver'], commands: ['WebKitWebDriver'] },
  // A screen in memory, for WebKit.
  xvfb: { packages: ['xvfb'], commands: ['Xvfb'] },
  pigeonhole: { packages: ['dovecot-sieve'], commands: ['sieve-test'] },
  strace: { packages: ['strace'], commands: ['strace'] },
  // The versions that Cassandra 5.0 runs on, wherever else `java` in PATH leads.
  java: {
    packages: ['openjdk-17-jre-headless'],
    commands: ['/usr/lib/jvm/*-17-*/bin/java', '/usr/lib/jvm/*-21-*/bin/java'],
  },
  maven: { packages: ['maven'], commands: ['mvn'] },
  go: { packages: ['golang-go'], commands: ['/usr/lib/go-*/bin/go', 'go', '/usr/local/go/bin/go'] },
  faketime: { packages: ['libfaketime'], commands: ['/usr/lib*/**/faketime/libfaketime.so.1'] },
  iproute2: { packages: ['iproute2'], commands: ['ip'] },
  openssl: { packages: ['openssl'], commands: ['openssl'] },
  // Name servers and what comes with them: keymgr with knotd, nsd-checkzone and nsd-control with nsd.
  knot: { packages: ['knot'], commands: ['knotd'] },
  nsd: { packages: ['nsd'], commands: ['nsd'] },
  bind9: { packages: ['bind9'], commands: ['named'] },
  unbound: { packages: ['unbound'], commands: ['unbound'] },
  // Those that ask and check: knsupdate comes with kdig, dig with delv, named-checkzone with dnssec-verify.
  kdig: { packages: ['knot-dnsutils'], commands: ['kdig'] },
  kzonecheck: { packages: ['knot-dnssecutils'], commands: ['kzonecheck'] },
  delv: { packages: ['bind9-dnsutils'], commands: ['delv'] },
  bind9Utils: { packages: ['bind9-utils'], commands: ['dnssec-verify'] },
  ldnsutils: { packages: ['ldnsutils'], commands: ['ldns-verify-zone'] },
  dnsperf: { packages: ['dnsperf'], commands: ['dnsperf'] },
  // Those that look for keys.
  dirmngr: { packages: ['dirmngr'], commands: ['dirmngr'] },
  hashSlinger: { packages: ['hash-slinger'], commands: ['openpgpkey'] },
  sq: { packages: ['sq'], commands: ['sq'] },
} as const satisfies Record<string, Omit<Service, 'name'>>;

export type ServiceName = keyof typeof services;

/** Folders of system programs that a user's PATH often leaves out. */
const systemFolders = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** Path of the service's program, null when it is not installed. */
export function findService(name: ServiceName): string | null {
  const folders = [...(env.PATH ?? '').split(delimiter), ...systemFolders];
  for (const command of services[name].commands) {
    const found = command.includes('/')
      ? globSync(command)[0]
      : folders.map(folder => join(folder, command)).find(isExecutable);
    if (found) return found;
  }
  return null;
}

/** Services that no test can use now. */
export function missingServices(): Service[] {
  const names = Object.keys(services) as ServiceName[];
  return names.filter(name => !findService(name)).map(name => ({ name, ...services[name] }));
}

/**
 * Path of a service that a test needs. Where it is missing, or this user can't start it, the test is skipped, and the
 * runner is told, so that the run ends as incomplete; null then, and the test returns. With CI set it throws.
 */
export function requireService(
  test: Pick<TestContext, 'name' | 'skip'>,
  name: ServiceName,
  isRoot: boolean = getuid?.() === 0,
): string | null {
  const service: Omit<Service, 'name'> = services[name];
  const found = findService(name);
  const why = found === null ? `(Debian: ${service.packages.join(', ')})` : 'started by root';
  if (found !== null && (isRoot || !service.isForRoot)) return found;
  leaveOut(test, `needs ${name} ${why}`);
  return null;
}

/** Skips a test for want of something, and tells the runner. With CI set it throws. */
export function leaveOut(test: Pick<TestContext, 'name' | 'skip'>, why: string): void {
  const line = `${test.name}: ${why}`;
  if (env.CI) throw new Error(line);
  if (env.CALIOPEN_TEST_SKIPPED) appendFileSync(env.CALIOPEN_TEST_SKIPPED, `${line}\n`);
  test.skip(line);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
