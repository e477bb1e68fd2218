const polynomial = 0x1864cfb;

/** Remainders of each octet, shifted to the front. */
const table = Uint32Array.from({ length: 256 }, (_none, octet) => {
  let crc = octet << 16;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80_0000 ? (crc << 1) ^ polynomial : crc << 1;
  return crc & 0xff_ffff;
});

/** The checksum of ASCII armor (RFC 9580 §6.1.1): three octets. */
export function crc24(octets: Uint8Array): Buffer {
  let crc = 0xb704ce;
  for (const octet of octets) crc = ((crc << 8) & 0xff_ffff) ^ (table[(crc >>> 16) ^ octet] ?? 0);
  return Buffer.of(crc >>> 16, (crc >>> 8) & 0xff, crc & 0xff);
}
