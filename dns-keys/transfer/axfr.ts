import { MessagePacker, type PackerStart } from './message-packer.ts';
import type { ZoneSnapshot } from './zone-versions.ts';

/**
 * The messages of a whole zone (RFC 5936 §2.2): SOA, everything else, SOA again. The disk is read as far as messages
 * are asked for, and the zone may change meanwhile. The snapshot is closed at the end, or when nobody asks any more.
 */
export async function* axfrMessages(snapshot: ZoneSnapshot, start: PackerStart): AsyncGenerator<Buffer> {
  try {
    const packer = new MessagePacker(start);
    const soa = { ...snapshot.soa, signatures: [] };
    yield* packer.add(soa);
    yield* packer.add({ ...snapshot.soa, rdatas: [] });
    for await (const sets of snapshot.sets()) for (const set of sets) yield* packer.add(set);
    yield* packer.add(soa);
    yield* packer.finish();
  } finally {
    await snapshot.close();
  }
}
