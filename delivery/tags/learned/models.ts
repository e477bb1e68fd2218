import type { AccountHash } from '../hash.ts';
import type { TagFeature } from './features.ts';

/** What was learned of one tag of the owner's. */
export interface TagModel {
  /** Messages that the owner put under the tag, as far as they counted. */
  readonly examples: number;
  readonly bias: number;
  /** Weight in log-odds by hash of the feature. */
  readonly weights: ReadonlyMap<number, number>;
  /** Hashes of the last examples, so that none counts twice. */
  readonly recent: readonly number[];
  /** Hashes of the domains and lists that the examples came from, the last ones. */
  readonly sources: readonly number[];
}

/** Models by tag id, the one that learned last at the end. */
export type TagModels = ReadonlyMap<string, TagModel>;

/** One message as an example. */
export interface Example {
  readonly id: string;
  readonly features: readonly TagFeature[];
}

/** A tag that a message seems to want, and the features that say so, heaviest first. */
export interface LearnedTag {
  readonly tagId: string;
  /** 0..1 */
  readonly probability: number;
  readonly evidence: readonly TagFeature[];
}

/** Examples that a tag needs before it is given by itself. */
export const minExamples = 5;
/** Probability from which it is given. */
const confident = 0.9;
const maxModels = 32;
const maxWeights = 450;
const maxRecent = 40;
const maxSources = 40;
/** A tag whose examples came from so few places is about those: anybody can write the same words. */
const fewSources = 2;
const maxEvidence = 3;
const rate = 0.6;
/** What one example is gone over: few are given, so that each must say much. */
const passes = 4;
/** Any one message is rather not of a tag. */
const firstBias = -2;

const newModel: TagModel = { examples: 0, bias: firstBias, weights: new Map(), recent: [], sources: [] };

/**
 * The owner has put `example` under the tag. `others` are messages that are not under it: without them every word would
 * speak for the tag.
 */
export function learnTag(
  models: TagModels,
  learned: { readonly tagId: string; readonly example: Example; readonly others: readonly Example[] },
  hash: AccountHash,
): TagModels {
  const { tagId, example, others } = learned;
  const before = models.get(tagId) ?? newModel;
  const key = hash(`example|${example.id}`);
  if (before.recent.includes(key)) return models;
  let model = before;
  for (let pass = 0; pass < passes; pass++) {
    for (const other of others) model = adjusted(model, { example: other, isOne: false }, hash);
    model = adjusted(model, { example, isOne: true }, hash);
  }
  const recent = [...model.recent, key].slice(-maxRecent);
  const sources = [...new Set([...before.sources, ...sourcesOf(sharesOf(example.features, hash))])].slice(
    -maxSources,
  );
  return withModel(models, tagId, { ...model, examples: before.examples + 1, recent, sources });
}

/** The owner has taken the tag off a message. */
export function unlearnTag(
  models: TagModels,
  { tagId, example }: { readonly tagId: string; readonly example: Example },
  hash: AccountHash,
): TagModels {
  const before = models.get(tagId);
  if (!before) return models;
  let model = before;
  const shares = sharesOf(example.features, hash);
  // No further than needed: taking it back must be able to undo it.
  for (let pass = 0; pass < 2 * passes && probabilityOf(model, shares) > 0.5; pass++) {
    model = adjusted(model, { example, isOne: false }, hash);
  }
  const key = hash(`example|${example.id}`);
  const wasExample = before.recent.includes(key);
  return withModel(models, tagId, {
    ...model,
    examples: Math.max(0, before.examples - (wasExample ? 1 : 0)),
    recent: model.recent.filter(one => one !== key),
  });
}

/** Tags that a message wants for sure, of those that have examples enough. */
export function learnedTags(
  models: TagModels,
  features: readonly TagFeature[],
  hash: AccountHash,
): LearnedTag[] {
  if (models.size === 0) return [];
  const shares = sharesOf(features, hash);
  return [...models].flatMap(([tagId, model]) => {
    if (model.examples < minExamples || isFromElsewhere(model, shares)) return [];
    const probability = probabilityOf(model, shares);
    return probability < confident ? [] : [{ tagId, probability, evidence: evidenceOf(model, shares) }];
  });
}

interface Share {
  readonly feature: TagFeature;
  readonly hash: number;
  /** The squares of all of a message sum up to 1. */
  readonly value: number;
}

