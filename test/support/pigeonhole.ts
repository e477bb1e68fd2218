import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getgid, getuid } from 'node:process';
import type { TestContext } from 'node:test';
import { requireService } from './services.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Pigeonhole, the Sieve interpreter of Dovecot. */
export interface Pigeonhole {
  /**
   * What it would do, in one line: `Work [\flagged], INBOX`, `discard`; `fault` when it refuses the script, `failure`
   * when the run fails. The octets are given as they are.
   */
  decide(
    script: string,
    message: Uint8Array,
    envelope: { reversePath: string; forwardPath: string },
  ): Promise<string>;
}

/** Null where it is not installed; the test is then skipped. */
export function openPigeonhole(t: TestContext): Pigeonhole | null {
  const program = requireService(t, 'pigeonhole');
  if (program === null) return null;
  const folder = temporaryFolder(t);
  const home = join(folder, 'home');
  mkdirSync(home);
  // It refuses to work as root, and nobody must be able to write there.
  for (const each of [folder, home]) chmodSync(each, 0o777);
  const config = join(folder, 'dovecot.conf');
  writeFileSync(config, configuration(home));
  let count = 0;
  return {
    async decide(script, message, { reversePath, forwardPath }) {
      const name = join(folder, `n${++count}`);
      writeFileSync(`${name}.sieve`, script);
      writeFileSync(`${name}.eml`, message);
      const words = ['-c', config, '-f', reversePath, '-r', forwardPath, '-a', forwardPath];
      return readAnswer(await run(program, [...words, `${name}.sieve`, `${name}.eml`]));
    },
  };
}

function configuration(home: string): string {
  const isRoot = getuid?.() === 0;
  return `mail_home = ${home}
mail_location = mbox:${join(home, 'mail')}
mail_uid = ${isRoot ? 'nobody' : getuid?.()}
mail_gid = ${isRoot ? 'nogroup' : getgid?.()}
first_valid_uid = 1
first_valid_gid = 1
log_path = /dev/stderr
plugin {
  sieve_extensions = +imap4flags +mailbox +special-use
}
`;
}

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, words: readonly string[]): Promise<Answer> {
  const env = { PATH: '/usr/bin:/bin', TZ: 'UTC' };
  return new Promise(resolve => {
    execFile(program, words, { env, timeout: 20_000 }, (_error, stdout, stderr) =>
      resolve({ stdout, stderr }),
    );
  });
}

function readAnswer({ stdout, stderr }: Answer): string {
  if (/failed to (?:compile|open)|validation failed|parse failed/.test(stderr)) return 'fault';
  if (!/final result: success/.test(stderr)) return `failure: ${stderr}`;
  const actions: string[] = [];
  for (const line of stdout.split('\n')) {
    const store = /^ \* store message in folder: (.*)$/.exec(line);
    const flags = /^ {8}\+ add IMAP flags: (.*)$/.exec(line);
    if (store) actions.push(store[1] ?? '');
    else if (/^ \* discard/.test(line)) actions.push('discard');
    else if (flags) actions.push(`${actions.pop()} [${flags[1]?.toLowerCase().split(' ').sort().join(' ')}]`);
  }
  return actions.join(', ');
}
