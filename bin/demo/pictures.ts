import { crc32, deflateSync } from 'node:zlib';

/** Colour of a point, red green blue, 0..255 each. */
type Painter = (x: number, y: number) => readonly [number, number, number];

/** A PNG of one evening sky over hills, drawn by arithmetic. */
export function drawPng(width: number, height: number): Buffer {
  const paint = hills(width, height);
  const rows: Buffer[] = [];
  for (let y = 0; y < height; y += 1) {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) row.set(paint(x, y), 1 + x * 3);
    rows.push(row);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...chunks]);
}

/** The same picture as an uncompressed BMP, which makes it big. */
export function drawBmp(width: number, height: number): Buffer {
  const paint = hills(width, height);
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bitmap = Buffer.alloc(54 + stride * height);
  bitmap.write('BM', 0, 'latin1');
  bitmap.writeUInt32LE(bitmap.length, 2);
  bitmap.writeUInt32LE(54, 10);
  bitmap.writeUInt32LE(40, 14);
  bitmap.writeInt32LE(width, 18);
  bitmap.writeInt32LE(height, 22);
  bitmap.writeUInt16LE(1, 26);
  bitmap.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [red, green, blue] = paint(x, height - 1 - y);
      const at = 54 + y * stride + x * 3;
      bitmap[at] = blue;
      bitmap[at + 1] = green;
      bitmap[at + 2] = red;
    }
  }
  return bitmap;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

function hills(width: number, height: number): Painter {
  return (x, y) => {
    const across = x / width;
    const down = y / height;
    const ridge = 0.62 + 0.08 * Math.sin(across * 7) + 0.03 * Math.sin(across * 23);
    const near = 0.78 + 0.06 * Math.sin(across * 4 + 2);
    if (down > near) return [38, 66, 62];
    if (down > ridge) return [74, 104, 108];
    const light = down / ridge;
    return [Math.round(60 + 180 * light), Math.round(96 + 96 * light), Math.round(140 + 20 * light)];
  };
}
