import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { chosenDoors, type DoorName } from '../../bin/serve/door.ts';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import { type Config, loadConfig, type SettingKey } from '../../delivery/config.ts';
import { openLog } from '../../delivery/log.ts';
import { openParts, type Parts } from '../../delivery/open.ts';
import type { NewAccount } from '../../delivery/store/store.ts';
import { atEnd } from './at-end.ts';
import { temporaryFolder } from './temporary-folder.ts';

const main = join(import.meta.dirname, '..', '..', 'bin', 'main.ts');

/** A door (or all of them) as its own process, as an operator runs it. */
export interface DoorProcess {
  readonly process: ChildProcess;
  /** By door name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Lines of standard error so far. */
  readonly log: readonly string[];
  /** Sends SIGTERM; gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Settings for a test of its own: a new data folder, free ports, no DNS server that answers. */
export function testConfig(
  t: Pick<TestContext, 'after'>,
  overrides: Partial<Record<SettingKey, unknown>> = {},
): Config {
  const data = temporaryFolder(t);
  return configOn(data, overrides);
}

/** Settings of a test on a data folder that is somebody else's to remove. */
export function configOn(data: string, overrides: Partial<Record<SettingKey, unknown>> = {}): Config {
  return loadConfig({
    overrides: {
      data,
      hostname: 'mx.example.org',
      'smtp.port': 0,
      'lmtp.port': 0,
      'web.port': 0,
      'dns.port': 0,
      'milter.port': 0,
      'sqlite.shards': 1,
      'judge.threads': 1,
      // Nobody listens there: a look-up fails at once instead of leaving the machine.
      'resolver.servers': ['127.0.0.1:9'],
      'resolver.timeoutMilliseconds': 200,
      ...overrides,
    },
  });
}

/** The parts on the same data folder, for making accounts and looking at what is stored. */
export async function openTestParts(
  t: Pick<TestContext, 'after'>,
  config: Config,
  accounts: readonly NewAccount[] = [],
): Promise<Parts> {
  const parts = await openParts(config, { log: openLog('error') });
  atEnd(t, () => parts.close());
  for (const account of accounts) {
    const domain = account.address.slice(account.address.lastIndexOf('@') + 1);
    if (!(await parts.store.getDomain(domain))) await parts.store.addDomain(domain);
    await parts.store.addAccount(account);
  }
  return parts;
}

/** A version of the product. */
export interface Code {
  readonly main: string;
  /** The settings that it knows, as environment. */
  settings(config: Config): Record<string, string>;
}

const present: Code = { main, settings: settingsEnvironment };

export interface DoorOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Command that is given the door's to run: `['strace', …]`. Signals must reach the door. */
  readonly under?: readonly string[];
  readonly code?: Code;
}

/** Runs `caliopen serve NAME --json` (all doors without a name) until the test ends; resolves when all are ready. */
export async function startDoor(
  t: Pick<TestContext, 'after'>,
  name: DoorName | null,
  config: Config,
  { environment = {}, under = [], code = present }: DoorOptions = {},
): Promise<DoorProcess> {
  const serve = [code.main, 'serve', ...(name ? [name] : []), '--json'];
  const [command = execPath, ...words] = [
    ...under,
    execPath,
    '--disable-warning=ExperimentalWarning',
    ...serve,
  ];
  const child = spawn(command, words, {
    env: { ...env, ...code.settings(config), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', line => log.push(line));
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve));
  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const kill = setTimeout(() => child.kill('SIGKILL'), 40_000);
    const code = await exited;
    clearTimeout(kill);
    return code;
  }
  atEnd(t, () => stop());
  const ports = await readPorts(child, { expected: name ? 1 : chosenDoors(config).length, log });
  return { process: child, ports, log, stop };
}

function readPorts(
  child: ChildProcess,
  { expected, log }: { expected: number; log: readonly string[] },
): Promise<Record<string, number>> {
  return new Promise((resolve, reject) => {
    const ports: Record<string, number> = {};
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', line => {
        const { ready, port } = JSON.parse(line) as { ready: string; port: number };
        ports[ready] = port;
        if (Object.keys(ports).length === expected) resolve(ports);
      });
    }
    child.once('exit', code => reject(new Error(`the door ended with ${code}:\n${log.join('\n')}`)));
  });
}
