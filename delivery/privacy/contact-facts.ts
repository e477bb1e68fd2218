import { domainOf, normalizeAddress } from '../message/address.ts';
import type { Email, PublicKey } from '../store/store.ts';
import type { Facts } from './shape.ts';

/** A key known for one of the contact's addresses, as it is now. */
export interface ContactKey {
  readonly source: PublicKey['source'];
  /** `waiting`: appeared beside another key and waits for the owner's word. */
  readonly state: PublicKey['state'];
  readonly strength: 'strong' | 'weak';
}

/** What is known of a contact and of what was exchanged with it. */
export interface ContactEvidence {
  /** Addr-specs of the contact. */
  readonly addresses: readonly string[];
  /** All addr-specs of the owner. */
  readonly ownAddresses: readonly string[];
  readonly keys: readonly ContactKey[];
  /** Messages in which the contact takes part, newest first; which of them count is decided here. */
  readonly emails: readonly ExchangedEmail[];
  /** Null: not known. */
  readonly network: 'instance' | 'other' | null;
}

export type ExchangedEmail = Pick<Email, 'summary'> & {
  readonly findings: Pick<Email['findings'], 'session' | 'authentication' | 'decrypt' | 'facts'>;
};

/** Messages that the shares look at. */
const lastMessages = 50;
/** Messages, both ways, that make a history. */
const longHistory = 10;

type Writable = { -readonly [K in keyof Facts]: Facts[K] };

/**
 * The facts of a contact (PRIVACY-INDEX.md, "Contact"). Of mail only that counts whose author was confirmed, so that
 * nobody raises or lowers the index of a contact by writing in its name. `provider` is not known from mail that came
 * in.
 */
export function contactFacts(evidence: ContactEvidence): Facts {
  const counted = evidence.emails.flatMap(email => exchangedOf(email, evidence) ?? []).slice(0, lastMessages);
  const facts: Writable = { ...keyFacts(evidence.keys), ...shareFacts(counted) };
  const antiForgery = policyWord(counted);
  if (antiForgery !== null) facts.antiForgery = antiForgery;
  const history = historyWord(counted, evidence);
  if (history !== null) facts.history = history;
  if (evidence.network !== null) facts.network = evidence.network;
  return facts;
}

interface Exchanged {
  /** The contact's address that wrote it; null for a message of the owner's own. */
  readonly author: string | null;
  readonly facts: Facts;
  readonly email: ExchangedEmail;
}

/** Null when the message does not count: a list's, of somebody else, or nobody confirmed its author. */
function exchangedOf(email: ExchangedEmail, { addresses, ownAddresses }: ContactEvidence): Exchanged | null {
  const { summary, findings } = email;
  const [sole, ...others] = summary.originators.from;
  const isList = Boolean(summary.listId) || findings.facts.audience === 'list';
  if (!sole || others.length > 0 || isList) return null;
  const author = normalizeAddress(sole.address);
  const isTheirs = addresses.some(address => normalizeAddress(address) === author);
  if (isTheirs && isConfirmed(author, findings)) return { author, facts: findings.facts, email };
  const isOwn = !isTheirs && ownAddresses.some(address => normalizeAddress(address) === author);
  return isOwn && wasSignedIn(author, findings) ? { author: null, facts: findings.facts, email } : null;
}

/** By its domain, by sign-in, or by a confirmed key of that address. */
function isConfirmed(author: string, findings: ExchangedEmail['findings']): boolean {
  const { sender } = findings.facts;
  if (sender === 'dmarc' || sender === 'aligned') return true;
  if (sender === 'inside' && wasSignedIn(author, findings)) return true;
  const { decrypt } = findings;
  return decrypt?.signature === 'verified' && normalizeAddress(decrypt.signer?.address ?? '') === author;
}

/** Submitted by the account of that address. */
function wasSignedIn(author: string, { session }: ExchangedEmail['findings']): boolean {
  return session?.authenticatedUser != null && normalizeAddress(session.authenticatedUser) === author;
}

const keyWords = {
  own: 'confirmed',
  hand: 'confirmed',
  dnssec: 'authenticated',
  wkd: 'authenticated',
  autocrypt: 'offered',
  attached: 'offered',
} as const satisfies Record<ContactKey['source'], string>;

/** Best first. */
const keyRanks = ['confirmed', 'authenticated', 'offered', 'poor'] as const;

function keyFacts(keys: readonly ContactKey[]): Facts {
  const accepted = keys.filter(({ state }) => state === 'usable' || state === 'expired');
  const words: string[] = accepted.map(({ source, state, strength }) =>
    state === 'usable' && strength === 'strong' ? keyWords[source] : 'poor',
  );
  const isCompared = accepted.some(({ source }) => source === 'hand' || source === 'own');
  return {
    key: keyRanks.find(word => words.includes(word)) ?? 'none',
    identity: isCompared ? 'confirmed' : 'none',
    ...(keys.some(({ state }) => state === 'waiting') ? { keyChanged: true } : {}),
  };
}

const isEncrypted = { strong: true, weak: true, none: false };
const isOverTls = { modern: true, dated: true, old: true, none: false };
const isUntracked = { clean: true, tracked: false };

function shareFacts(counted: readonly Exchanged[]): Facts {
  const theirs = counted.filter(({ author }) => author !== null);
  return {
    ...share('encryptedShare', counted, ({ encryption }) => of(isEncrypted, encryption)),
    ...share('tlsShare', counted, ({ lastHop }) => of(isOverTls, lastHop)),
    ...share('untrackedShare', theirs, ({ tracking }) => of(isUntracked, tracking)),
  };
}

function of(words: Readonly<Record<string, boolean>>, value: unknown): boolean | null {
  return typeof value === 'string' && Object.hasOwn(words, value) ? (words[value] ?? null) : null;
}

/** The share among the messages of which it is known; no fact when it is known of none. */
function share(id: string, counted: readonly Exchanged[], read: (facts: Facts) => boolean | null): Facts {
  const known = counted.map(({ facts }) => read(facts)).filter(answer => answer !== null);
  return known.length > 0 ? { [id]: known.filter(Boolean).length / known.length } : {};
}

/** Lowest first: with several domains the weakest rule counts. */
const policyRanks = ['none', 'monitoring', 'enforced'] as const;

/** The rule of the contact's domains, each as its last message showed it. */
function policyWord(counted: readonly Exchanged[]): (typeof policyRanks)[number] | null {
  const byDomain = new Map<string, (typeof policyRanks)[number]>();
  for (const { author, email } of counted) {
    const dmarc = email.findings.authentication?.dmarc;
    const domain = author === null ? null : domainOf(author);
    if (!dmarc || domain === null || dmarc.domain !== domain || byDomain.has(domain)) continue;
    if (dmarc.policy !== null) byDomain.set(domain, dmarc.policy === 'none' ? 'monitoring' : 'enforced');
    else if (dmarc.result === 'none') byDomain.set(domain, 'none');
  }
  const words = [...byDomain.values()];
  return policyRanks.find(word => words.includes(word)) ?? null;
}

function historyWord(
  counted: readonly Exchanged[],
  { emails }: ContactEvidence,
): 'both' | 'some' | 'none' | null {
  const isBothWays =
    counted.some(({ author }) => author === null) && counted.some(({ author }) => author !== null);
  if (isBothWays && counted.length >= longHistory) return 'both';
  if (counted.length > 0) return 'some';
  // There was mail, but nothing shows that the contact wrote it.
  return emails.length > 0 ? null : 'none';
}
