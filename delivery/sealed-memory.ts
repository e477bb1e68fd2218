/*
 * What an owner's devices have learned of sealed mail is two states of the account: the memory, which they alone can
 * read and put with each lesson, and the weights that follow from it, by which mail is judged before it is sealed. These
 * change seldom, and are read at deliveries, which need no memory.
 */

/** Name of the account's state that holds a memory (`spam/personal/memory.ts`) as a message of OpenPGP. */
export const sealedMemoryName = 'spam-sealed';

/** Name of the account's state that holds weights as `spam/personal/word-weights.ts` writes them. */
export const sealedWordsName = 'spam-sealed-words';

/**
 * Either as the octets of its state. Nothing, null, is kept too: who goes on from what was there before then finds
 * another version.
 */
export function writeSealed(octets: Uint8Array | null): Uint8Array {
  return octets === null ? Uint8Array.of(0) : Buffer.concat([Uint8Array.of(1), octets]);
}

/** What `writeSealed` wrote; null also where there is no state. */
export function readSealed(octets: Uint8Array | null): Uint8Array | null {
  return octets?.[0] === 1 ? octets.subarray(1) : null;
}
