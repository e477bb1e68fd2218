/*
 * What an owner's devices have learned of sealed mail is a state of the account: the memory, which they alone can read,
 * and the weights that follow from it, by which mail is judged before it is sealed.
 */

/** Name of the account's state. */
export const sealedMemoryName = 'spam-sealed';

/** What the devices gave. */
export interface SealedMemory {
  /** A memory (`spam/personal/memory.ts`) as a message of OpenPGP, binary; null: there is none. */
  readonly memory: Uint8Array | null;
  /** As `spam/personal/word-weights.ts` writes them; null: nothing is judged by words. */
  readonly weights: Uint8Array | null;
}

export const nothingSealed: SealedMemory = { memory: null, weights: null };

const head = 4;

/** As octets: the length of the weights in four octets, the weights, the memory; either may be empty. */
export function writeSealedMemory({ memory, weights }: SealedMemory): Uint8Array {
  const length = weights?.length ?? 0;
  const octets = new Uint8Array(head + length + (memory?.length ?? 0));
  new DataView(octets.buffer).setUint32(0, length, true);
  if (weights) octets.set(weights, head);
  if (memory) octets.set(memory, head + length);
  return octets;
}

/** What `writeSealedMemory` wrote; nothing where there is no state. */
export function readSealedMemory(octets: Uint8Array | null): SealedMemory {
  if (octets === null) return nothingSealed;
  const length = new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(0, true);
  const part = (start: number, end?: number) => {
    const found = octets.subarray(start, end);
    return found.length > 0 ? found : null;
  };
  return { weights: part(head, head + length), memory: part(head + length) };
}
