import { promises as dns } from 'node:dns';

/**
 * DNS as a dependency, in the shape mailauth wants: the answer of `node:dns/promises` `resolve(name, type)`.
 * Throws an error with `code` ENOTFOUND or ENODATA for "no such record", anything else is temporary.
 */
export type Resolver = (name: string, type: string) => Promise<unknown[]>;

const cacheSeconds = 60;
const cacheEntries = 5000;

/**
 * A resolver that asks `servers` (`address` or `address:port`; none: the system's) and remembers answers, also
 * "no such record", for a minute: node gives no TTL for most types, and a minute is below what mail senders publish.
 */
export function openResolver(options: { servers: readonly string[]; timeoutMilliseconds: number }): Resolver {
  const resolver = new dns.Resolver({ timeout: Math.ceil(options.timeoutMilliseconds / 2), tries: 2 });
  if (options.servers.length > 0) resolver.setServers(options.servers);
  const cache = new Map<string, { until: number; answer: Promise<unknown[]> }>();
  return (name, type) => {
    const key = `${type} ${name.toLowerCase()}`;
    const now = performance.now();
    const known = cache.get(key);
    if (known && known.until > now) return known.answer;
    const answer = resolver.resolve(name, type) as Promise<unknown[]>;
    cache.set(key, { until: now + cacheSeconds * 1000, answer });
    answer.catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTFOUND' && error.code !== 'ENODATA') cache.delete(key);
    });
    forgetOldest(cache);
    return answer;
  };
}

function forgetOldest(cache: Map<string, unknown>): void {
  for (const key of cache.keys()) {
    if (cache.size <= cacheEntries) return;
    cache.delete(key);
  }
}
