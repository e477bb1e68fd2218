import type { Level } from '../../../delivery/privacy/shape.ts';
import { foldWords } from '../../../delivery/search/terms.ts';
import type { NewEmail, Store } from '../../../delivery/store/store.ts';
import { openTestClock, type TestClock } from '../../support/clock.ts';

/** A back-end as the suite gets it. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly clock: TestClock;
  /** Another client of the same data, as another process would open it. */
  another(): Promise<Store>;
  /** Closes every client and opens the data anew. */
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

/** Opens an empty store. */
export type StoreFactory = (clock: TestClock) => Promise<StoreUnderTest>;

/** What a back-end may lack; a case that needs it is skipped with the reason. */
export interface StoreFeatures {
  /** Sorts besides receivedAt. */
  readonly sorts: boolean;
  /** `position` and `total` of every query. */
  readonly positions: boolean;
  /** `ifInState` holds against other processes. */
  readonly exactStates: boolean;
  /** A prefix stands for its first words alone, and says so. */
  readonly cappedPrefixes: boolean;
}

/** A store with one domain and one account, closed after `work`. */
export async function withAccount(
  factory: StoreFactory,
  work: (parts: StoreUnderTest & { accountId: string }) => Promise<void>,
): Promise<void> {
  const under = await factory(openTestClock());
  try {
    await under.store.addDomain('example.org');
    const account = await under.store.addAccount({ address: 'ada@example.org' });
    await work({ ...under, accountId: account.id });
  } finally {
    await under.close();
  }
}

/** The same without account or domain. */
export async function withStore(
  factory: StoreFactory,
  work: (parts: StoreUnderTest) => Promise<void>,
): Promise<void> {
  const under = await factory(openTestClock());
  try {
    await work(under);
  } finally {
    await under.close();
  }
}

/** What of a made-up email matters to a case. */
export interface EmailTraits {
  readonly name?: string;
  readonly key?: string | null;
  readonly keySeconds?: number;
  readonly receivedAt?: Date;
  readonly octets?: Uint8Array;
  readonly tags?: NewEmail['tags'];
  readonly keywords?: readonly string[];
  readonly references?: readonly string[];
  readonly inReplyTo?: string | null;
  readonly messageId?: string | null;
  readonly discussion?: string;
  readonly sealed?: boolean;
  readonly words?: string | null;
  readonly failed?: readonly string[];
  readonly hasAttachment?: boolean;
  readonly encryption?: 'strong' | 'none';
  readonly sentAt?: Date | null;
  readonly from?: string;
  /** Of the discussion; the sender alone unless given. */
  readonly participants?: readonly string[];
  readonly level?: Level;
  readonly importance?: 'high' | 'normal' | 'low';
  readonly learned?: Uint8Array | null;
}

/** A made-up email with these traits. */
export function newEmail(traits: EmailTraits = {}): NewEmail {
  const name = traits.name ?? 'letter';
  const from = { name: null, address: traits.from ?? 'bob@example.net' };
  const messageId = traits.messageId === undefined ? `${name}@example.net` : traits.messageId;
  const octets =
    traits.octets ?? Buffer.from(`Subject: ${name}\r\nX-Trait: Über ${name}\r\n\r\nHello ${name}\r\n`);
  const words = traits.words === undefined ? name : traits.words;
  return {
    deliveryKey:
      traits.key === undefined || traits.key === null ? null : Buffer.from(traits.key.padEnd(32, '.')),
    deliveryKeySeconds: traits.keySeconds ?? 35 * 86_400,
    receivedAt: traits.receivedAt ?? new Date('2026-03-01T12:00:00Z'),
    octets,
    sealed: traits.sealed ?? false,
    summary: {
      originators: { from: [from], sender: [], replyTo: [] },
      destinations: { to: [{ name: 'Ada', address: 'ada@example.org' }], cc: [], bcc: [] },
      subject: traits.sealed ? null : name,
      messageId,
      inReplyTo: traits.inReplyTo ? [traits.inReplyTo] : [],
      references: traits.references ?? [],
      sentAt: traits.sentAt === undefined ? new Date('2026-03-01T11:59:00Z') : traits.sentAt,
      listId: null,
      preview: null,
      hasAttachment: traits.hasAttachment ?? false,
    },
    thread: { references: traits.references ?? [], inReplyTo: traits.inReplyTo ?? null, messageId },
    discussion: {
      key: traits.discussion ?? 'd-bob',
      participants: traits.participants ?? [`email:${from.address}`],
    },
    tags: traits.tags ?? [{ role: 'inbox' }],
    keywords: traits.keywords ?? [],
    findings: {
      session: null,
      reversePath: from.address,
      traceOctets: 0,
      trustedHops: 0,
      authentication: null,
      decrypt: traits.encryption === undefined ? null : decryptFindings(traits.encryption),
      score: traits.importance === undefined ? null : scoreFindings(traits.importance),
      tags: null,
      facts: {},
      failed: traits.failed ?? [],
    },
    index: traits.level === undefined ? null : keptIndex(traits.level),
    ...(traits.learned === undefined ? {} : { learned: traits.learned }),
    searchText:
      words === null
        ? null
        : {
            subject: words,
            body: `body ${words}`,
            originators: foldWords(from.address).join(' '),
            destinations: 'ada',
            attachments: '',
          },
  };
}

function decryptFindings(encryption: 'strong' | 'none'): NewEmail['findings']['decrypt'] {
  return {
    form: encryption === 'none' ? 'none' : 'pgpMime',
    encryption,
    signature: 'none',
    noIntegrity: false,
    signer: null,
    subject: 'open',
    opened: encryption !== 'none',
    failure: null,
    algorithms: [],
  };
}

/** Delivers emails of these traits, one after the other; gives their ids. */
export async function deliverAll(
  store: Store,
  accountId: string,
  traits: readonly EmailTraits[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const trait of traits) ids.push((await store.deliverEmail(accountId, newEmail(trait))).emailId);
  return ids;
}

/** A check for `assert.rejects`: a DeliveryError of this code, with this `field` where one is named. */
export function coded(code: string, field?: string): (error: unknown) => boolean {
  return error => {
    const found = error as { code?: string; fields?: { field?: string } };
    return found.code === code && (field === undefined || found.fields?.field === field);
  };
}

function scoreFindings(importance: 'high' | 'normal' | 'low'): NewEmail['findings']['score'] {
  return { score: 0.1, verdict: 'ham', harmful: false, importance, reasons: [], model: 'none' };
}

function keptIndex(level: Level): NewEmail['index'] {
  return { subject: 'message', version: 1, value: 50, level, upTo: 50 };
}
