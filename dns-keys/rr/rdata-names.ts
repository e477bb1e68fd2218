import { lowerName, type Name } from '../name.ts';
import { WireReader, WireWriter } from '../wire.ts';
import type { NamesWithin } from './record-type.ts';
import { recordType } from './table.ts';

/**
 * RDATA of a message between `reader.at` and `reader.end`, its compressed names written out. RDATA that is empty stays
 * so, as records of an update have it (RFC 2136 §2.4). Gives a copy where names were compressed or might be, else a
 * view. Throws `WireError`.
 */
export function expandRdata(type: number, reader: WireReader): Uint8Array {
  const names = recordType(type)?.names;
  if (!names?.mayBeCompressed || reader.left === 0) return reader.rest();
  const writer = new WireWriter();
  walk(names, reader, {
    octets: octets => writer.bytes(octets),
    name: name => writer.name(name),
  });
  return writer.finish();
}

/** RDATA with the names in lower case that canonical form wants so (RFC 4034 §6.2, RFC 6840 §5.1). */
export function canonicalRdata(type: number, rdata: Uint8Array): Uint8Array {
  const names = recordType(type)?.names;
  if (names === undefined) return rdata;
  const writer = new WireWriter();
  walk(names, new WireReader(rdata), {
    octets: octets => writer.bytes(octets),
    name: name => writer.name(lowerName(name)),
  });
  return writer.finish();
}

/** Writes RDATA with its names compressed where the type allows it (RFC 3597 §4). */
export function writeCompressedRdata(type: number, rdata: Uint8Array, writer: WireWriter): void {
  const names = recordType(type)?.names;
  if (!names?.mayBeCompressed || rdata.length === 0) writer.bytes(rdata);
  else
    walk(names, new WireReader(rdata), {
      octets: octets => writer.bytes(octets),
      name: name => writer.compressedName(name),
    });
}

interface Visitor {
  octets(octets: Uint8Array): void;
  name(name: Name): void;
}

function walk(names: NamesWithin, reader: WireReader, visitor: Visitor): void {
  visitor.octets(reader.bytes(names.octetsBefore));
  for (let index = 0; index < names.count; index += 1) visitor.name(reader.name());
  visitor.octets(reader.rest());
}
