import { deflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import encodeQR from 'qr';

/** A QR code as rows of octets, 0 for black and 255 for white, `scale` pixels a module. */
function pixelsOf(text: string, scale: number): { readonly side: number; readonly gray: Uint8Array } {
  const modules = encodeQR(text, 'raw', { border: 4 });
  const side = modules.length * scale;
  const gray = new Uint8Array(side * side);
  for (let at = 0; at < gray.length; at++) {
    const [x, y] = [at % side, Math.floor(at / side)].map(pixel => Math.floor(pixel / scale));
    gray[at] = modules[y ?? 0]?.[x ?? 0] ? 0 : 255;
  }
  return { side, gray };
}

function chunk(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length);
  head.write(type, 4, 'latin1');
  // The reader does not look at the check sum.
  return Buffer.concat([head, body, Buffer.alloc(4)]);
}

/** A PNG picture whose header says what it likes. */
export function rawPng(width: number, height: number, data: Uint8Array, colorType = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = colorType;
  const start = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([start, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** A QR code as PNG: grey (0), RGB (2) or RGBA on nothing (6), each row filtered by the row above it. */
export function pngOf(text: string, colorType: 0 | 2 | 6 = 0, scale = 4): Buffer {
  const { side, gray } = pixelsOf(text, scale);
  const step = colorType === 0 ? 1 : colorType === 2 ? 3 : 4;
  const rows = Buffer.alloc((side * step + 1) * side);
  let above = Buffer.alloc(side * step);
  for (let y = 0; y < side; y++) {
    const row = Buffer.alloc(side * step);
    for (let x = 0; x < side; x++) {
      const shade = gray[y * side + x] ?? 255;
      // On nothing: black, opaque where the code is, transparent elsewhere.
      row.fill(colorType === 6 ? 0 : shade, x * step, x * step + step);
      if (colorType === 6) row[x * step + 3] = 255 - shade;
    }
    const start = y * (side * step + 1);
    rows[start] = 2;
    for (let at = 0; at < row.length; at++) rows[start + 1 + at] = ((row[at] ?? 0) - (above[at] ?? 0)) & 255;
    above = row;
  }
  return rawPng(side, side, deflateSync(rows), colorType);
}

/** The same as JPEG. */
export function jpegOf(text: string, scale = 5): Buffer {
  const { side, gray } = pixelsOf(text, scale);
  const data = Buffer.alloc(side * side * 4, 255);
  for (const [at, shade] of gray.entries()) data.fill(shade, at * 4, at * 4 + 3);
  return jpeg.encode({ width: side, height: side, data }, 70).data;
}

/** The same as GIF. */
export function gifOf(text: string): Uint8Array {
  return encodeQR(text, 'gif', { scale: 4 });
}
