import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { dnssecOk, queryOctets } from './queries.ts';

/** Numbers from 0 to below a bound, the same for the same seed. */
export type Random = (below: number) => number;

/** A small generator, good enough to damage packets (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const types = [61, 6, 2, 48, 43, 46, 47, 50, 255, 251, 252, 250, 41, 128, 249, 1, 65_280];
const options = [
  { code: 10, data: Buffer.alloc(8, 1) },
  { code: 10, data: Buffer.alloc(24, 1) },
  { code: 11, data: Buffer.alloc(0) },
  { code: 12, data: Buffer.alloc(30) },
  { code: 3, data: Buffer.alloc(0) },
];

/** Sound queries of many kinds about these names, to be damaged. */
export function soundQueries(names: readonly string[]): Buffer[] {
  return names.flatMap(name =>
    types.flatMap(type => [
      queryOctets(name, { type, edns: false }),
      queryOctets(name, { type, edns: dnssecOk }),
      queryOctets(name, { type, edns: { ...dnssecOk, isCompactOk: true, options } }),
      queryOctets(name, {
        type: type === rrTypes.ANY ? 61 : type,
        edns: { udpPayloadOctets: 65_535 },
        fields: { opcode: type % 7 },
      }),
    ]),
  );
}

/** The query with some octets changed, cut out, doubled or put in; sometimes whole. */
export function mutate(query: Buffer, random: Random): Buffer {
  let octets: Buffer = Buffer.from(query);
  for (let times = random(5); times > 0; times -= 1)
    octets = changes[random(changes.length)]?.(octets, random) ?? octets;
  return octets;
}

type Change = (octets: Buffer, random: Random) => Buffer;

const changes: readonly Change[] = [
  (octets, random) => {
    if (octets.length > 0) octets[random(octets.length)] = random(256);
    return octets;
  },
  (octets, random) => {
    if (octets.length > 0) {
      const at = random(octets.length);
      octets[at] = (octets[at] ?? 0) ^ (1 << random(8));
    }
    return octets;
  },
  (octets, random) => octets.subarray(0, random(octets.length + 1)),
  (octets, random) => Buffer.concat([octets, Buffer.alloc(random(40), random(256))]),
  (octets, random) => {
    const [one, other] = [random(octets.length + 1), random(octets.length + 1)];
    return Buffer.concat([octets.subarray(0, one), octets.subarray(Math.min(one, other))]);
  },
  (octets, random) =>
    Buffer.concat([octets.subarray(0, 12), Buffer.of(0xc0, random(256)), octets.subarray(12)]),
  (octets, random) => {
    // Counts of sections.
    if (octets.length >= 12) octets[5 + 2 * random(4)] = random(4);
    return octets;
  },
];
