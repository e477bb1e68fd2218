import type { AuthenticationFindings } from '../../authenticate/findings.ts';
import type { Mailbox } from '../../message/shape.ts';
import type { JudgedFeatures } from '../features.ts';
import { registeredDomain } from '../links.ts';
import { hashText, mix } from '../slots.ts';

/**
 * What is kept of a message that was learned, and what a new one is compared by: at most 150 hashed features, the same
 * ones of two messages that are alike. Of each class the features with the smallest hashes are taken (Broder's
 * bottom-k sketch), so that what two messages share shows in their sketches in proportion.
 */
export interface Sketch {
  /** Distinct, ascending, below `sketchSlots`. */
  readonly slots: Uint16Array;
}

/** Every hashed feature of a sketch falls into one of these. */
export const sketchSlots = 2 ** 15;

/** A class of features: its slots, how many are taken of a message, and how much one of them weighs. */
interface SketchClass {
  readonly from: number;
  /** A power of two. */
  readonly size: number;
  readonly most: number;
  readonly weight: number;
}

/** Who wrote weighs more than any word; what header fields say is much the same in all mail. */
const classes = {
  sender: { from: 0, size: 4096, most: 12, weight: 9 },
  header: { from: 4096, size: 8192, most: 64, weight: 0.5 },
  content: { from: 12_288, size: 16_384, most: 48, weight: 1 },
  other: { from: 28_672, size: 4096, most: 24, weight: 1 },
} as const satisfies Record<string, SketchClass>;

/** Most slots of one sketch. */
export const maxSketch = Object.values(classes).reduce((sum, { most }) => sum + most, 0);

/** What a slot counts for where two sketches share it. */
export function weightOf(slot: number): number {
  const found = Object.values(classes).find(({ from, size }) => slot >= from && slot < from + size);
  return found?.weight ?? 0;
}

/** Who wrote, as far as it stands in clear beside sealed mail; the rest only where the message may be read. */
export interface Sender {
  readonly authors: readonly Mailbox[];
  readonly listId?: string | null;
  readonly authentication?: AuthenticationFindings | null | undefined;
}

/** The sketch of a message that may be read. */
export function sketchOf({ views }: Pick<JudgedFeatures, 'views'>, sender: Sender): Sketch {
  const { headerWords, contentWords, allWords } = views;
  const known = new Set([...headerWords, ...contentWords]);
  return joined([
    slotsOf(classes.sender, senderHashes(sender)),
    slotsOf(classes.header, headerWords),
    slotsOf(classes.content, contentWords),
    slotsOf(
      classes.other,
      allWords.filter(slot => !known.has(slot)),
    ),
  ]);
}

/** The sketch of a message of which only the outside may be kept: sealed mail, and mail that came encrypted. */
export function outerSketch({ authors }: Pick<Sender, 'authors'>): Sketch {
  return joined([slotsOf(classes.sender, senderHashes({ authors }))]);
}

function senderHashes({ authors, listId, authentication }: Sender): number[] {
  const named = authors.slice(0, 2).flatMap(({ name, address }) => {
    const lower = address.toLowerCase();
    const domain = lower.slice(lower.lastIndexOf('@') + 1);
    return [
      `address ${lower}`,
      `domain ${registeredDomain(domain)}`,
      ...(name === null ? [] : [`name ${name.trim().toLowerCase()}`]),
    ];
  });
  const signers = (authentication?.dkim ?? []).filter(({ result }) => result === 'pass');
  const texts = [
    ...named,
    ...(listId ? [`list ${listId.toLowerCase()}`] : []),
    ...signers.slice(0, 3).map(({ domain }) => `signer ${domain.toLowerCase()}`),
  ];
  return texts.map(text => hashText(text, undefined, 256));
}

/** The features of a class with the smallest hashes, as slots. */
function slotsOf({ from, size, most }: SketchClass, hashes: Iterable<number>): number[] {
  const mixed = Uint32Array.from(hashes, hash => mix(hash ^ Math.imul(from + 1, 0x9e3779b1)));
  // The low bits say nothing of the order.
  return Array.from(mixed.sort().subarray(0, most), hash => from + (hash & (size - 1)));
}

function joined(parts: readonly (readonly number[])[]): Sketch {
  return { slots: Uint16Array.from(new Set(parts.flat())).sort() };
}
