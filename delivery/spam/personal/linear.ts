import type { Entry } from './entry.ts';
import { type Examples, slotWeights, trustIn } from './examples.ts';
import type { Sketch } from './sketch.ts';

/** A linear classifier over sketches, each scaled to length 1. */
export interface Linear {
  readonly weights: Float32Array | Int8Array;
  /** What a weight of 1 stands for. */
  readonly scale: number;
  /** Added to every message's log-odds, never above 0: the wanted mail that was learned is not made worse on the whole. */
  readonly bias: number;
  /** 0..1: how far it may be believed. */
  readonly gate: number;
}

/** How strongly weights are held to 0. */
const penalty = 0.005;
const epochs = 6;
/** So many messages of the rarer class make it half believed: of one class alone, nothing can be told apart. */
const doubt = 10;

const values: Readonly<Float64Array> = slotWeights.map(Math.sqrt);

/** An entry while the classifier is fitted. */
interface Dual {
  readonly sign: 1 | -1;
  readonly logOdds: number;
  readonly cost: number;
  readonly length: number;
  readonly start: number;
  readonly end: number;
  dual: number;
}

/**
 * Logistic regression of what was missing to the log-odds of the messages learned, by dual coordinate ascent (Yu, Huang
 * and Lin 2011): the same examples at the same time give the same classifier. Null while only one class was learned.
 */
export function linearOf(examples: Examples, at: Date): Linear | null {
  const spam = examples.entries.filter(({ isSpam }) => isSpam).length;
  const ham = examples.entries.length - spam;
  const rarer = Math.min(spam, ham);
  if (rarer === 0) return null;
  const weights = new Float64Array(slotWeights.length);
  const duals = examples.entries.map((entry, n) => dualOf(entry, n, { examples, at, spam, ham }));
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const dual of duals) if (dual.length > 0) improve(dual, weights, examples.slots);
  }
  const bias = Math.min(0, -meanOfWanted(duals, weights, examples.slots));
  return { weights: Float32Array.from(weights), scale: 1, bias, gate: rarer / (rarer + doubt) };
}

/** What it says of a message, in log-odds. */
export function linearOdds({ weights, scale, bias, gate }: Linear, { slots }: Sketch): number {
  let squares = 0;
  for (const slot of slots) squares += slotWeights[slot] ?? 0;
  if (squares === 0) return 0;
  const dot = dotOf(weights, slots, { start: 0, end: slots.length });
  return gate * (bias + (scale * dot) / Math.sqrt(squares));
}

/**
 * What wanted messages get on average, each without what it has taught itself: who marks little else than spam would
 * teach that all mail is.
 */
function meanOfWanted(duals: readonly Dual[], weights: Float64Array, slots: Uint16Array): number {
  const wanted = duals.filter(({ sign, length }) => sign < 0 && length > 0);
  const odds = wanted.map(entry => dotOf(weights, slots, entry) / entry.length + entry.dual / penalty);
  return odds.reduce((sum, one) => sum + one, 0) / Math.max(1, odds.length);
}

function dualOf(
  entry: Entry,
  n: number,
  { examples, at, spam, ham }: { examples: Examples; at: Date; spam: number; ham: number },
): Dual {
  const [own, other] = entry.isSpam ? [spam, ham] : [ham, spam];
  return {
    sign: entry.isSpam ? 1 : -1,
    logOdds: entry.logOdds,
    // Both classes weigh the same.
    cost: trustIn(entry, at) * Math.min(1, other / own),
    length: examples.lengths[n] ?? 0,
    start: n === 0 ? 0 : (examples.ends[n - 1] ?? 0),
    end: examples.ends[n] ?? 0,
    dual: 0,
  };
}

function improve(entry: Dual, weights: Float64Array, slots: Uint16Array): void {
  const { sign, length, start, end } = entry;
  const odds = entry.logOdds + dotOf(weights, slots, entry) / length;
  const dual = solve(sign * odds - entry.dual / penalty, entry.cost, entry.dual);
  const step = ((dual - entry.dual) * sign) / (penalty * length);
  entry.dual = dual;
  for (let at = start; at < end; at++) {
    // Slots are below the table's length.
    const slot = slots[at] as number;
    weights[slot] = (weights[slot] as number) + step * (values[slot] as number);
  }
}

function dotOf(
  weights: Float64Array | Float32Array | Int8Array,
  slots: Uint16Array,
  { start, end }: { start: number; end: number },
): number {
  let dot = 0;
  for (let at = start; at < end; at++) {
    // Slots are below the table's length.
    const slot = slots[at] as number;
    dot += (weights[slot] as number) * (values[slot] as number);
  }
  return dot;
}

const turns = 12;
const precision = 1e-9;

/** The dual `a` with a = cost / (1 + exp(margin + a / penalty)), by Newton's steps kept between 0 and the cost. */
function solve(margin: number, cost: number, from: number): number {
  let low = 0;
  let high = cost;
  let dual = from || cost / 2;
  for (let turn = 0; turn < turns; turn++) {
    const error = 1 / (1 + Math.exp(margin + dual / penalty));
    const excess = dual - cost * error;
    if (excess > 0) high = dual;
    else low = dual;
    const next = dual - excess / (1 + (cost / penalty) * error * (1 - error));
    const better = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(better - dual) < precision) return better;
    dual = better;
  }
  return dual;
}
