import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { register } from '../../../bin/keys.ts';
import { loadConfig } from '../../../delivery/config.ts';
import { asDeliveryError } from '../../../delivery/errors.ts';
import type { Run } from '../../support/command.ts';

/** As `main.ts`: the command was used wrongly. */
const misuse = new Set(['badSettings', 'badInput', 'badRequest', 'badAddress']);

/** Runs `caliopen [--json] keys …` on the store in `data`, in this process: a process of its own takes a second. */
export async function runKeys(data: string, words: readonly string[]): Promise<Run> {
  const stdout = new PassThrough();
  const isJson = words[0] === '--json';
  const program = new Command().exitOverride();
  let code: number = 0;
  register(program, {
    stdout,
    stderr: new PassThrough(),
    stdin: Readable.from([]),
    config: () => loadConfig({ overrides: { data, 'sqlite.shards': 1 } }),
    json: () => isJson,
    exit: given => {
      code = given;
    },
  });
  let stderr = '';
  try {
    await program.parseAsync(isJson ? words.slice(1) : [...words], { from: 'user' });
  } catch (error) {
    const known = asDeliveryError(error);
    stderr = known.message;
    code = misuse.has(known.code) ? 2 : 1;
  }
  stdout.end();
  return { code, stdout: await text(stdout), stderr };
}
