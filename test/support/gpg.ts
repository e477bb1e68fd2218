import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { removeFolder } from './remove-folder.ts';
import { requireService } from './services.ts';

/** A real GnuPG with a home of its own. */
export interface Gpg {
  /** Runs gpg with these arguments and input; throws with its words when it fails. */
  run(args: readonly string[], input?: Uint8Array | string): Promise<{ output: Buffer; status: string }>;
}

/** No questions, no window, no look-ups on the network. */
const quiet = [
  '--batch',
  '--yes',
  '--no-tty',
  '--pinentry-mode',
  'loopback',
  '--disable-dirmngr',
  '--no-auto-key-locate',
];

/** GnuPG in a temporary home, ended and removed after the test; null when it isn't installed. */
export function openGpg(test: Pick<TestContext, 'name' | 'skip' | 'after'>): Gpg | null {
  const program = requireService(test, 'gnupg');
  if (!program) return null;
  // The agent's socket needs a short path, so the home stands in the system's folder for temporary files.
  const home = mkdtempSync(join(tmpdir(), 'cg-'));
  const gpg: Gpg = {
    run: (args, input = '') => runProgram(program, ['--homedir', home, ...quiet, ...args], input),
  };
  test.after(async () => {
    await runProgram('gpgconf', ['--homedir', home, '--kill', 'all'], '').catch(() => {});
    removeFolder(home);
  });
  return gpg;
}

function runProgram(
  program: string,
  args: readonly string[],
  input: Uint8Array | string,
): Promise<{ output: Buffer; status: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', chunk => output.push(chunk));
    child.stderr.on('data', chunk => errors.push(chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', code => {
      const status = Buffer.concat(errors).toString();
      if (code === 0) resolve({ output: Buffer.concat(output), status });
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${status}`));
    });
  });
}
