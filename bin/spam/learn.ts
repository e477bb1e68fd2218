import { mkdirSync } from 'node:fs';
import { systemClock } from '../../delivery/clock.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import type { FeatureClass } from '../../delivery/spam/classes.ts';
import { monthOf } from '../../delivery/spam/fading.ts';
import { extractFeatures, type Features } from '../../delivery/spam/features.ts';
import type { MailFile } from '../../delivery/spam/mail-files.ts';
import { emptyModel, type Model, unlearn } from '../../delivery/spam/model.ts';
import { loadModel, modelPath, saveModel } from '../../delivery/spam/model-file.ts';
import { readSample } from '../../delivery/spam/replay.ts';
import { train } from '../../delivery/spam/train.ts';
import type { CommandContext } from '../command.ts';
import { print } from '../output.ts';
import { listed, mixed, octetsOf } from './messages.ts';
import { classesOf, type ModelOptions } from './model-options.ts';

/** Messages learned together; more would not fit in memory (about 10 kB each). */
const batchSize = 20_000;

/** Paths of messages of which it is said what they are. */
export interface Labels {
  readonly ham?: readonly string[];
  readonly spam?: readonly string[];
}

interface LabelledFile {
  readonly file: MailFile;
  readonly isSpam: boolean;
}

/** Learns messages, those known with the same label left out, and prints how many. Throws `badInput` without any path. */
export function learnFolders(context: CommandContext, options: ModelOptions & Labels): void {
  const only = classesOf(options);
  const files = mixed(labelled(options));
  const folder = context.config().data;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = modelPath(folder, options);
  const model = loadModel(path) ?? emptyModel({ withPrior: options.prior });
  const month = monthOf(systemClock.now());
  let learned = 0;
  for (let at = 0; at < files.length; at += batchSize) {
    const batch = files.slice(at, at + batchSize).flatMap(({ file, isSpam }) => {
      const features = featuresOf(context, file, only);
      return features ? [{ features, isSpam }] : [];
    });
    learned += train(model, batch, month);
  }
  saveModel(path, model);
  const { ham, spam } = model.counts;
  print(
    context,
    { learned, ham, spam, model: path },
    `learned ${learned} of ${files.length} messages; ${path} now knows ${ham} wanted and ${spam} unwanted ones`,
  );
}

/**
 * Takes back what was learned of messages, where they were learned with this label and not too long ago (the latest
 * 50,000 are remembered); ends with 1 when there was nothing to take back.
 */
export function unlearnFolders(context: CommandContext, options: ModelOptions & Labels): void {
  const only = classesOf(options);
  const files = labelled(options);
  const path = modelPath(context.config().data, options);
  const model = loadModel(path);
  if (!model)
    throw new DeliveryError('badInput', `${path} is not there: nothing was learned with these options`);
  let unlearned = 0;
  for (const { file, isSpam } of files) {
    const features = featuresOf(context, file, only);
    if (features && model.learned.get(features.id)?.isSpam === isSpam && unlearn(model, features))
      unlearned++;
  }
  const { ham, spam } = model.counts;
  if (unlearned > 0) saveModel(path, learnedAnew(model) ?? model);
  else context.exit(1);
  print(
    context,
    { unlearned, unknown: files.length - unlearned, ham, spam, model: path },
    `took back ${unlearned} of ${files.length} messages; ${path} now knows ${ham} wanted and ${spam} unwanted ones`,
  );
}

/**
 * The model as if what was taken back had never been there: how the views are weighed was fitted over all messages, so
 * all that are left are learned anew. Null where it has not kept them all; then their own steps alone are taken back.
 */
function learnedAnew({ kept, learned, counts, prior, month }: Model): Model | null {
  const left = readSample(kept).filter(({ features, isSpam }) => learned.get(features.id)?.isSpam === isSpam);
  if (left.length < counts.ham + counts.spam) return null;
  const model = emptyModel({ withPrior: prior !== null });
  train(model, left, month);
  return model;
}

function labelled({ ham, spam }: Labels): LabelledFile[] {
  if (!ham && !spam) throw new DeliveryError('badInput', 'give --ham PATH, --spam PATH or both');
  return [
    ...listed(ham ?? []).map(file => ({ file, isSpam: false })),
    ...listed(spam ?? []).map(file => ({ file, isSpam: true })),
  ];
}

function featuresOf(
  context: CommandContext,
  file: MailFile,
  only: ReadonlySet<FeatureClass> | undefined,
): Features | null {
  const raw = octetsOf(context, file);
  return raw && extractFeatures(parseMessage(raw), only ? { only } : {});
}
