import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config, SettingKey } from '../delivery/config.ts';
import { environmentName, settingRows } from '../delivery/config.ts';
import { instanceKeyFile } from '../delivery/crypto/keyring.ts';
import { asDeliveryError } from '../delivery/errors.ts';
import { holdsStore } from '../delivery/instance-key.ts';
import type { Parts } from '../delivery/open.ts';
import { allPages } from '../delivery/store/all-pages.ts';
import { listDamage } from '../delivery/store/sqlite/damage.ts';
import type { CommandContext } from './command.ts';
import { certificateFindings } from './doctor/certificates.ts';
import { clusterFindings } from './doctor/cluster.ts';
import { domainFindings, postmasterFinding } from './doctor/domains.ts';
import { addressFindings, portFindings } from './doctor/doors.ts';
import { keyZoneFindings } from './doctor/key-zones.ts';
import { keylessFindings } from './doctor/keyless-accounts.ts';
import { sourceFindings } from './doctor/sender-sources.ts';
import { heldPlaces } from './serve/running-doors.ts';
import { withParts } from './with-parts.ts';

/** One thing looked at: what was found, and what to do when it is not well. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly todo?: string;
}

/** `caliopen doctor`: looks at the settings, ports, store, descriptors, clock, TLS and domains; exit code 1 on a failure. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('look at settings, ports, store, descriptors, clock, TLS and domains, and say what to do')
    .action(async () => {
      const findings = await examine(context);
      for (const finding of findings)
        context.stdout.write(`${context.json() ? JSON.stringify(finding) : text(finding)}\n`);
      if (findings.some(finding => finding.status === 'fail')) context.exit(1);
    });
}

function text({ check, status, detail, todo }: Finding): string {
  return `${status.padEnd(4)} ${check.padEnd(12)} ${detail}${todo ? `\n${' '.repeat(18)}-> ${todo}` : ''}`;
}

async function examine(context: CommandContext): Promise<Finding[]> {
  const config = context.config();
  const findings = [settingsFinding(config), descriptorFinding(), clockFinding(config)];
  const held = await heldPlaces(config.data);
  findings.push(
    ...(await portFindings(config, held)),
    ...addressFindings(config),
    hostNameFinding(config),
    ...tlsFindings(config),
    ...(await certificateFindings(config, held)),
    ...(await sourceFindings(config)),
    instanceKeyFinding(config),
    folderFinding(config),
    ...(config.store === 'sqlite' ? damageFindings(config) : []),
  );
  try {
    if (config.store === 'cassandra') findings.push(...(await clusterFindings(config)));
    findings.push(...(await withParts(context, storeFindings)));
  } catch (error) {
    findings.push(storeFailure(config, error));
  }
  return findings;
}

function settingsFinding(config: Config): Finding {
  const changed = (Object.keys(settingRows) as SettingKey[]).filter(
    key => JSON.stringify(config[key]) !== JSON.stringify(settingRows[key].default) && key !== 'data',
  );
  const shown = changed.length === 0 ? 'all at their defaults' : `changed: ${changed.join(', ')}`;
  return { check: 'settings', status: 'ok', detail: `${shown}; data folder ${config.data}` };
}

/** Other servers know this host by its full name, and trace fields are believed by the name behind `by`. */
function hostNameFinding(config: Config): Finding {
  const check = 'host name';
  const names = [config.hostname, config['lmtp.mtaHostname'] || config.hostname];
  const detail = `${names[0]}; trace fields by ${names[1]} are believed at the LMTP door`;
  if (names.every(name => name.includes('.'))) return { check, status: 'ok', detail };
  const todo = names[0]?.includes('.')
    ? 'set lmtp.mtaHostname to the full name that your MTA puts there (Postfix: postconf -h myhostname)'
    : `set hostname (${environmentName('hostname')}) to this host's full name, and lmtp.mtaHostname to your MTA's (Postfix: postconf -h myhostname)`;
  return { check, status: 'warn', detail, todo };
}

