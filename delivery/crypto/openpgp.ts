import type * as OpenPgp from 'openpgp';

export type OpenPgpLibrary = typeof OpenPgp;

/**
 * Bounds and choices for openpgp.js, given with every call that takes them.
 *
 * - Decompressed at most 64 MiB, Argon2 at most 2^16 KiB (64 MiB): a few octets must not take the machine.
 * - No plaintext without integrity protection, ever; RSA below 2048 bits still opens old mail (it counts as weak).
 * - Constant-time PKCS#1 is off: OpenSSL 3.2 and later answer bad padding with a random key in the same time
 *   (implicit rejection), judging happens in a thread of its own, and no reply to the sender depends on the outcome.
 *   The JavaScript path would cost 160 ms for each RSA message.
 */
export const limits = {
  maxDecompressedMessageSize: 67_108_864,
  maxArgon2MemoryExponent: 16,
  allowUnauthenticatedMessages: false,
  allowUnauthenticatedStream: false,
  constantTimePKCS1Decryption: false,
  minRSABits: 1024,
} as const satisfies OpenPgp.PartialConfig;

/** The library's whole configuration with our limits, for its methods that take no part of one. */
export function fullConfig({ config }: OpenPgpLibrary): OpenPgp.Config {
  return { ...config, ...limits };
}

/** openpgp.js, loaded at first need: mail without OpenPGP never pays for it. */
export function loadOpenPgp(): Promise<OpenPgpLibrary> {
  return import('openpgp');
}
