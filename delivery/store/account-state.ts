import { DeliveryError } from '../errors.ts';

const maxOctets = 1024 * 1024;
const nameForm = /^[a-z][A-Za-z0-9:_-]{0,63}$/;

/** Throws `badInput` where this is no name of an account's state, or its octets are too many. */
export function checkAccountState(name: string, octets: Uint8Array | null): void {
  if (!nameForm.test(name))
    throw new DeliveryError('badInput', 'no name of an account state', { fields: { name } });
  if ((octets?.byteLength ?? 0) > maxOctets)
    throw new DeliveryError('badInput', 'a state of an account is at most 1 MiB', { fields: { name } });
}
