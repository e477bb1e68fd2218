import { generateKey } from '../../../../delivery/crypto/keys.ts';
import type { Store } from '../../../../delivery/store/store.ts';

type FilledStore = Pick<Store, 'addDomains' | 'addAccounts' | 'publishKey'>;

const callItems = 500;
const publishedAtOnce = 16;

/** Publishes one key for so many addresses `k0`, `k1` … in each of the domains. */
export async function fillKeys(
  store: FilledStore,
  domains: readonly string[],
  { keys }: { keys: number },
): Promise<void> {
  const addresses = domains.flatMap(domain => Array.from({ length: keys }, (_, n) => `k${n}@${domain}`));
  for (const some of inCalls(domains)) await store.addDomains(some);
  const ids: string[] = [];
  for (const some of inCalls(addresses)) {
    const made = await store.addAccounts(some.map(address => ({ address })));
    ids.push(...made.map(({ id }) => id ?? ''));
  }
  const { publicKey: octets, fingerprint } = await generateKey('k@fill.example');
  const waiting = addresses.entries();
  const lane = async () => {
    for (const [index, address] of waiting) {
      const [localPart = '', domain = ''] = address.split('@');
      await store.publishKey({
        ...{ domain, localPart, kind: 'openpgp', accountId: ids[index] ?? '' },
        ...{ fingerprint, octets, state: 'usable', publishedAt: new Date() },
      });
    }
  };
  await Promise.all(Array.from({ length: publishedAtOnce }, lane));
}

function* inCalls<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += callItems) yield items.slice(at, at + callItems);
}
