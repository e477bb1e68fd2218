import { brightness, type Luma } from './picture.ts';

/** Codes of LZW are at most 12 bits long (GIF89a, appendix F). */
const maxCodes = 4096;

/** The brightness of the first frame of a GIF picture; null for one that is broken. */
export function readGif(octets: Uint8Array): Luma | null {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (view.length < 13) return null;
  const flags = view[10] ?? 0;
  let at = 13;
  let palette = flags & 128 ? paletteAt(view, at, flags) : null;
  if (flags & 128) at += 3 * 2 ** ((flags & 7) + 1);
  while (view[at] === 0x21) at = afterBlocks(view, at + 2);
  if (view[at] !== 0x2c || at + 11 > view.length) return null;
  const [width, height, local] = [view.readUInt16LE(at + 5), view.readUInt16LE(at + 7), view[at + 9] ?? 0];
  at += 10;
  if (local & 128) {
    palette = paletteAt(view, at, local);
    at += 3 * 2 ** ((local & 7) + 1);
  }
  if (!palette || local & 64 || width * height > view.readUInt16LE(6) * view.readUInt16LE(8)) return null;
  return { width, height, octets: pixelsOf(view, at, width * height, palette) };
}

function paletteAt(view: Buffer, start: number, flags: number): Uint8Array {
  const luma = new Uint8Array(256).fill(255);
  for (let color = 0; color < 2 ** ((flags & 7) + 1); color++) {
    const [red = 0, green = 0, blue = 0] = view.subarray(start + color * 3, start + color * 3 + 3);
    luma[color] = brightness(red, green, blue);
  }
  return luma;
}

/** Behind a run of data sub-blocks. */
function afterBlocks(view: Buffer, from: number): number {
  let at = from;
  while (at < view.length && view[at] !== 0) at += (view[at] ?? 0) + 1;
  return at + 1;
}

/** Undoes the LZW compression; what is missing stays white. */
function pixelsOf(view: Buffer, start: number, count: number, palette: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(count).fill(255);
  const least = Math.min(8, Math.max(2, view[start] ?? 2));
  const clear = 2 ** least;
  const table = { before: new Uint16Array(maxCodes), last: new Uint8Array(maxCodes) };
  const bits = bitsOf(view, start + 1);
  let [size, next, earlier, first, filled] = [least + 1, clear + 2, -1, 0, 0];
  for (let code = bits(size); code >= 0 && code !== clear + 1 && filled < count; code = bits(size)) {
    if (code === clear) {
      [size, next, earlier] = [least + 1, clear + 2, -1];
      continue;
    }
    if (code > next || (code === next && earlier < 0)) break;
    const run = runOf(code < next ? code : earlier, clear, table);
    first = run.at(-1) ?? 0;
    for (let at = run.length - 1; at >= 0 && filled < count; at--)
      pixels[filled++] = palette[run[at] ?? 0] ?? 255;
    if (code === next && filled < count) pixels[filled++] = palette[first] ?? 255;
    if (earlier >= 0 && next < maxCodes) {
      table.before[next] = earlier;
      table.last[next++] = first;
      if (next === 2 ** size && size < 12) size++;
    }
    earlier = code;
  }
  return pixels;
}

/** The colours of a code, last one first. */
function runOf(code: number, clear: number, table: { before: Uint16Array; last: Uint8Array }): number[] {
  const run: number[] = [];
  let at = code;
  while (at > clear && run.length < maxCodes) {
    run.push(table.last[at] ?? 0);
    at = table.before[at] ?? 0;
  }
  run.push(at);
  return run;
}

/** Reads codes of a given length out of data sub-blocks, lowest bit first; -1 at the end. */
function bitsOf(view: Buffer, start: number): (length: number) => number {
  let [at, blockEnd, held, heldBits] = [start, start, 0, 0];
  const octet = (): number => {
    if (at >= blockEnd) {
      const length = view[at] ?? 0;
      if (length === 0) return -1;
      at++;
      blockEnd = at + length;
    }
    return view[at++] ?? -1;
  };
  return length => {
    while (heldBits < length) {
      const more = octet();
      if (more < 0) return -1;
      held |= more << heldBits;
      heldBits += 8;
    }
    const code = held & (2 ** length - 1);
    held >>>= length;
    heldBits -= length;
    return code;
  };
}
