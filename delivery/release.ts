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
