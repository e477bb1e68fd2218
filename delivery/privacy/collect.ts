import type { AuthenticationFindings } from '../authenticate/findings.ts';
import type { DecryptFindings } from '../crypto/findings.ts';
import type { Session } from '../delivery.ts';
import { domainOf, normalizeAddress } from '../message/address.ts';
import type { Message } from '../message/shape.ts';
import type { Contact } from '../store/store.ts';
import { hopsWord, tlsWord } from './connection.ts';
import { lookThrough, mergeLooks } from './look.ts';
import { type Participants, participantsOf } from './participants.ts';
import type { Facts } from './shape.ts';
import type { Sources } from './table-index.ts';

/** What the earlier stages and the owner's record know about one delivery. */
export interface MessageEvidence {
  readonly session: Session;
  /** What is read: the opened content where there is one, else the message as it came. */
  readonly message: Message;
  /** The message as it came, when `message` is the opened content. Only it says who takes part. */
  readonly outer?: Message;
  /** Null when its stage failed. */
  readonly authentication: AuthenticationFindings | null;
  /** Null when its stage failed. */
  readonly decrypt: DecryptFindings | null;
  /** Phishing or malware verdict. */
  readonly harmful: boolean;
  /** `protocol:address` or `list:list-id` of the discussion, the owner left out. */
  readonly participants: readonly string[];
  /** Addr-specs that lead to the owner, the forward-path of this delivery among them. */
  readonly ownAddresses?: readonly string[];
  /** Those of the owner's contacts that have one of the participants' addresses. */
  readonly contacts: ReadonlyArray<Pick<Contact, 'addresses' | 'index'>>;
  /** Share of the last 20 messages of the discussion that were encrypted, null without history. */
  readonly habit: number | null;
  readonly custody: 'client' | 'server' | 'open';
  readonly storage: 'sealed' | 'clear';
}

type Writable = { -readonly [K in keyof Facts]: Facts[K] };

/**
 * The facts of a message out of verified evidence (PRIVACY-INDEX.md, "Message"). What is not known is left out.
 * Nothing that a sender writes earns points but the few of `earlierHops`: names of contacts count only where the
 * author's address was confirmed.
 */
export function messageFacts(evidence: MessageEvidence): Facts {
  const outer = evidence.outer ?? evidence.message;
  const people = participantsOf(outer, evidence.participants, evidence.ownAddresses ?? []);
  const sender = senderFacts(evidence, people);
  const isAuthorConfirmed = confirmsAuthor(sender.sender, evidence, people);
  return {
    ...protectionFacts(evidence.decrypt),
    ...wayFacts(evidence),
    ...sender,
    ...lookFacts(evidence),
    audience: people.isList ? 'list' : people.others.length,
    ...(evidence.habit !== null && isAuthorConfirmed ? { habit: evidence.habit } : {}),
    ...contactFacts(people, evidence.contacts, isAuthorConfirmed),
    custody: evidence.custody,
    storage: evidence.storage,
    ...(evidence.harmful ? { harmful: true } : {}),
  };
}

/** What `renewedFacts` looks at: the message as it came, and who is known today. */
export type RenewingEvidence = Pick<
  MessageEvidence,
  'session' | 'message' | 'decrypt' | 'participants' | 'ownAddresses' | 'contacts'
>;

/**
 * The facts after an event on the message itself: its signature as `decrypt` has it now, and who takes part by the
 * contacts of today. Everything else stays as of the delivery; so does who takes part, where the stored header does
 * not name the same people (a sealed copy may hide them).
 */
export function renewedFacts(facts: Facts, evidence: RenewingEvidence): Facts {
  const { decrypt } = evidence;
  const signed: Facts = decrypt === null ? facts : { ...facts, signature: decrypt.signature };
  const people = participantsOf(evidence.message, evidence.participants, evidence.ownAddresses ?? []);
  const isSameAudience = people.isList ? facts.audience === 'list' : facts.audience === people.others.length;
  if (people.author === null || !isSameAudience) return signed;
  const { known: _known, weakestContact: _weakest, ...others } = signed;
  const isAuthorConfirmed = confirmsAuthor(facts.sender, evidence, people);
  return { ...others, ...contactFacts(people, evidence.contacts, isAuthorConfirmed) };
}

/** Where the facts of a message came from, where it isn't the table's usual source. */
export function messageSources({ session }: Pick<MessageEvidence, 'session'>): Sources {
  const isRelayed = session.source === 'trace' || session.source === 'xforward';
  return {
    ...(isRelayed ? { lastHop: 'relay' } : {}),
    ...(isInside(session) ? { sender: 'signIn', earlierHops: 'session' } : {}),
  };
}

