import type { Features } from './features.ts';
import { hashText, mix } from './slots.ts';
import type { Views } from './views.ts';

/** One message to learn, with what its owner says it is. */
export interface Labelled {
  readonly features: Features;
  readonly isSpam: boolean;
  /** The month in which it was learned, as `monthOf` counts; left out where that is now, or is not known. */
  readonly month?: number | undefined;
}

/** Messages whose features a model keeps, to learn them again beside later ones; half at most are of the rarer class. */
const maxKept = 1200;

/** Parts of `allWords` that the other word views are: content, then header fields, then the rest. */
type Parts = readonly Uint32Array[];

/**
 * A sample of the messages learned in folders, by the hashes of their ids: the same whatever the order. Without it a
 * folder of spam learned after a folder of ham would make the model forget the ham.
 */
export function sampleOf(samples: readonly Labelled[]): Labelled[] {
  const keyed = samples.map(sample => ({ sample, key: mix(hashText(sample.features.id)) }));
  keyed.sort((a, b) => a.key - b.key);
  const ham = keyed.filter(({ sample }) => !sample.isSpam);
  const spam = keyed.filter(({ sample }) => sample.isSpam);
  const half = maxKept / 2;
  const kept = [
    ...ham.slice(0, Math.max(half, maxKept - spam.length)),
    ...spam.slice(0, Math.max(half, maxKept - ham.length)),
  ];
  return kept.map(({ sample }) => sample);
}

interface KeptHead {
  readonly id: string;
  readonly isSpam: boolean;
  readonly month?: number | undefined;
  readonly signals: ReadonlyArray<readonly [id: string, value: number]>;
  /** Octets of each part's slots. */
  readonly lengths: readonly number[];
}

/** The sample as octets: a JSON head with its length, then the slots of each part, sorted, as gaps of 7 bits an octet. */
export function writeSample(samples: readonly Labelled[]): Uint8Array {
  const octets: Buffer[] = [];
  const heads: KeptHead[] = samples.map(({ features, isSpam, month }) => {
    const parts = partsOf(features.views).map(writeSlots);
    octets.push(...parts);
    return {
      id: features.id,
      isSpam,
      month,
      signals: features.signals.map(({ id, value }) => [id, value] as const),
      lengths: parts.map(part => part.length),
    };
  });
  const head = Buffer.from(JSON.stringify(heads));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...octets]);
}

/** What `writeSample` wrote; the model's CRC has vouched for it. Empty octets are an empty sample. */
export function readSample(octets: Uint8Array): Labelled[] {
  if (octets.length < 4) return [];
  const all = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let at = 4 + all.readUInt32LE(0);
  const heads = JSON.parse(all.toString('utf8', 4, at)) as KeptHead[];
  return heads.map(({ id, isSpam, month, signals, lengths }) => {
    const parts = lengths.map(length => {
      at += length;
      return readSlots(all.subarray(at - length, at));
    });
    const features = {
      id,
      views: viewsOf(parts),
      signals: signals.map(([name, value]) => ({ id: name, value })),
      isPartial: false,
    };
    return { features, isSpam, month };
  });
}

function partsOf(views: Views): Parts {
  const { headerGrams, textGrams, markupGrams, headerWords, contentWords, allWords, traceWords } = views;
  return [
    headerGrams,
    textGrams,
    markupGrams,
    contentWords,
    headerWords,
    allWords.subarray(contentWords.length + headerWords.length),
    traceWords,
  ];
}

function viewsOf(parts: Parts): Views {
  const none = new Uint32Array(0);
  const [headerGrams = none, textGrams = none, markupGrams = none, content = none, header = none] = parts;
  const [rest = none, traceWords = none] = parts.slice(5);
  const allWords = new Uint32Array(content.length + header.length + rest.length);
  allWords.set(content);
  allWords.set(header, content.length);
  allWords.set(rest, content.length + header.length);
  return {
    headerGrams,
    textGrams,
    markupGrams,
    contentWords: allWords.subarray(0, content.length),
    headerWords: allWords.subarray(content.length, content.length + header.length),
    allWords,
    traceWords,
  };
}

function writeSlots(slots: Uint32Array): Buffer {
  // A gap between slots of 19 bits takes at most three octets.
  const octets = Buffer.alloc(slots.length * 3);
  let at = 0;
  let before = 0;
  for (const slot of slots.toSorted()) {
    let gap = slot - before;
    before = slot;
    while (gap >= 128) {
      octets[at++] = (gap & 127) | 128;
      gap >>>= 7;
    }
    octets[at++] = gap;
  }
  return octets.subarray(0, at);
}

function readSlots(octets: Buffer): Uint32Array {
  const slots = new Uint32Array(octets.length);
  let size = 0;
  let slot = 0;
  let shift = 0;
  let gap = 0;
  for (const octet of octets) {
    gap |= (octet & 127) << shift;
    shift += 7;
    if (octet >= 128) continue;
    slot += gap;
    slots[size++] = slot;
    gap = 0;
    shift = 0;
  }
  return slots.slice(0, size);
}
