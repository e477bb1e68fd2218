import { DeliveryError } from '../errors.ts';

const maxOctets = 16 * 1024;

/** Throws `badInput` where the record of learning of an email is too big. */
export function checkLearned(learned: Uint8Array | null | undefined): void {
  if ((learned?.byteLength ?? 0) > maxOctets)
    throw new DeliveryError('badInput', 'what an email keeps of learning is at most 16 KiB');
}
