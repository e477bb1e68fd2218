import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { DeliveryError } from '../delivery/errors.ts';
import { parseMessage } from '../delivery/message/message.ts';
import { type ParsedScript, parseScriptOctets } from '../delivery/sieve/parse-script.ts';
import { runScript } from '../delivery/sieve/run-script.ts';
import type { Script, ScriptAction, ScriptOutcome } from '../delivery/sieve/shape.ts';
import type { CommandContext } from './command.ts';
import { explainFileError } from './file-error.ts';

/** `caliopen sieve check FILE…` and `caliopen sieve try FILE MESSAGE`: an owner's script, without an account. */
export function register(program: Command, context: CommandContext): void {
  const sieve = program.command('sieve').description('check and try Sieve scripts (RFC 5228)');
  sieve
    .command('check <files...>')
    .description('tell every fault of scripts with its line (-: standard input)')
    .action((files: readonly string[]) => check(context, files));
  sieve
    .command('try <file> <message>')
    .description('tell what a script would do with a message, and by which lines (-: standard input)')
    .option('--from <address>', 'reverse-path', '')
    .option('--to <address>', 'forward-path')
    .action((file: string, message: string, options: { from: string; to?: string }) =>
      tryScript(context, { file, message, ...options }),
    );
}

async function check(context: CommandContext, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const { faults } = parseScriptOctets(await read(context, file));
    if (faults.length > 0) context.exit(1);
    if (context.json()) context.stdout.write(`${JSON.stringify({ file, faults })}\n`);
    else context.stdout.write(faults.length > 0 ? faultLines(file, faults) : `${file}: no faults\n`);
  }
}

function faultLines(file: string, faults: ParsedScript['faults']): string {
  return faults.map(({ line, column, text }) => `${file}:${line}:${column}: ${text}\n`).join('');
}

interface Trial {
  readonly file: string;
  readonly message: string;
  readonly from: string;
  readonly to?: string;
}

async function tryScript(context: CommandContext, { file, message, from, to }: Trial): Promise<void> {
  const { script, faults } = parseScriptOctets(await read(context, file));
  if (!script) throw new DeliveryError('badInput', faultLines(file, faults).trimEnd());
  const outcome = outcomeOf(script, await read(context, message), { from, to: to ?? null });
  if (context.json()) context.stdout.write(`${JSON.stringify(outcome)}\n`);
  else context.stdout.write(outcomeLines(outcome).join('\n').concat('\n'));
}

/** Nobody in particular: mailboxes that are named are there, nothing was judged. */
function outcomeOf(
  script: Script,
  raw: Uint8Array,
  { from, to }: { readonly from: string; readonly to: string | null },
): ScriptOutcome {
  const input = {
    message: parseMessage(raw),
    sizeOctets: raw.byteLength,
    envelope: { reversePath: from.replace(/^<|>$/g, ''), forwardPath: to },
  };
  return runScript(script, input, {
    now: new Date(),
    localOffsetMinutes: at => -at.getTimezoneOffset(),
    mailboxExists: () => true,
    hasSpecialUse: () => true,
    spamProbability: null,
    environment: {},
  });
}

function outcomeLines({ actions, failure, trace }: ScriptOutcome): string[] {
  return [
    ...trace.map(({ line, name, result }) => `line ${line}: ${name}${result === null ? '' : `: ${result}`}`),
    ...(failure ? [`line ${failure.line}: ${failure.text}`] : []),
    ...actions.map(actionLine),
  ];
}

function actionLine(action: ScriptAction): string {
  const place = action.line === null ? '' : ` (line ${action.line})`;
  if (action.kind === 'discard') return `=> discard${place}`;
  const flags = action.flags.length > 0 ? ` with ${action.flags.join(' ')}` : '';
  if (action.kind === 'fileinto') return `=> fileinto ${JSON.stringify(action.mailbox)}${flags}${place}`;
  return `=> ${action.line === null ? 'implicit keep' : 'keep'}${flags}${place}`;
}

async function read({ stdin }: CommandContext, file: string): Promise<Uint8Array> {
  if (file === '-') return new Uint8Array(await buffer(stdin));
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    const why = explainFileError(error, null, file) ?? `${file}: ${error}`;
    throw new DeliveryError('badInput', why, { cause: error });
  }
}
