import { setTimeout as wait } from 'node:timers/promises';
import { isPrivateAddress, reverseName } from '../../delivery/ip-address.ts';
import type { Resolver } from '../../delivery/resolver.ts';

/** A host name of letters, digits, hyphens and the underscores seen in the field; PTR records can hold any octets. */
const hostName = /^(?!.{254})[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*\.?$/i;

/** The name that the PTR record of an address claims (RFC 1035 §3.5); null when there is none or no answer in time. */
export async function lookUpName(
  address: string,
  { resolver, timeoutMilliseconds }: { resolver: Resolver; timeoutMilliseconds: number },
): Promise<string | null> {
  if (isPrivateAddress(address)) return null;
  const stop = new AbortController();
  const tooLate = wait(timeoutMilliseconds, [], { signal: stop.signal }).catch(() => []);
  try {
    const names = await Promise.race([resolver(reverseName(address), 'PTR'), tooLate]);
    const name = names.find(found => typeof found === 'string' && hostName.test(found));
    return typeof name === 'string' ? name.replace(/\.$/, '').toLowerCase() : null;
  } catch {
    return null; // No name or no answer: the authenticate stage says which.
  } finally {
    stop.abort();
  }
}
