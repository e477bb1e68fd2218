/*
 * Words of 64 bits in halves of 32, since bigints cost fifty times as much: v[2i] is the lower half of word i, v[2i+1]
 * the upper.
 */
type Halves = Int32Array;

/** SipHash-2-4 of 64 bits (Aumasson and Bernstein) under a key of 16 octets, least octet first. */
export function sipHash(key: Uint8Array, data: Uint8Array): Uint8Array {
  const v = start(key);
  const whole = data.length - (data.length % 8);
  for (let at = 0; at < whole; at += 8) block(v, word(data, at), word(data, at + 4));
  const tail = new Uint8Array(8);
  tail.set(data.subarray(whole));
  tail[7] = data.length & 0xff;
  block(v, word(tail, 0), word(tail, 4));
  v[4] = (v[4] ?? 0) ^ 0xff;
  for (let count = 0; count < 4; count += 1) round(v);
  return halves(xorOf(v, 0), xorOf(v, 1));
}

function xorOf(v: Halves, half: number): number {
  return (v[half] ?? 0) ^ (v[2 + half] ?? 0) ^ (v[4 + half] ?? 0) ^ (v[6 + half] ?? 0);
}

function start(key: Uint8Array): Halves {
  const [low0, high0, low1, high1] = [word(key, 0), word(key, 4), word(key, 8), word(key, 12)];
  return Int32Array.of(
    low0 ^ 0x70736575,
    high0 ^ 0x736f6d65,
    low1 ^ 0x6e646f6d,
    high1 ^ 0x646f7261,
    low0 ^ 0x6e657261,
    high0 ^ 0x6c796765,
    low1 ^ 0x79746573,
    high1 ^ 0x74656462,
  );
}

function block(v: Halves, low: number, high: number): void {
  v[6] = (v[6] ?? 0) ^ low;
  v[7] = (v[7] ?? 0) ^ high;
  round(v);
  round(v);
  v[0] = (v[0] ?? 0) ^ low;
  v[1] = (v[1] ?? 0) ^ high;
}

function round(v: Halves): void {
  add(v, 0, 2);
  rotate(v, 2, 13);
  xor(v, 2, 0);
  swap(v, 0);
  add(v, 4, 6);
  rotate(v, 6, 16);
  xor(v, 6, 4);
  add(v, 0, 6);
  rotate(v, 6, 21);
  xor(v, 6, 0);
  add(v, 4, 2);
  rotate(v, 2, 17);
  xor(v, 2, 4);
  swap(v, 4);
}

/** v[to] += v[from], carry and all. */
function add(v: Halves, to: number, from: number): void {
  const low = ((v[to] ?? 0) >>> 0) + ((v[from] ?? 0) >>> 0);
  v[to] = low | 0;
  v[to + 1] = ((v[to + 1] ?? 0) + (v[from + 1] ?? 0) + (low > 0xffffffff ? 1 : 0)) | 0;
}

function xor(v: Halves, to: number, from: number): void {
  v[to] = (v[to] ?? 0) ^ (v[from] ?? 0);
  v[to + 1] = (v[to + 1] ?? 0) ^ (v[from + 1] ?? 0);
}

/** Rotates left by less than 32 bits. */
function rotate(v: Halves, at: number, bits: number): void {
  const [low, high] = [v[at] ?? 0, v[at + 1] ?? 0];
  v[at] = (low << bits) | (high >>> (32 - bits));
  v[at + 1] = (high << bits) | (low >>> (32 - bits));
}

/** Rotates by 32 bits. */
function swap(v: Halves, at: number): void {
  const low = v[at] ?? 0;
  v[at] = v[at + 1] ?? 0;
  v[at + 1] = low;
}

function word(octets: Uint8Array, at: number): number {
  return (
    (octets[at] ?? 0) |
    ((octets[at + 1] ?? 0) << 8) |
    ((octets[at + 2] ?? 0) << 16) |
    ((octets[at + 3] ?? 0) << 24)
  );
}

function halves(low: number, high: number): Uint8Array {
  const octets = new Uint8Array(8);
  for (let index = 0; index < 4; index += 1) {
    octets[index] = (low >>> (8 * index)) & 0xff;
    octets[4 + index] = (high >>> (8 * index)) & 0xff;
  }
  return octets;
}
