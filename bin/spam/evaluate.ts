import { DeliveryError } from '../../delivery/errors.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import { withoutCollectorFields } from '../../delivery/spam/evaluate/collector-fields.ts';
import { crossValidate } from '../../delivery/spam/evaluate/cross-validate.ts';
import {
  type Cut,
  cutFor,
  type Figures,
  figuresOf,
  type Judged,
  upperBound,
} from '../../delivery/spam/evaluate/figures.ts';
import { groupedFolds, sketchesOf } from '../../delivery/spam/evaluate/folds.ts';
import { extractFeatures } from '../../delivery/spam/features.ts';
import type { MailFile } from '../../delivery/spam/mail-files.ts';
import { type Model, predict } from '../../delivery/spam/model.ts';
import type { Labelled } from '../../delivery/spam/replay.ts';
import type { CommandContext } from '../command.ts';
import { reportLines } from './evaluation-report.ts';
import { listed, mixed, octetsOf } from './messages.ts';
import { classesOf, type ModelOptions, modelFor } from './model-options.ts';

export interface EvaluateOptions extends ModelOptions {
  readonly ham: readonly string[];
  readonly spam: readonly string[];
  readonly folds: string;
  readonly sample: string;
  readonly threshold?: string;
  readonly maxLost?: string;
  readonly withModel?: boolean;
}

/** A threshold that keeps a wanted loss, and how sure that is. */
export interface Choice {
  /** Share of wanted mail that may be lost, 0..1. */
  readonly maxLost: number;
  /** Null where no threshold loses so little. */
  readonly cut: Cut | null;
  /** The share below which the loss of other mail of this kind lies with 95 % certainty; null without a threshold. */
  readonly lostBelow: number | null;
  /** Wanted messages below which no threshold could tell such a loss from none. */
  readonly needsHam: number;
}

/** What `caliopen spam evaluate` prints. */
export interface Evaluation {
  readonly ham: number;
  readonly spam: number;
  /** Messages that were left out: `--sample`. */
  readonly leftOut: number;
  /** Null with `--with-model`. */
  readonly folds: number | null;
  /** Of the messages, those that the instance's model had learned: it judges these too well. Null without `--with-model`. */
  readonly known: number | null;
  readonly asTheyAre: Figures;
  readonly withoutCollectorFields: Figures;
  readonly choice: Choice | null;
}

/** A message that is tried; `mixed` and `octetsOf` know its file. */
interface Tried {
  readonly file: MailFile;
  readonly isSpam: boolean;
}

/** Judges messages of which it is known what they are, and prints the figures. Changes nothing. */
export function evaluate(context: CommandContext, options: EvaluateOptions): void {
  const settings = context.config();
  const wishes = wishesOf(options, settings['spam.junkAt']);
  const { tried, leftOut } = messagesOf(options, wishes.sample);
  const model = options.withModel ? modelFor(settings.data, options) : null;
  const judge = judgeFor(context, tried, { options, folds: wishes.folds, model });
  const asTheyAre = judge(raw => raw);
  const bare = judge(withoutCollectorFields);
  const { judged } = asTheyAre;
  requireBoth(judged, model ? 1 : wishes.folds);
  const evaluation: Evaluation = {
    ham: judged.filter(({ isSpam }) => !isSpam).length,
    spam: judged.filter(({ isSpam }) => isSpam).length,
    leftOut,
    folds: model ? null : wishes.folds,
    known: model && asTheyAre.known,
    asTheyAre: figuresOf(judged, wishes.threshold),
    withoutCollectorFields: figuresOf(bare.judged, wishes.threshold),
    choice: wishes.maxLost === null ? null : choose(judged, wishes.maxLost),
  };
  if (context.json()) context.stdout.write(`${JSON.stringify(evaluation)}\n`);
  else context.stdout.write(`${reportLines(evaluation).join('\n')}\n`);
  const { choice } = evaluation;
  if (choice && (!choice.cut || evaluation.ham < choice.needsHam)) context.exit(1);
}

interface Wishes {
  readonly folds: number;
  readonly sample: number;
  readonly threshold: number;
  readonly maxLost: number | null;
}

