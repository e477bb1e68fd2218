import { mkdirSync } from 'node:fs';
import type { Command } from 'commander';
import { DeliveryError } from '../delivery/errors.ts';
import { parseMessage } from '../delivery/message/message.ts';
import { type FeatureClass, featureClasses, readClasses } from '../delivery/spam/classes.ts';
import { extractFeatures, type Features } from '../delivery/spam/features.ts';
import { listMailFiles, type MailFile, readMailFile } from '../delivery/spam/mail-files.ts';
import { emptyModel, type Model } from '../delivery/spam/model.ts';
import { loadModel, modelPath, saveModel } from '../delivery/spam/model-file.ts';
import { scoreMessage } from '../delivery/spam/score.ts';
import { hashText, mix } from '../delivery/spam/slots.ts';
import { train } from '../delivery/spam/train.ts';
import type { CommandContext } from './command.ts';
import { print } from './output.ts';

/** Options that choose a model: what it reads, and whether it starts from the prior. */
interface ModelOptions {
  readonly only?: string;
  readonly prior: boolean;
}

/** Messages learned together; more would not fit in memory (about 10 kB each). */
const batchSize = 20_000;

/** `caliopen spam learn|classify`: needs no account and no server. */
export function register(program: Command, context: CommandContext): void {
  const spam = program.command('spam').description('teach and try the spam classifier');
  const classes = featureClasses.join(', ');
  spam
    .command('learn')
    .description('learn messages; a running instance judges by them at once')
    .option('--ham <path...>', 'wanted messages: files or folders, one message a file')
    .option('--spam <path...>', 'unwanted messages')
    .option('--only <classes>', `leave everything else out: ${classes}`)
    .option('--no-prior', 'start from nothing')
    .action((options: ModelOptions & { ham?: string[]; spam?: string[] }) => learnFolders(context, options));
  spam
    .command('classify <path...>')
    .description('print a verdict for each message, one JSON object a line')
    .option('--only <classes>', `leave everything else out: ${classes}`)
    .option('--no-prior', 'leave the prior out')
    .action((paths: string[], options: ModelOptions) => classify(context, paths, options));
}

function learnFolders(
  context: CommandContext,
  options: ModelOptions & { ham?: string[]; spam?: string[] },
): void {
  if (!options.ham && !options.spam) {
    throw new DeliveryError('badInput', 'give --ham PATH, --spam PATH or both');
  }
  const only = classesOf(options);
  const files = mixed([
    ...listed(options.ham ?? []).map(file => ({ file, isSpam: false })),
    ...listed(options.spam ?? []).map(file => ({ file, isSpam: true })),
  ]);
  const folder = context.config().data;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = modelPath(folder, options);
  const model = loadModel(path) ?? emptyModel({ withPrior: options.prior });
  let learned = 0;
  for (let at = 0; at < files.length; at += batchSize) {
    const batch = files.slice(at, at + batchSize).flatMap(({ file, isSpam }) => {
      const features = featuresOf(context, file, only);
      return features ? [{ features, isSpam }] : [];
    });
    learned += train(model, batch);
  }
  saveModel(path, model);
  const { ham, spam } = model.counts;
  print(
    context,
    { learned, ham, spam, model: path },
    `learned ${learned} messages; ${path} now knows ${ham} wanted and ${spam} unwanted ones`,
  );
}

function classify(context: CommandContext, paths: readonly string[], options: ModelOptions): void {
  const only = classesOf(options);
  const files = listed(paths);
  const settings = context.config();
  const model = modelFor(settings.data, options);
  const [junkAt, rejectAt] = [settings['spam.junkAt'], 1];
  for (const file of files) {
    const raw = octetsOf(context, file);
    if (!raw) continue;
    const message = parseMessage(raw);
    const found = scoreMessage({
      message,
      authentication: null,
      knownSender: false,
      model,
      junkAt,
      rejectAt,
      only,
    });
    const verdict = found.verdict === 'spam' ? 'spam' : 'ham';
    context.stdout.write(`${JSON.stringify({ path: file.path, verdict, score: found.score })}\n`);
  }
}

/** The model that was learned with the same options; else the instance's; else one that has learned nothing. */
function modelFor(folder: string, options: ModelOptions): Model {
  const same = loadModel(modelPath(folder, options));
  if (same) return same;
  const shared = loadModel(modelPath(folder));
  if (!shared) return emptyModel({ withPrior: options.prior });
  return options.prior ? shared : { ...shared, prior: null };
}

function classesOf({ only }: ModelOptions): ReadonlySet<FeatureClass> | undefined {
  if (only === undefined) return undefined;
  const classes = readClasses(only);
  if (!classes) {
    throw new DeliveryError('badInput', `--only ${only}: give words of ${featureClasses.join(', ')}`);
  }
  return classes;
}

function listed(paths: readonly string[]): MailFile[] {
  return paths.flatMap(path => listMailFiles(path));
}

/** In an order that has nothing to do with names and dates, the same every time, so that batches are mixed. */
function mixed<T extends { readonly file: MailFile }>(files: readonly T[]): T[] {
  const keyed = files.map(entry => ({ entry, key: mix(hashText(entry.file.path, undefined, 4096)) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ entry }) => entry);
}

function featuresOf(
  context: CommandContext,
  file: MailFile,
  only: ReadonlySet<FeatureClass> | undefined,
): Features | null {
  const raw = octetsOf(context, file);
  return raw && extractFeatures(parseMessage(raw), only ? { only } : {});
}

/** The octets of a file; one that can't be read is named, the others go on, and the command ends with 1. */
function octetsOf(context: CommandContext, file: MailFile): Uint8Array | null {
  try {
    return readMailFile(file);
  } catch (error) {
    context.stderr.write(
      `caliopen: ${file.path}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    context.exit(1);
    return null;
  }
}
