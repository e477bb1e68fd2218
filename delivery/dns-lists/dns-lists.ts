import { isIPv4 } from 'node:net';
import { isPrivateAddress, reverseName } from '../ip-address.ts';
import type { Resolver } from '../resolver.ts';
import type { ListEntry } from './findings.ts';
import { type DnsList, meaningOf } from './list.ts';
import { openListHealth } from './list-health.ts';

/** The DNS lists that an admin has switched on (RFC 5782). */
export interface DnsLists {
  /** Whether any list is one of domains. */
  readonly asksDomains: boolean;
  /**
   * Asks all lists about a sender, within one span of time for all. Never rejects: a list that gives no answer in time,
   * or a wrong one, says nothing.
   */
  check(asked: {
    readonly address: string | null;
    readonly domains: readonly string[];
  }): Promise<ListEntry[]>;
}

export interface DnsListsDeps {
  readonly resolver: Resolver;
  readonly log: { warn(fields: object, message: string): void };
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Longest wait for one message. */
  readonly timeoutMilliseconds: number;
}

/** Questions for one message; what is beyond is not asked. */
const maxQuestions = 60;

interface Asked {
  readonly list: DnsList;
  readonly kind: 'address' | 'domain';
  readonly of: string;
  /** Owner name, without the zone. */
  readonly name: string;
}

/** Opens the lists; each is tested before its first entry counts, and again now and then. */
export function openDnsLists(
  { addresses, domains }: { addresses: readonly DnsList[]; domains: readonly DnsList[] },
  deps: DnsListsDeps,
): DnsLists {
  const health = openListHealth(deps);
  return {
    asksDomains: domains.length > 0,
    async check(asked) {
      const questions = [
        ...addressQuestions(addresses, asked.address),
        ...domainQuestions(domains, asked.domains),
      ];
      const usable = questions.filter(({ list }) => !health.isOut(list)).slice(0, maxQuestions);
      if (usable.length === 0) return [];
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), deps.timeoutMilliseconds);
      try {
        const found = await Promise.all(usable.map(question => ask(question, stop.signal)));
        return found.flat();
      } finally {
        clearTimeout(timer);
      }
    },
  };

  async function ask({ list, kind, of, name }: Asked, signal: AbortSignal): Promise<ListEntry[]> {
    const [codes, isSound] = await Promise.all([
      health.answer(list, name, signal),
      health.isSound(list, kind, signal),
    ]);
    if (!codes || !isSound) return [];
    const entries: ListEntry[] = [];
    for (const code of codes) {
      const meaning = meaningOf(list, code);
      if (meaning.kind === 'error') {
        health.noteError(list, `answered ${code}`);
        return [];
      }
      if (meaning.kind === 'listed') entries.push({ zone: list.zone, of, code, weight: meaning.weight });
    }
    return entries;
  }
}

function addressQuestions(lists: readonly DnsList[], address: string | null): Asked[] {
  const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;
  if (plain === null || isPrivateAddress(plain)) return [];
  const name = addressName(plain);
  return lists.map(list => ({ list, kind: 'address', of: plain, name }));
}

function domainQuestions(lists: readonly DnsList[], domains: readonly string[]): Asked[] {
  return domains.flatMap(domain =>
    lists.map(list => ({ list, kind: 'domain' as const, of: domain, name: domain })),
  );
}

/** An address as DNS lists want it: octets or nibbles, last first (RFC 5782 §2.1, §2.4). */
export function addressName(address: string): string {
  return reverseName(address).replace(isIPv4(address) ? '.in-addr.arpa' : '.ip6.arpa', '');
}
