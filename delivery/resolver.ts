import { promises as dns } from 'node:dns';
import { domainToASCII } from 'node:url';
import { dnsError } from './dns/ask.ts';
import { isAskable, type Question, questionTypes } from './dns/message.ts';
import { openServers, type Servers } from './dns/servers.ts';
import { Turns } from './turns.ts';

/**
 * DNS as a dependency, in the shape mailauth wants: the answer of `node:dns/promises` `resolve(name, type)`.
 * Throws an error with `code` ENOTFOUND or ENODATA for "no such record", anything else is temporary.
 */
export type Resolver = (name: string, type: string) => Promise<unknown[]>;

export interface ResolverOptions {
  /** `address` or `address:port`; none: the system's. */
  readonly servers: readonly string[];
  readonly timeoutMilliseconds: number;
  /** Questions under way at once, 500 when left out; more wait within their time. */
  readonly atOnce?: number;
  /** Milliseconds that only grow; `performance.now` when left out. */
  readonly now?: () => number;
}

/** How long an answer is kept: its TTL within these bounds. */
const bounds = { least: 5, most: 3600 } as const;
/** "No such record" (RFC 2308 §5): it may be there soon. */
const negativeBounds = { least: 5, most: 900 } as const;
/** Where the answer tells no TTL. */
const negativeSeconds = 60;
/** A failure is kept, too (RFC 9520 §3.2), so that a dead server is not asked the same again and again. */
const failureSeconds = 5;
/** Each is a socket of its own. */
const questionsAtOnce = 500;
const cacheEntries = 5000;
/** Longer answers are not kept. */
const cacheOctets = 8192;

interface Kept {
  until: number;
  readonly answer: Promise<readonly unknown[]>;
}

/**
 * A resolver that asks `servers` and keeps answers for as long as their TTL says, also "no such record" and failures.
 * Who asks the same question meanwhile waits for the same answer.
 */
export function openResolver(options: ResolverOptions): Resolver {
  const { timeoutMilliseconds, atOnce = questionsAtOnce } = options;
  const turns = new Turns({ total: atOnce, perKey: atOnce, waitMilliseconds: timeoutMilliseconds });
  const servers = openServers(options.servers, { timeoutMilliseconds, turns });
  const other = new dns.Resolver({ timeout: Math.ceil(options.timeoutMilliseconds / 2), tries: 2 });
  if (options.servers.length > 0) other.setServers(options.servers);
  const now = options.now ?? (() => performance.now());
  const cache = new Map<string, Kept>();
  return async (name, type) => {
    const question = questionOf(name, type);
    if (!question) return (await other.resolve(name, type)) as unknown as unknown[];
    const key = `${question.type} ${question.name}`;
    const known = cache.get(key);
    if (known && known.until > now()) return [...(await known.answer)];
    cache.delete(key);
    const kept = begin(question, servers, (entry, seconds) => {
      if (seconds > 0) entry.until = now() + seconds * 1000;
      else if (cache.get(key) === entry) cache.delete(key);
    });
    cache.set(key, kept);
    forgetOldest(cache);
    return [...(await kept.answer)];
  };
}

/** Null for types that are left to Node. Throws EBADNAME for what is no name. */
function questionOf(name: string, type: string): Question | null {
  const known = questionTypes.find(word => word === type.toUpperCase());
  if (!known) return null;
  const plain = name.replace(/\.$/, '').toLowerCase();
  const ascii = /[^\0-\x7f]/.test(plain) ? domainToASCII(plain) : plain;
  if (!isAskable(ascii)) throw dnsError('EBADNAME');
  return { name: ascii, type: known };
}

/** Asks; `settle` is told once for how many seconds what came is good, 0 for not at all. */
function begin(question: Question, servers: Servers, settle: (entry: Kept, seconds: number) => void): Kept {
  const answer = servers.ask(question).then(
    ({ data, code, ttlSeconds }) => {
      if (data.length > 0) {
        const isLong = JSON.stringify(data).length > cacheOctets;
        settle(entry, isLong ? 0 : within(ttlSeconds ?? 0, bounds));
        return data;
      }
      settle(entry, within(ttlSeconds ?? negativeSeconds, negativeBounds));
      throw dnsError(code === 3 ? 'ENOTFOUND' : 'ENODATA');
    },
    (error: unknown) => {
      settle(entry, failureSeconds);
      throw error;
    },
  );
  answer.catch(() => {});
  const entry: Kept = { until: Number.POSITIVE_INFINITY, answer };
  return entry;
}

function within(seconds: number, { least, most }: { least: number; most: number }): number {
  return Math.min(most, Math.max(least, seconds));
}

function forgetOldest(cache: Map<string, unknown>): void {
  for (const key of cache.keys()) {
    if (cache.size <= cacheEntries) return;
    cache.delete(key);
  }
}
