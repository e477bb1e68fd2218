import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const caliopen = join(import.meta.dirname, '../../bin/caliopen');

/** The running demo. */
export interface Demo {
  readonly web: string;
  readonly smtpPort: number;
  readonly passwords: ReadonlyMap<string, string>;
  /** The secret key of the account that holds its own, and what opens it. */
  readonly ownKey: { readonly file: string; readonly passphrase: string };
  readonly process: ChildProcess;
}

/** One line that the demo prints with --json. */
interface Said {
  readonly ready?: string;
  readonly port?: number;
  readonly account?: string;
  readonly password?: string;
  readonly web?: string;
  readonly ownKeyFile?: string;
  readonly passphrase?: string;
}

/** The demo on free ports, with these settings as environment variables; resolves when it has told its address. */
export async function startDemo(folder: string, settings: Record<string, string> = {}): Promise<Demo> {
  const names = ['SMTP', 'LMTP', 'WEB', 'DNS'];
  const ports = Object.fromEntries(names.map(name => [`CALIOPEN_${name}_PORT`, '0']));
  const child = spawn(caliopen, ['--json', '--data', folder, 'demo'], {
    env: { ...process.env, ...ports, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const passwords = new Map<string, string>();
  let smtpPort = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Said;
    if (said.ready === 'smtp') smtpPort = said.port ?? 0;
    if (said.account && said.password) passwords.set(said.account, said.password);
    const ownKey = { file: said.ownKeyFile ?? '', passphrase: said.passphrase ?? '' };
    if (said.web) return { web: said.web, smtpPort, passwords, ownKey, process: child };
  }
  throw new Error('the demo ended before it was ready');
}

/** What Ctrl-C does; fails unless the demo ends cleanly. */
export async function stopDemo({ process: child }: Demo): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
}