function wishesOf({ folds, sample, threshold, maxLost }: EvaluateOptions, junkAt: number): Wishes {
  return {
    folds: numberOf('--folds', folds, { least: 2, most: 20, isWhole: true }),
    sample: numberOf('--sample', sample, { least: 20, most: 1_000_000, isWhole: true }),
    threshold: threshold === undefined ? junkAt : numberOf('--threshold', threshold, { least: 0, most: 1 }),
    maxLost: maxLost === undefined ? null : shareOf('--max-lost', maxLost),
  };
}

function numberOf(
  option: string,
  text: string,
  { least, most, isWhole = false }: { least: number; most: number; isWhole?: boolean },
): number {
  const value = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? 'a whole number' : 'a number';
  throw new DeliveryError('badInput', `${option} ${text}: give ${kind} from ${least} to ${most}`);
}

/** `0.1%` and `0.001` are the same share. */
function shareOf(option: string, text: string): number {
  const percent = /^(.*?)\s*%$/.exec(text.trim())?.[1];
  return percent === undefined
    ? numberOf(option, text, { least: 0, most: 1 })
    : numberOf(option, percent, { least: 0, most: 100 }) / 100;
}

function messagesOf(options: EvaluateOptions, sample: number): { tried: Tried[]; leftOut: number } {
  const kinds = (['ham', 'spam'] as const).map(kind => {
    const files = listed(options[kind]).map(file => ({ file, isSpam: kind === 'spam' }));
    if (files.length === 0) {
      throw new DeliveryError('badInput', `--${kind} ${options[kind].join(' ')}: no messages there`);
    }
    return files;
  });
  const all = kinds.flat();
  const tried = all.length > sample ? mixed(all).slice(0, sample) : all;
  return { tried, leftOut: all.length - tried.length };
}

/** Fewer could not be split so that something is left to learn from. */
function requireBoth(judged: readonly Judged[], least: number): void {
  for (const [kind, count] of [
    ['ham', judged.filter(({ isSpam }) => !isSpam).length],
    ['spam', judged.filter(({ isSpam }) => isSpam).length],
  ] as const) {
    if (count >= least) continue;
    throw new DeliveryError(
      'badInput',
      `--${kind}: only ${count} messages could be read; give ${least} or more`,
    );
  }
}

/** Judges all messages, their octets changed first; `known` of them had the model learned. */
type Judge = (change: (raw: Uint8Array) => Uint8Array) => { judged: Judged[]; known: number };

function judgeFor(
  context: CommandContext,
  tried: readonly Tried[],
  { options, folds, model }: { options: EvaluateOptions; folds: number; model: Model | null },
): Judge {
  const only = classesOf(options);
  const unreadable = new Set<MailFile>();
  const foldOf = new Map<MailFile, number>();
  return change => {
    const read: { file: MailFile; sample: Labelled; sketches: string[] }[] = [];
    for (const { file, isSpam } of tried) {
      if (unreadable.has(file)) continue;
      const raw = octetsOf(context, file);
      if (!raw) {
        unreadable.add(file);
        continue;
      }
      const features = extractFeatures(parseMessage(change(raw)), only ? { only } : {});
      read.push({ file, sample: { features, isSpam }, sketches: foldOf.has(file) ? [] : sketchesOf(raw) });
    }
    const samples = read.map(({ sample }) => sample);
    if (model) return judgedBy(model, samples);
    if (foldOf.size === 0) {
      const numbers = groupedFolds(
        read.map(({ sketches }) => sketches),
        folds,
      );
      for (const [at, { file }] of read.entries()) foldOf.set(file, numbers[at] ?? 0);
    }
    const numbers = read.map(({ file }) => foldOf.get(file) ?? 0);
    return { judged: crossValidate({ samples, folds: numbers, withPrior: options.prior }), known: 0 };
  };
}

function judgedBy(model: Model, samples: readonly Labelled[]): { judged: Judged[]; known: number } {
  return {
    judged: samples.map(({ features, isSpam }) => ({ isSpam, score: predict(model, features) })),
    known: samples.filter(({ features }) => model.learned.has(features.id)).length,
  };
}

function choose(judged: readonly Judged[], maxLost: number): Choice {
  const cut = cutFor(judged, maxLost);
  const ham = judged.filter(({ isSpam }) => !isSpam).length;
  const needsHam = maxLost > 0 ? Math.ceil(1 / maxLost - 1e-9) : 1;
  return { maxLost, cut, lostBelow: cut && upperBound(cut.lostHam, ham), needsHam };
}
