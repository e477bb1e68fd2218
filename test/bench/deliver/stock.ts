import { type Counted, type WritesPerMessage, writesPerMessage } from '../cassandra/counted.ts';
import { writtenOctetsOf } from './processes.ts';
import type { BenchSubject } from './subject.ts';

/** What a subject has written from its start to a moment between two loads. */
export interface Stock {
  /** By its own processes. */
  readonly octets: number;
  /** By its nodes, all together, nothing of it left in memory. */
  readonly nodeOctets: number;
  /** What its nodes had counted before they wrote down what was in memory, and after it. */
  readonly counted: { readonly before: Counted; readonly after: Counted } | null;
}

/** What one message made a subject write. */
export interface WrittenPerMessage {
  readonly octets: number;
  /** On each node; null where there are none. */
  readonly nodes: ({ readonly octets: number } & WritesPerMessage) | null;
}

/** Has the subject's nodes write all to disk, and adds up. Between loads: it takes some seconds. */
export async function takeStock({ processes, nodes }: BenchSubject): Promise<Stock> {
  if (!nodes) return { octets: writtenOctetsOf(processes()), nodeOctets: 0, counted: null };
  const before = await nodes.counted();
  await nodes.flush();
  const counted = { before, after: await nodes.counted() };
  return { octets: writtenOctetsOf(processes()), nodeOctets: nodes.writtenOctets(), counted };
}

/** What each of `messages` cost between two stocks. */
export function writtenBetween(
  { nodes }: BenchSubject,
  [from, to]: readonly [Stock, Stock],
  messages: number,
): WrittenPerMessage {
  const octets = (to.octets - from.octets) / messages;
  if (!nodes || !from.counted || !to.counted) return { octets, nodes: null };
  const counts = { copies: nodes.count, messages };
  const writes = writesPerMessage(from.counted.after, to.counted.before, counts);
  const nodeOctets = (to.nodeOctets - from.nodeOctets) / nodes.count / messages;
  return { octets, nodes: { octets: nodeOctets, ...writes } };
}
