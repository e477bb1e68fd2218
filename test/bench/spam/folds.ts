import { hashText, mix } from '../../../delivery/spam/slots.ts';

/** A fold for each message, from 0; messages that share many runs of four words (near twins) share a fold. */
export function foldsOf(raws: readonly Uint8Array[], count: number): number[] {
  const parents = raws.map((_, at) => at);
  const find = (at: number): number => {
    let top = at;
    while (parents[top] !== top) top = parents[top] ?? top;
    parents[at] = top;
    return top;
  };
  const firstWith = new Map<string, number>();
  for (const [at, raw] of raws.entries()) {
    for (const sketch of sketches(raw)) {
      const first = firstWith.get(sketch);
      if (first === undefined) firstWith.set(sketch, at);
      else parents[find(at)] = find(first);
    }
  }
  return raws.map((_, at) => mix(find(at)) % count);
}

/** Three pairs of minima of hashed word runs (MinHash): twins share at least one. */
function sketches(raw: Uint8Array): string[] {
  const text = Buffer.from(raw.subarray(0, 24_000)).toString('latin1');
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