function protectionFacts(decrypt: DecryptFindings | null): Facts {
  if (decrypt === null) return {};
  const { encryption, signature, noIntegrity, subject } = decrypt;
  const isEncrypted = encryption === 'strong' || encryption === 'weak';
  return {
    encryption,
    signature,
    // Three dots in the subject of an open message hide nothing.
    subject: encryption === 'none' ? 'open' : isEncrypted ? subject : 'unknown',
    ...(noIntegrity ? { noIntegrity } : {}),
  };
}

function wayFacts({ session, authentication }: MessageEvidence): Facts {
  const facts: Writable = {};
  const lastHop = session.source === 'inside' ? 'modern' : tlsWord(session.tls);
  if (lastHop !== null) facts.lastHop = lastHop;
  const earlierHops = isInside(session) ? 'inside' : authentication && hopsWord(authentication.hops);
  if (earlierHops !== null) facts.earlierHops = earlierHops;
  return facts;
}

function senderFacts({ session, authentication }: MessageEvidence, people: Participants): Facts {
  if (isInside(session) && isAuthorInside(session, people)) return { sender: 'inside' };
  if (authentication === null) return {};
  const { spf, dkim, dmarc } = authentication;
  if (dmarc.result === 'pass') return { sender: 'dmarc' };
  if (dmarc.result === 'fail') {
    const isRefused = dmarc.policy === 'quarantine' || dmarc.policy === 'reject';
    return { sender: 'failed', ...(isRefused ? { forged: true } : {}) };
  }
  if (dmarc.result !== 'none') return {};
  const checks = [spf, ...dkim];
  if (checks.some(({ result, aligned }) => result === 'pass' && aligned)) return { sender: 'aligned' };
  return checks.some(({ result }) => result === 'temperror') ? {} : { sender: 'none' };
}

/** Handed over inside this instance, or submitted by a signed-in user. */
function isInside(session: Session): boolean {
  return session.source === 'inside' || session.authenticatedUser !== null;
}

/** The author's domain is that of the signed-in user: anybody can write a foreign address. */
function isAuthorInside({ authenticatedUser }: Session, { author }: Participants): boolean {
  if (authenticatedUser === null) return true;
  return author !== null && domainOf(author) === domainOf(authenticatedUser);
}

function lookFacts({ message, outer, decrypt }: MessageEvidence): Facts {
  const isOpened = decrypt?.opened === true;
  const { tracked, remote, complete } = mergeLooks([
    lookThrough(message),
    // The envelope of an opened message is closed by its nature; what it shows outside still counts.
    ...(outer === undefined || outer === message ? [] : [{ ...lookThrough(outer), complete: true }]),
  ]);
  const isClosed = decrypt !== null && decrypt.encryption !== 'none' && !isOpened;
  const isWhole = complete && !isClosed;
  return {
    tracking: tracked ? 'tracked' : isWhole ? 'clean' : 'unknown',
    remoteContent: remote ? 'present' : isWhole ? 'absent' : 'unknown',
  };
}

/** Whether the one author's address was checked: by its domain, by sign-in, or by a confirmed key of that address. */
function confirmsAuthor(
  sender: unknown,
  { session, decrypt }: Pick<MessageEvidence, 'session' | 'decrypt'>,
  people: Participants,
): boolean {
  const { author } = people;
  if (author === null) return false;
  if (sender === 'dmarc' || sender === 'aligned') return true;
  const { authenticatedUser } = session;
  if (sender === 'inside' && (authenticatedUser === null || isSame(author, authenticatedUser))) return true;
  return decrypt?.signature === 'verified' && isSame(author, decrypt.signer?.address ?? '');
}

function isSame(author: string, address: string): boolean {
  return author === `email:${normalizeAddress(address)}`;
}

/** `known` and `weakestContact`; a list counts as no contact. */
function contactFacts(
  { others, isList, author, isOwn }: Participants,
  contacts: MessageEvidence['contacts'],
  isAuthorConfirmed: boolean,
): Facts {
  if (isList) return { known: 0, weakestContact: 0 };
  if (others.length === 0) return isOwn && isAuthorConfirmed ? { known: 1, weakestContact: 100 } : {};
  const found = others.map(name => contacts.filter(contact => contact.addresses.includes(name)));
  const knownOthers = found.filter(matches => matches.length > 0).length;
  const facts: Writable = {};
  // Who is no contact, or not confirmed, could name your contacts as readers at will.
  const isCredible =
    isAuthorConfirmed && (isOwn || contacts.some(({ addresses }) => addresses.includes(author ?? '')));
  if (knownOthers === 0) facts.known = 0;
  else if (isCredible) facts.known = knownOthers / others.length;
  if (knownOthers < others.length) facts.weakestContact = 0;
  else if (isCredible) {
    const indexes = found.flat().map(contact => contact.index?.value ?? null);
    if (!indexes.includes(null)) facts.weakestContact = Math.min(...indexes.map(Number));
  }
  return facts;
}
