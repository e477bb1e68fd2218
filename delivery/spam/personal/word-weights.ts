import { DeliveryError } from '../../errors.ts';
import { type Examples, examplesOf } from './examples.ts';
import { type Linear, linearOf } from './linear.ts';
import { accountCapacity, active, type Memory } from './memory.ts';
import { sketchSlots } from './slot-classes.ts';

/*
 * What an owner's device gives away of a memory that only it can read: how much each slot weighs in all mail that was
 * learned, but for slots that fewer than three messages have. Whoever sees two of these can subtract them: a slot that
 * is new, or weighs more, is probably one of the messages learned in between, of which the device therefore lets ten
 * gather (`webmail/device/lessons.ts`). Which messages these are is known from the marks; which of them has the slot is
 * not. Slots are hashes without a key, so words that somebody thinks of can be tried.
 */

/** Messages that must have a slot before it may be told what it weighs. */
const leastMessages = 3;
const mostInt8 = 127;

/** `cwts`, and the version of the form; then scale, bias and gate as little-endian floats, and a signed octet for each slot. */
const magic = [0x63, 0x77, 0x74, 0x73, 1] as const;
const head = magic.length + 12;

/** Octets of the weights, always as many. */
export const weightsOctets = head + sketchSlots;

/** The weights that follow from a memory at a time; null while it holds messages of one class alone. */
export function wordWeightsOf(memory: Memory, at: Date): Uint8Array | null {
  const examples = examplesOf(active(memory, accountCapacity));
  const linear = linearOf(examples, at);
  return linear && writeWeights(commonOf(linear, examples));
}

/** Rounded to 127 steps of the heaviest weight. */
export function writeWeights({ weights, scale, bias, gate }: Linear): Uint8Array {
  let most = 0;
  for (const weight of weights) most = Math.max(most, Math.abs(weight));
  const step = most === 0 ? 1 : most / mostInt8;
  const octets = new Uint8Array(weightsOctets);
  octets.set(magic);
  const view = new DataView(octets.buffer);
  for (const [at, number] of [scale * step, bias, gate].entries())
    view.setFloat32(magic.length + 4 * at, number, true);
  for (const [slot, weight] of weights.entries()) view.setInt8(head + slot, Math.round(weight / step));
  return octets;
}

/** Nothing that is learned from mail comes near it; whatever a device says, judgements stay numbers. */
const mostWeight = 1000;

/** What `writeWeights` wrote, or a device did. Throws `badInput` for anything else. */
export function readWeights(octets: Uint8Array): Linear {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets.length !== weightsOctets || !magic.every((octet, at) => octets[at] === octet)) throw damaged();
  const [scale = 0, bias = 0, gate = 0] = [0, 4, 8].map(at => view.getFloat32(magic.length + at, true));
  // None of these holds for what is not a number.
  const isSound =
    scale > 0 && scale <= mostWeight && bias <= 0 && bias >= -mostWeight && gate >= 0 && gate <= 1;
  if (!isSound) throw damaged();
  return { weights: Int8Array.from(octets.subarray(head)), scale, bias, gate };
}

function commonOf(linear: Linear, { slots }: Examples): Linear {
  const counts = new Uint16Array(sketchSlots);
  for (const slot of slots) counts[slot] = (counts[slot] ?? 0) + 1;
  return {
    ...linear,
    weights: linear.weights.map((weight, slot) => ((counts[slot] ?? 0) < leastMessages ? 0 : weight)),
  };
}

function damaged(): DeliveryError {
  return new DeliveryError('badInput', 'the octets are no weights of words');
}
