/** A picture in BMP, all black, which a browser draws. */
export function bitmap(width: number, height: number): Buffer {
  const rowOctets = Math.ceil((width * 3) / 4) * 4;
  const octets = Buffer.alloc(54 + rowOctets * height);
  octets.write('BM', 0, 'latin1');
  octets.writeUInt32LE(octets.byteLength, 2);
  octets.writeUInt32LE(54, 10);
  octets.writeUInt32LE(40, 14);
  octets.writeInt32LE(width, 18);
  octets.writeInt32LE(height, 22);
  octets.writeUInt16LE(1, 26);
  octets.writeUInt16LE(24, 28);
  return octets;
}
