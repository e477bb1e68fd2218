import type { Message } from '../../message/shape.ts';
import { type Kind, kinds } from './kinds.ts';
import { type Sign, signs } from './signs.ts';
import { structureOf } from './structure.ts';

/** A kind that a message is of, with the signs of it, the heaviest first. */
export interface FoundKind {
  readonly kind: Kind;
  readonly signs: readonly [Sign, ...Sign[]];
}

/** Kinds that say more than the one they stand for: where one of them is found, that one is left out. */
const saidBetter: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  newsletter: ['list', 'notification', 'receipt', 'invitation', 'social', 'travel'],
  notification: ['receipt', 'invitation', 'social', 'travel'],
  list: ['notification'],
};

/** What a message is by its structure: none, one, or seldom several kinds. `author` as `structureOf` takes it. */
export function kindsOf(
  message: Message,
  given: { readonly outer: Message; readonly author: string | null },
): FoundKind[] {
  const structure = structureOf(message, given);
  const found = kinds.flatMap(kind => {
    const [first, ...others] = signs
      .filter(sign => sign.kind === kind && sign.holds(structure))
      .sort((a, b) => b.weight - a.weight);
    if (!first) return [];
    const weight = others.reduce((sum, sign) => sum + sign.weight, first.weight);
    // Sums of tenths are a little off.
    return weight > 0.999 ? [{ kind, signs: [first, ...others] as const }] : [];
  });
  const isFound = (kind: Kind) => found.some(one => one.kind === kind);
  return found.filter(({ kind }) => !saidBetter[kind]?.some(isFound));
}
