import type { AuthenticationFindings } from '../../authenticate/findings.ts';
import type { Mailbox } from '../../message/shape.ts';
import type { JudgedFeatures } from '../features.ts';
import { registeredDomain } from '../links.ts';
import { hashText, mix } from '../slots.ts';
import { classes, type SketchClass } from './slot-classes.ts';

/**
 * What is kept of a message that was learned, and what a new one is compared by: at most 150 hashed features, the same
 * ones of two messages that are alike. Of each class the features with the smallest hashes are taken (Broder's
 * bottom-k sketch), so that what two messages share shows in their sketches in proportion.
 */
export interface Sketch {
  /** Distinct, ascending, below `sketchSlots`. */
  readonly slots: Uint16Array;
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