function sharesOf(features: readonly TagFeature[], hash: AccountHash): Share[] {
  const length = Math.sqrt(features.reduce((sum, { value }) => sum + value * value, 0)) || 1;
  return features.map(feature => ({
    feature,
    hash: hash(`${feature.kind}:${feature.text}`),
    value: feature.value / length,
  }));
}

/** The list that a message came by, else the domain of its author. */
function sourcesOf(shares: readonly Share[]): number[] {
  const of = (kind: TagFeature['kind']) => shares.filter(({ feature }) => feature.kind === kind);
  const lists = of('list');
  return (lists.length > 0 ? lists : of('domain')).map(({ hash }) => hash);
}

function isFromElsewhere({ sources }: TagModel, shares: readonly Share[]): boolean {
  if (sources.length === 0 || sources.length > fewSources) return false;
  return !sourcesOf(shares).some(source => sources.includes(source));
}

function probabilityOf({ bias, weights }: TagModel, shares: readonly Share[]): number {
  const odds = shares.reduce((sum, { hash, value }) => sum + (weights.get(hash) ?? 0) * value, bias);
  return 1 / (1 + Math.exp(-odds));
}

function evidenceOf({ weights }: TagModel, shares: readonly Share[]): TagFeature[] {
  return shares
    .map(({ feature, hash, value }) => ({ feature, part: (weights.get(hash) ?? 0) * value }))
    .filter(({ part }) => part > 0)
    .sort((a, b) => b.part - a.part)
    .slice(0, maxEvidence)
    .map(({ feature }) => feature);
}

/** One step of logistic regression: the less sure the model was, the more it moves. */
function adjusted(
  model: TagModel,
  { example, isOne }: { readonly example: Example; readonly isOne: boolean },
  hash: AccountHash,
): TagModel {
  const shares = sharesOf(example.features, hash);
  const step = rate * ((isOne ? 1 : 0) - probabilityOf(model, shares)) * 4;
  const weights = new Map(model.weights);
  for (const share of shares) {
    weights.set(share.hash, (weights.get(share.hash) ?? 0) + step * share.value);
  }
  return { ...model, bias: model.bias + step * 0.1, weights };
}

function withModel(models: TagModels, tagId: string, model: TagModel): TagModels {
  const changed = new Map(models);
  changed.delete(tagId);
  changed.set(tagId, { ...model, weights: bounded(model.weights) });
  return new Map([...changed].slice(-maxModels));
}

/** The heaviest weights: a word that was seen once and said nothing goes first. */
function bounded(weights: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  if (weights.size <= maxWeights) return weights;
  const heaviest = [...weights].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  return new Map(heaviest.slice(0, maxWeights));
}

/** The models as JSON: weights as base64 of pairs of 32 bits, hash and float, little-endian. */
export function writeModels(models: TagModels): unknown {
  return Object.fromEntries(
    [...models].map(([tagId, { weights, ...model }]) => {
      const octets = Buffer.alloc(weights.size * 8);
      let at = 0;
      for (const [hash, weight] of weights) {
        octets.writeUInt32LE(hash, at);
        octets.writeFloatLE(weight, at + 4);
        at += 8;
      }
      return [tagId, { ...model, weights: octets.toString('base64') }];
    }),
  );
}

/** What `writeModels` gave; what is no model is left out. */
export function readModels(stored: unknown): TagModels {
  if (typeof stored !== 'object' || stored === null) return new Map();
  return new Map(
    Object.entries(stored).flatMap(([tagId, value]) => {
      const model = readModel(value);
      return model ? [[tagId, model] as const] : [];
    }),
  );
}

function readModel(stored: unknown): TagModel | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { examples, bias, weights, recent, sources } = stored as Record<string, unknown>;
  if (typeof examples !== 'number' || typeof bias !== 'number' || typeof weights !== 'string') return null;
  const octets = Buffer.from(weights, 'base64');
  const pairs = new Map<number, number>();
  for (let at = 0; at + 8 <= octets.length; at += 8) {
    const weight = octets.readFloatLE(at + 4);
    if (Number.isFinite(weight)) pairs.set(octets.readUInt32LE(at), weight);
  }
  return { examples, bias, weights: pairs, recent: numbersOf(recent), sources: numbersOf(sources) };
}

function numbersOf(stored: unknown): number[] {
  return Array.isArray(stored) ? stored.filter(one => typeof one === 'number') : [];
}