function tlsFindings(config: Config): Finding[] {
  const files = [config['tls.certificateFile'], config['tls.keyFile']] as const;
  if (!files[0] && !files[1]) {
    const todo =
      'senders that check certificates (DANE, MTA-STS) need a real one: set tls.certificateFile and tls.keyFile';
    return [{ check: 'tls', status: 'warn', detail: 'self-made certificate', todo }];
  }
  if (!files[0] || !files[1]) {
    const missing = files[0] ? 'tls.keyFile' : 'tls.certificateFile';
    return [{ check: 'tls', status: 'fail', detail: `${missing} is not set`, todo: 'set both or neither' }];
  }
  try {
    return [certificateFinding(new X509Certificate(readFileSync(files[0])), files, config.hostname)];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ check: 'tls', status: 'fail', detail, todo: 'give PEM files that this user may read' }];
  }
}

const renewalDays = 14;

function certificateFinding(
  certificate: X509Certificate,
  [certificateFile, keyFile]: readonly [string, string],
  hostname: string,
): Finding {
  const check = 'tls';
  const days = Math.floor((certificate.validToDate.getTime() - Date.now()) / 86_400_000);
  if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))) {
    return {
      check,
      status: 'fail',
      detail: `${keyFile} is not the key of ${certificateFile}`,
      todo: 'give the pair that was issued together',
    };
  }
  if (days < 0) return { check, status: 'fail', detail: `${certificateFile} has expired`, todo: 'renew it' };
  if (!certificate.checkHost(hostname)) {
    return {
      check,
      status: 'warn',
      detail: `${certificateFile} does not name ${hostname}`,
      todo: 'set hostname to a name of the certificate',
    };
  }
  const detail = `${certificateFile} names ${hostname}, ${days} days left`;
  return days < renewalDays
    ? { check, status: 'warn', detail, todo: 'renew it now' }
    : { check, status: 'ok', detail };
}

function instanceKeyFinding(config: Config): Finding {
  const check = 'instance key';
  if (config['keys.instanceKey'])
    return { check, status: 'ok', detail: 'given by the settings or the environment' };
  const file = instanceKeyFile(config);
  try {
    const mode = statSync(file).mode & 0o777;
    if (mode & 0o077)
      return {
        check,
        status: 'fail',
        detail: `${file} can be read by others (mode ${mode.toString(8)})`,
        todo: `chmod 600 ${file}`,
      };
    return {
      check,
      status: 'ok',
      detail: `${file}; keep a copy: without it server-held keys can't be opened`,
    };
  } catch {
    if (!holdsStore(config))
      return { check, status: 'ok', detail: `${file} will be made at the first start` };
    const detail = `${file} is not there, and ${config.data} holds a store`;
    const todo = 'put the file back from its copy, or set keys.instanceKeyFile to where it is';
    return { check, status: 'fail', detail, todo };
  }
}

/** The store's files hold password hashes and mail: nobody else may come to them. */
function folderFinding(config: Config): Finding {
  const check = 'data folder';
  const mode = statSync(config.data, { throwIfNoEntry: false })?.mode;
  if (mode === undefined)
    return { check, status: 'ok', detail: `${config.data} will be made at the first start` };
  if ((mode & 0o077) === 0) return { check, status: 'ok', detail: `${config.data} is closed to other users` };
  const shown = (mode & 0o777).toString(8);
  return {
    check,
    status: 'fail',
    detail: `${config.data} is open to other users (mode ${shown})`,
    todo: `chmod 700 ${config.data}`,
  };
}

/** Damage that a door or a command met, until somebody has found the store whole. */
function damageFindings(config: Config): Finding[] {
  return listDamage(config.data).map(({ file, cause, metAt }) => ({
    check: 'store files',
    status: 'fail',
    detail: `${file} is damaged: ${cause} (met at ${metAt})`,
    todo: `caliopen store verify names the accounts; put ${file} back from a backup, then verify again`,
  }));
}

