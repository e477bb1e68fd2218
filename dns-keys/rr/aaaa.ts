import { isIPv6 } from 'node:net';
import { WireError } from '../wire-error.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { exactly, wordAt } from './words.ts';

export interface AaaaData {
  /** As RFC 5952 writes it. */
  readonly address: string;
}

/** An IPv6 address (RFC 3596 §2.2). */
export const aaaa = {
  type: rrTypes.AAAA,
  name: 'AAAA',
  decode: reader => ({ address: addressText(Array.from({ length: 8 }, () => reader.uint16())) }),
  encode(data, writer) {
    for (const group of groupsOf(data.address)) writer.uint16(group);
  },
  toText: data => data.address,
  fromText: words => ({ address: addressText(groupsOf(wordAt(exactly(words, 1), 0))) }),
} satisfies RecordType<AaaaData>;

/** RFC 5952 §4: hexadecimal without zeros in front, the first of the longest runs of two and more zeros as `::`. */
function addressText(groups: readonly number[]): string {
  const text = groups.map(group => group.toString(16)).join(':');
  const runs = text.match(/(?<![^:])0(?::0)+(?![^:])/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const at = text.search(new RegExp(`(?<![^:])${longest}(?![^:])`));
  const [before, after] = [text.slice(0, at), text.slice(at + longest.length)];
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}

function groupsOf(address: string): number[] {
  if (!isIPv6(address) || address.includes('%'))
    throw new WireError(`${JSON.stringify(address)} is no IPv6 address`);
  const [front = '', back] = address.split('::');
  const [before, after] = [groupsIn(front), groupsIn(back ?? '')];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** Groups of one side of `::`; its end may be written as an IPv4 address (RFC 4291 §2.2). */
function groupsIn(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap(part => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [one = 0, two = 0, three = 0, four = 0] = part.split('.').map(Number);
    return [one * 256 + two, three * 256 + four];
  });
}
