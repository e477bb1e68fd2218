import { existsSync } from 'node:fs';
import { argv, env, stderr, stdin, stdout } from 'node:process';
import { Command, CommanderError } from 'commander';
import { loadConfig, SettingsError } from '../delivery/config.ts';
import { asDeliveryError, type DeliveryError, type ErrorCode } from '../delivery/errors.ts';
import type { CommandContext, Register } from './command.ts';
import { explainFileError } from './file-error.ts';

/** Every subcommand: one row, one file. Files are loaded when their command is asked for. */
const commands: Record<string, () => Promise<{ register: Register }>> = {
  serve: () => import('./serve.ts'),
  demo: () => import('./demo.ts'),
  domain: () => import('./domain.ts'),
  account: () => import('./account.ts'),
  keys: () => import('./keys.ts'),
  inspect: () => import('./inspect.ts'),
  index: () => import('./index.ts'),
  spam: () => import('./spam.ts'),
  sieve: () => import('./sieve.ts'),
  store: () => import('./store.ts'),
  doctor: () => import('./doctor.ts'),
};

/** Errors that say the command was used wrongly: exit 2. */
const misuse: ReadonlySet<ErrorCode> = new Set(['badSettings', 'badInput', 'badRequest', 'badAddress']);

const defaultConfigFile = 'config/caliopen.yaml';

function openContext(program: Command): CommandContext {
  const options = () => program.opts<{ config?: string; data?: string; json?: boolean }>();
  return {
    stdout,
    stderr,
    stdin,
    config(overrides = {}) {
      const { config, data } = options();
      const file =
        config ?? env.CALIOPEN_CONFIG ?? (existsSync(defaultConfigFile) ? defaultConfigFile : undefined);
      return loadConfig({ file, environment: env, overrides: { ...overrides, ...(data ? { data } : {}) } });
    },
    json: () => options().json ?? false,
    exit(code) {
      process.exitCode = code;
    },
  };
}

function openProgram(): Command {
  return new Command('caliopen')
    .description('Private mail for the mail server you already run')
    .option('--config <file>', `settings (default: ${defaultConfigFile} when it is there)`)
    .option('--data <folder>', 'folder of the embedded store (default: ./data)')
    .option('--json', 'print JSON for machines')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(caliopen --help says what there is)')
    .exitOverride();
}

/** What follows them is a path, whatever it is called. */
const optionsWithValue: ReadonlySet<string> = new Set(['--config', '--data']);

async function registerAsked(program: Command, context: CommandContext): Promise<void> {
  const asked = argv.slice(2).find((word, at, words) => {
    const isValue = at > 0 && optionsWithValue.has(words[at - 1] ?? '');
    return !isValue && Object.hasOwn(commands, word);
  });
  const names = asked ? [asked] : Object.keys(commands);
  for (const name of names) (await commands[name]?.())?.register(program, context);
  for (const command of program.commands) exitWithCode(command);
}

function exitWithCode(command: Command): void {
  command.exitOverride().configureHelp({ showGlobalOptions: true });
  for (const child of command.commands) exitWithCode(child);
}

function explain(error: unknown, context: CommandContext): 1 | 2 {
  const known = asDeliveryError(error);
  const message = explainFileError(error, dataFolderOf(context)) ?? withSubject(known);
  const text = error instanceof SettingsError ? `the settings have faults:\n${message}` : message;
  stderr.write(
    context.json() ? `${JSON.stringify({ error: known.code, message })}\n` : `caliopen: ${text}\n`,
  );
  if (known.code === 'internal' && error instanceof Error && env.DEBUG) stderr.write(`${error.stack}\n`);
  return misuse.has(known.code) ? 2 : 1;
}

/** `example.org: already exists`: the store's words alone do not say what they are about. */
function withSubject({ message, fields }: DeliveryError): string {
  const subject = fields.address ?? fields.domain;
  if (typeof subject !== 'string' || message.includes(subject)) return message;
  const todo = message === 'no such domain' ? `; caliopen domain add ${subject} serves it` : '';
  return `${subject}: ${message}${todo}`;
}

function dataFolderOf(context: CommandContext): string | null {
  try {
    return context.config().data;
  } catch {
    return null; // Then the fault of the settings is what is explained.
  }
}

async function main(): Promise<void> {
  const program = openProgram();
  const context = openContext(program);
  try {
    await registerAsked(program, context);
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = explain(error, context);
  }
}

stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// What we write is for this user alone: mail, keys, password hashes.
process.umask(0o077);
void main();
