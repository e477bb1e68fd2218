/**
 * Frees octets that nobody needs any more, without waiting for the garbage collector: octets lie outside its heap, so
 * it does not see how much it would win. Whoever still looks at them finds nothing. Octets in Node's pool or in
 * shared memory are left alone.
 */
export function release({ buffer }: Uint8Array): void {
  // Two views can share a buffer: that of both halves of a message that did not shrink.
  if (!(buffer instanceof ArrayBuffer) || buffer.detached) return;
  if (buffer.byteLength !== Buffer.poolSize) buffer.transfer(0);
}

/** Both in a buffer of their own, which can be given away: what `Buffer.concat` makes may lie in Node's pool. */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const octets = new Uint8Array(first.byteLength + second.byteLength);
  octets.set(first);
  octets.set(second, first.byteLength);
  return octets;
}
