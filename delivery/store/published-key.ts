import { DeliveryError } from '../errors.ts';
import { addressKey, requireDomain } from './address.ts';
import type { PublishedKey } from './store.ts';

/** A DNS message holds 65,535 octets; a signature, the question and names need some of them. */
const maxOctets = 60_000;

/** A key as it is kept: the domain as it compares, the address by its key, octets of its own. */
export interface KeptKey extends PublishedKey {
  /** As `ParsedAddress.key`. */
  readonly key: string;
}

/** Checks a key that is to be published. Throws `badAddress`, `badInput`. */
export function toKeptKey(published: PublishedKey): KeptKey {
  const domain = requireDomain(published.domain);
  const size = published.octets.byteLength;
  if (size === 0 || size > maxOctets)
    throw new DeliveryError('badInput', `a published key has 1 to ${maxOctets} octets`, {
      fields: { octets: size },
    });
  return {
    ...published,
    domain,
    octets: new Uint8Array(published.octets),
    key: addressKey(published.localPart.normalize('NFC'), domain),
  };
}

/** What is thrown where the address is not the account's own. */
export function notOwnAddress({ key, accountId }: Pick<KeptKey, 'key' | 'accountId'>): DeliveryError {
  return new DeliveryError('notFound', 'the account has no such address', {
    fields: { address: key, accountId },
  });
}
