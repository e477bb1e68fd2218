import { hashText, mix } from '../slots.ts';

/**
 * A fold for each message, from 0 to `count` - 1, by its sketches (`sketchesOf`); messages that share one (near twins)
 * share a fold, so that nothing is judged by what was learned from its twin.
 */
export function groupedFolds(sketches: readonly (readonly string[])[], count: number): number[] {
  const parents = sketches.map((_, at) => at);
  const find = (at: number): number => {
    let top = at;
    while (parents[top] !== top) top = parents[top] ?? top;
    parents[at] = top;
    return top;
  };
  const firstWith = new Map<string, number>();
  for (const [at, own] of sketches.entries()) {
    for (const sketch of own) {
      const first = firstWith.get(sketch);
      if (first === undefined) firstWith.set(sketch, at);
      else parents[find(at)] = find(first);
    }
  }
  return sketches.map((_, at) => mix(find(at)) % count);
}

/** A fold for each of `messages` messages without regard to twins; another seed gives others. */
export function randomFolds(messages: number, count: number, seed = 1): number[] {
  const keys = Array.from({ length: messages }, (_, at) => mix(Math.imul(at + 1, 0x9e3779b9) ^ mix(seed)));
  const order = keys.map((_, at) => at).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  const folds: number[] = [];
  for (const [place, at] of order.entries()) folds[at] = place % count;
  return folds;
}

/** Octets of a message that a sketch is taken from. */
const lookOctets = 24_000;

/** Three pairs of minima of hashed runs of four words (MinHash): twins share at least one. None for a short text. */
export function sketchesOf(raw: Uint8Array): string[] {
  const text = Buffer.from(raw.subarray(0, lookOctets)).toString('latin1');
  const body = text.slice(Math.max(0, text.search(/\r?\n\r?\n/))).replace(/<[^>]{0,500}>/g, ' ');
  const words = body.toLowerCase().match(/[a-z]{3,20}/g) ?? [];
  if (words.length < 12) return [];
  const minima = Array.from({ length: 6 }, () => 2 ** 32);
  for (let at = 0; at + 4 <= words.length; at++) {
    const run = hashText(words.slice(at, at + 4).join(' '));
    for (const [seed, least] of minima.entries())
      minima[seed] = Math.min(least, mix(run ^ Math.imul(seed, 0x9e3779b9)));
  }
  return [0, 2, 4].map(at => `${at}:${minima[at]}:${minima[at + 1]}`);
}
