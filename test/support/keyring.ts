import { openKeyring } from '../../delivery/crypto/keyring.ts';

/** A keyring whose instance key everybody knows. */
export const testKeyring = openKeyring(new Uint8Array(32).fill(7));
