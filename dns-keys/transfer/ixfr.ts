import type { Message } from '../message.ts';
import { equalNames } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { MessagePacker, type PackerStart } from './message-packer.ts';
import { partOctets } from './record-octets.ts';
import { serialOf } from './serial.ts';
import type { RecordPart, ZoneChange } from './zone-change.ts';

/** The serial that an IXFR request has (RFC 1995 §3); null when it does not say. */
export function askedSerial(request: Message): number | null {
  const [question] = request.questions;
  const soa = request.authorities.find(record => record.type === rrTypes.SOA);
  // The shortest SOA: two root names and the numbers.
  if (!question || !soa || !equalNames(soa.name, question.name) || soa.rdata.length < 22) return null;
  return serialOf(soa.rdata);
}

/** Octets of a change, about. */
export function changeOctets({ removed, added }: ZoneChange): number {
  return [...removed, ...added].reduce((sum, part) => sum + partOctets(part), 0);
}

/**
 * The messages of one change (RFC 1995 §4): the new SOA; the old SOA and what goes; the new SOA and what comes; the new
 * SOA.
 */
export function* ixfrMessages(change: ZoneChange, start: PackerStart): Generator<Buffer> {
  const packer = new MessagePacker(start);
  const [before, after] = [change.removed, change.added].map(parts => soaAlone(parts));
  if (!before || !after) throw new TypeError('a change without a SOA');
  yield* packer.add(after);
  for (const [soa, parts] of [
    [before, change.removed],
    [after, change.added],
  ] as const) {
    yield* packer.add(soa);
    for (const part of parts) yield* packer.add(part.type === rrTypes.SOA ? { ...part, rdatas: [] } : part);
  }
  yield* packer.add(after);
  yield* packer.finish();
}

/** The answer to who is up to date, or must ask again over TCP: the SOA alone (RFC 1995 §2, §4). */
export function soaMessages(soa: RecordSet, start: PackerStart): Buffer[] {
  const packer = new MessagePacker(start);
  return [...packer.add({ ...soa, signatures: [] }), ...packer.finish()];
}

function soaAlone(parts: readonly RecordPart[]): RecordPart | undefined {
  const soa = parts.find(part => part.type === rrTypes.SOA && part.rdatas.length > 0);
  return soa && { ...soa, signatures: [] };
}
