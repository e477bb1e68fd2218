import { deflateRawSync } from 'node:zlib';

/** A ZIP archive of our own making, deflated. `isEncrypted` only sets the flag. */
export function zipOf(
  files: ReadonlyArray<readonly [name: string, content: string | Uint8Array]>,
  options: { readonly isEncrypted?: boolean } = {},
): Buffer {
  const flags = options.isEncrypted ? 1 : 0;
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of files) {
    const packed = deflateRawSync(Buffer.from(content));
    const head = Buffer.alloc(30);
    head.write('PK\x03\x04', 'latin1');
    head.writeUInt16LE(flags, 6);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 26);
    const row = Buffer.alloc(46);
    row.write('PK\x01\x02', 'latin1');
    row.writeUInt16LE(flags, 8);
    row.writeUInt16LE(8, 10);
    row.writeUInt32LE(packed.length, 20);
    row.writeUInt16LE(Buffer.byteLength(name), 28);
    row.writeUInt32LE(offset, 42);
    locals.push(head, Buffer.from(name), packed);
    central.push(row, Buffer.from(name));
    offset += head.length + Buffer.byteLength(name) + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...central, end]);
}
