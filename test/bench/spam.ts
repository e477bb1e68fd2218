/*
 * Prints one table: cross-validated accuracy of the classifier and its speed, for the two folders of messages that
 * CALIOPEN_REAL_MAIL names (`ham` and `spam` in it, or in its folder `dev`), with the header fields that collectors
 * add and without them; without the variable, for messages of our own making.
 * `node test/bench/spam.ts [--only content,links] [--no-prior]`
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseMessage } from '../../delivery/message/message.ts';
import { readClasses } from '../../delivery/spam/classes.ts';
import { withoutCollectorFields } from '../../delivery/spam/evaluate/collector-fields.ts';
import { crossValidate } from '../../delivery/spam/evaluate/cross-validate.ts';
import { figuresOf } from '../../delivery/spam/evaluate/figures.ts';
import { groupedFolds, sketchesOf } from '../../delivery/spam/evaluate/folds.ts';
import { extractFeatures, type FeatureOptions, type Features } from '../../delivery/spam/features.ts';
import { listMailFiles, readMailFile } from '../../delivery/spam/mail-files.ts';
import { emptyModel, learn, unlearn } from '../../delivery/spam/model.ts';
import { scoreMessage } from '../../delivery/spam/score.ts';
import { madeUp } from '../delivery/spam/messages.ts';

interface Sample {
  readonly raw: Uint8Array;
  readonly isSpam: boolean;
}

const { values } = parseArgs({ options: { only: { type: 'string' }, 'no-prior': { type: 'boolean' } } });
const only = values.only === undefined ? null : readClasses(values.only);
const options: FeatureOptions = only ? { only } : {};
const withPrior = !values['no-prior'];
const foldCount = 5;

function readSamples(): Sample[] {
  const folder = process.env.CALIOPEN_REAL_MAIL;
  if (!folder) return madeUpSamples(400);
  const top = existsSync(join(folder, 'dev')) ? join(folder, 'dev') : folder;
  return (['ham', 'spam'] as const).flatMap(kind =>
    listMailFiles(join(top, kind)).map(file => ({ raw: readMailFile(file), isSpam: kind === 'spam' })),
  );
}

function madeUpSamples(count: number): Sample[] {
  return Array.from({ length: count * 2 }, (_, at) => ({
    raw: madeUp(at % 2 ? 'spam' : 'ham', at).raw,
    isSpam: at % 2 === 1,
  }));
}

function linesOf(samples: readonly Sample[], folds: readonly number[]): string[] {
  const read = samples.map(({ raw, isSpam }) => ({
    features: extractFeatures(parseMessage(raw), options),
    isSpam,
  }));
  const found = figuresOf(crossValidate({ samples: read, folds, withPrior }), 0.8);
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const { lostHamShare, missedSpamShare } = found.atThreshold;
  return [
    `1-AUC ${(100 * found.oneMinusAuc).toFixed(4)} %`,
    ...found.curve.map(
      ({ maxLost, cut }) =>
        `spam missed at ${percent(maxLost)} ham lost ${percent(cut?.missedSpamShare ?? 1)}`,
    ),
    `threshold 0.8: ham lost ${percent(lostHamShare)}, spam missed ${percent(missedSpamShare)}`,
    `calibration error, 10 bins ${percent(found.calibrationError)}`,
  ];
}

function cpuMillisecondsPer(samples: readonly Sample[], work: (sample: Sample) => void): number {
  for (const sample of samples) work(sample);
  const start = process.cpuUsage();
  for (const sample of samples) work(sample);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / Math.max(1, samples.length);
}

function printSpeed(samples: readonly Sample[]): void {
  const model = emptyModel({ withPrior });
  const score = ({ raw }: Sample) => {
    const message = parseMessage(raw);
    scoreMessage({ message, authentication: null, knownSender: false, model, junkAt: 0.8, rejectAt: 1 });
  };
  const sizes = [
    ['up to 8 kB', 0, 8192],
    ['8 to 32 kB', 8192, 32_768],
    ['above 32 kB', 32_768, Number.POSITIVE_INFINITY],
  ] as const;
  for (const [name, least, most] of sizes) {
    const some = samples.filter(({ raw }) => raw.length >= least && raw.length < most).slice(0, 400);
    if (some.length === 0) continue;
    console.log(
      `parse and score, ${name}`.padEnd(34),
      `${cpuMillisecondsPer(some, score).toFixed(3)} ms CPU`,
    );
  }
  const features: Features[] = samples
    .slice(0, 400)
    .map(({ raw }) => extractFeatures(parseMessage(raw), options));
  const start = process.cpuUsage();
  for (const [at, one] of features.entries()) {
    learn(model, one, at % 2 === 0);
    unlearn(model, one);
  }
  const { user, system } = process.cpuUsage(start);
  console.log(
    'learn and unlearn'.padEnd(34),
    `${((user + system) / 1000 / features.length).toFixed(3)} ms CPU`,
  );
}

const samples = readSamples();
const folds = groupedFolds(
  samples.map(({ raw }) => sketchesOf(raw)),
  foldCount,
);
const rows: [string, readonly Sample[]][] = [
  ['as they are', samples],
  ['collector fields cut', samples.map(({ raw, isSpam }) => ({ raw: withoutCollectorFields(raw), isSpam }))],
];
console.log(`${samples.length} messages, ${foldCount} folds, near twins in one fold`);
for (const [name, some] of rows) {
  for (const line of linesOf(some, folds)) console.log(name.padEnd(22), line);
}
printSpeed(samples);
