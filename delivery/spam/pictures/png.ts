import { constants, inflateSync } from 'node:zlib';
import { brightness, type Luma } from './picture.ts';

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
}

/** Samples of a pixel by colour type (PNG, third edition, §11.2.1). */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * The brightness of a PNG picture; null for one that is broken or interlaced (which no maker of mail pictures uses).
 * What is missing at its end stays white. Never inflates more than the header's size takes.
 */
export function readPng(octets: Uint8Array): Luma | null {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (view.length < 33 || view.toString('latin1', 12, 16) !== 'IHDR') return null;
  const header = {
    width: view.readUInt32BE(16),
    height: view.readUInt32BE(20),
    depth: view[24] ?? 0,
    colorType: view[25] ?? 0,
  };
  const perPixel = samples[header.colorType];
  const isInterlaced = view[28] !== 0;
  if (perPixel === undefined || isInterlaced || ![1, 2, 4, 8, 16].includes(header.depth)) return null;
  if (perPixel > 1 && header.depth < 8) return null;
  const { data, palette, alphas } = readChunks(view);
  const rowOctets = Math.ceil((header.width * perPixel * header.depth) / 8);
  const rows = inflated(data, (rowOctets + 1) * header.height);
  if (rows === null) return null;
  unfilter(rows, rowOctets, Math.max(1, (perPixel * header.depth) >> 3));
  return {
    width: header.width,
    height: header.height,
    octets: lumaOf(rows, rowOctets, header, paletteLuma(palette, alphas)),
  };
}

function readChunks(view: Buffer): { data: Buffer[]; palette: Buffer; alphas: Buffer } {
  const data: Buffer[] = [];
  let palette = Buffer.alloc(0);
  let alphas = Buffer.alloc(0);
  let at = 8;
  for (let chunks = 0; at + 12 <= view.length && chunks < 10_000; chunks++) {
    const length = view.readUInt32BE(at);
    const type = view.toString('latin1', at + 4, at + 8);
    const body = view.subarray(at + 8, Math.min(view.length, at + 8 + length));
    if (type === 'IDAT') data.push(body);
    else if (type === 'PLTE') palette = Buffer.from(body);
    else if (type === 'tRNS') alphas = Buffer.from(body);
    else if (type === 'IEND') break;
    at += 12 + length;
  }
  return { data, palette, alphas };
}

function inflated(data: readonly Buffer[], octets: number): Buffer | null {
  try {
    return inflateSync(Buffer.concat(data), {
      maxOutputLength: octets + 64,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch {
    // Broken data or more of it than the header said.
    return null;
  }
}

/** Takes the filters back, row by row, in place (§9.2). */
function unfilter(rows: Buffer, rowOctets: number, step: number): void {
  for (let start = 0; start < rows.length; start += rowOctets + 1) {
    const filter = rows[start] ?? 0;
    const end = Math.min(rows.length, start + 1 + rowOctets);
    for (let at = start + 1; at < end; at++) {
      const left = at - step > start ? (rows[at - step] ?? 0) : 0;
      const up = start > 0 ? (rows[at - rowOctets - 1] ?? 0) : 0;
      const corner = start > 0 && at - step > start ? (rows[at - step - rowOctets - 1] ?? 0) : 0;
      rows[at] = ((rows[at] ?? 0) + predicted(filter, left, up, corner)) & 255;
    }
  }
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function paletteLuma(palette: Buffer, alphas: Buffer): Uint8Array {
  const luma = new Uint8Array(256).fill(255);
  for (let at = 0; at < palette.length / 3 && at < 256; at++) {
    const [red = 0, green = 0, blue = 0] = palette.subarray(at * 3, at * 3 + 3);
    luma[at] = onPaper(brightness(red, green, blue), alphas[at] ?? 255);
  }
  return luma;
}

function onPaper(luma: number, alpha: number): number {
  return alpha === 255 ? luma : 255 - ((255 - luma) * alpha) / 255;
}

function lumaOf(
  rows: Buffer,
  rowOctets: number,
  { width, height, depth, colorType }: Header,
  palette: Uint8Array,
): Uint8Array {
  const luma = new Uint8Array(width * height).fill(255);
  const size = depth === 16 ? 2 : 1;
  const step = (samples[colorType] ?? 1) * size;
  const top = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    const start = y * (rowOctets + 1) + 1;
    if (start + rowOctets > rows.length) break;
    for (let x = 0; x < width; x++) {
      const at = start + x * step;
      const sample = depth >= 8 ? (rows[at] ?? 0) : packed(rows, start, x, depth);
      let value = colorType === 3 ? (palette[sample] ?? 255) : depth < 8 ? (sample * 255) / top : sample;
      if (colorType === 2 || colorType === 6)
        value = brightness(sample, rows[at + size] ?? 0, rows[at + 2 * size] ?? 0);
      if (colorType === 4 || colorType === 6) value = onPaper(value, rows[at + step - size] ?? 255);
      luma[y * width + x] = value;
    }
  }
  return luma;
}

/** A sample of less than an octet. */
function packed(rows: Buffer, start: number, x: number, depth: number): number {
  const bit = x * depth;
  return ((rows[start + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}