const wantedDescriptors = 4096;

function descriptorFinding(): Finding {
  const check = 'descriptors';
  const line = readOptional('/proc/self/limits')
    ?.split('\n')
    .find(row => row.startsWith('Max open files'));
  const limit = Number(line?.split(/\s{2,}/)[1]);
  if (!Number.isFinite(limit))
    return { check, status: 'warn', detail: 'the limit cannot be read here', todo: 'see ulimit -n' };
  const detail = `${limit} files may be open`;
  return limit >= wantedDescriptors
    ? { check, status: 'ok', detail }
    : {
        check,
        status: 'warn',
        detail,
        todo: `allow ${wantedDescriptors} (ulimit -n, or LimitNOFILE= of the service)`,
      };
}

/** A clock that the file system does not agree with, or that is before this release, makes signatures and ids wrong. */
function clockFinding(config: Config): Finding {
  const check = 'clock';
  const now = Date.now();
  if (now < Date.UTC(2026, 0, 1))
    return {
      check,
      status: 'fail',
      detail: new Date(now).toISOString(),
      todo: 'set the clock; run an NTP client',
    };
  const drift = fileClockDrift(config.data);
  if (drift !== null && Math.abs(drift) > 5000) {
    return {
      check,
      status: 'fail',
      detail: `${drift} ms off the file system of ${config.data}`,
      todo: 'run an NTP client on both machines',
    };
  }
  const synchronised = readOptional('/run/systemd/timesync/synchronized') !== null;
  return {
    check,
    status: 'ok',
    detail: `${new Date(now).toISOString()}${synchronised ? ', synchronised' : ''}`,
  };
}

function fileClockDrift(folder: string): number | null {
  const file = join(folder, `.clock-${process.pid}`);
  try {
    writeFileSync(file, '');
    const drift = Math.round(statSync(file).mtimeMs - Date.now());
    rmSync(file, { force: true });
    return drift;
  } catch {
    return null; // A folder that is not there yet, or can't be used: the store's check tells which.
  }
}

function readOptional(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

async function storeFindings(parts: Parts): Promise<Finding[]> {
  const { store, resolver, config } = parts;
  const started = performance.now();
  await store.check();
  const took = Math.round(performance.now() - started);
  const domains = await Array.fromAsync(allPages(page => store.listDomains(page)));
  const findings: Finding[] = [
    { check: 'store', status: 'ok', detail: `${placeOf(config)}: read and safe write in ${took} ms` },
  ];
  if (domains.length === 0) {
    findings.push({
      check: 'domains',
      status: 'warn',
      detail: 'no domain is served',
      todo: 'caliopen domain add NAME',
    });
  }
  for (const { name } of domains.slice(0, 20)) {
    findings.push(...(await domainFindings(name, resolver)), await postmasterFinding(name, parts));
    findings.push(...(await keylessFindings(name, parts)), ...(await keyZoneFindings(name, parts)));
  }
  return findings;
}

function placeOf(config: Config): string {
  return config.store === 'sqlite'
    ? `sqlite in ${config.data}`
    : `cassandra, keyspace ${config['cassandra.keyspace']}`;
}

/** What to look at when the store can't be opened. */
function todoFor(config: Config, isBadSetting: boolean): string {
  if (isBadSetting) return 'mend the settings: see config/caliopen.yaml';
  if (config.store === 'sqlite')
    return `see that ${config.data} exists, belongs to this user and has room (df, ls -ld)`;
  const points = config['cassandra.contactPoints'].join(', ');
  return `see that nodes run (nodetool status) at cassandra.contactPoints (${points}), with the cassandra.localDataCenter and cassandra.tls of the settings`;
}

function storeFailure(config: Config, error: unknown): Finding {
  const known = asDeliveryError(error);
  const todo = todoFor(config, known.code === 'badSettings');
  return { check: 'store', status: 'fail', detail: known.message, todo };
}
