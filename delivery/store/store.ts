import type { AuthenticationFindings } from '../authenticate/findings.ts';
import type { DecryptFindings } from '../crypto/findings.ts';
import type { Session } from '../delivery.ts';
import type { ImportanceFindings } from '../importance/findings.ts';
import type { Mailbox } from '../message/shape.ts';
import type { Facts, KeptIndex, Level, PrivacyIndex } from '../privacy/shape.ts';
import type { ReputationFindings } from '../reputation/findings.ts';
import type { ScoreFindings } from '../spam/findings.ts';
import type { TagFindings, TagRule } from '../tags/findings.ts';
import type { EmailFilter, EmailSort } from './query.ts';

/**
 * The store, in the words of the domain. Every back-end passes `test/suites/store.ts`.
 *
 * Every method may throw `DeliveryError`: `storeUnavailable` when the back-end can't be reached or a file is
 * damaged, `storeFull` when there is no room, and the codes named at the method. Ids are opaque strings of
 * `[A-Za-z0-9_-]`, at most 64 long, starting with a letter. Pages are bounded: `limit` is at most 500 and a
 * `next` cursor continues where a page ended. No method reads a whole mailbox; no transaction spans accounts.
 */
export interface Store
  extends Directory,
    Keys,
    AccountStates,
    Senders,
    PublishedKeys,
    Zones,
    Mail,
    Blobs,
    News {
  /** A named document of the instance, such as the shared classifier; null when there is none. At most 64 MiB. */
  getInstanceState(name: string): Promise<{ readonly octets: Uint8Array; readonly version: number } | null>;
  /** The version of such a document alone, which costs little whatever its size; null when there is none. */
  getInstanceStateVersion(name: string): Promise<number | null>;
  /**
   * Puts it where the version is still `ifVersion` (null: where there is none; left out: whatever it is), and gives the
   * new version: versions grow with each put. Throws `badRequest`, with field `versionMismatch` where it is another.
   */
  putInstanceState(name: string, octets: Uint8Array, ifVersion?: number | null): Promise<number>;
  /** Faults found by walking the store, worst first within each account; ends when all is checked. */
  verify(options?: { accountId?: string }): AsyncIterable<StoreFault>;
  /**
   * Makes anew, while others write, whatever follows from the truth (counts, lists, links, search), and gives the faults
   * that were mended. Loses nothing, and may run twice at once. What it can't mend `verify` names behind it.
   */
  rebuild(options?: { accountId?: string }): AsyncIterable<StoreFault>;
  /** Opens what can be opened and answers a small read and a small flushed write; throws when it can't. */
  check(): Promise<void>;
  /** Flushes what is queued, then closes every handle and thread. */
  close(): Promise<void>;
}

export interface Page<T> {
  readonly items: T[];
  /** Continues behind the last item; null at the end. */
  readonly next: string | null;
}

export interface PageRequest {
  readonly after?: string | null;
  readonly limit?: number;
}

export interface StoreFault {
  readonly accountId: string | null;
  readonly kind: string;
  readonly detail: string;
}

/* ---- Directory: tenants, roles, domains, addresses, accounts, credentials, audit ---- */

export const roles = ['operator', 'reseller', 'domainAdmin', 'owner'] as const;
export type Role = (typeof roles)[number];

export const custodies = ['none', 'server', 'client'] as const;
export type Custody = (typeof custodies)[number];

export interface Tenant {
  readonly id: string;
  readonly name: string;
  /** Reseller above it; null for a top tenant. */
  readonly parentId: string | null;
  readonly maxAccounts: number | null;
}

export interface Domain {
  readonly name: string;
  readonly tenantId: string;
  /** Account that takes mail for unknown local parts, null for none. */
  readonly catchAllAccountId: string | null;
  readonly createdAt: Date;
}

export interface Account {
  readonly id: string;
  readonly tenantId: string;
  /** Primary address, lower-case domain, local part as registered. */
  readonly address: string;
  readonly displayName: string | null;
  readonly custody: Custody;
  /** Octets of mail the account may hold; null for no limit. */
  readonly quotaOctets: number | null;
  readonly state: 'open' | 'closed';
  /** 32 octets: key of every hash of this account's content (delivery keys, blob ids, threads, discussions). */
  readonly hashKey: Uint8Array;
  readonly createdAt: Date;
}

export interface NewAccount {
  readonly address: string;
  readonly displayName?: string | null;
  readonly custody?: Custody;
  readonly quotaOctets?: number | null;
  /** Encoded argon2id hash (PHC string), null for none. */
  readonly passwordHash?: string | null;
  readonly aliases?: readonly string[];
}

/** An account with its addresses: primary and aliases. */
export interface Owner {
  readonly account: Account;
  readonly addresses: readonly string[];
}

/** What is asked about an owner. */
export interface OwnerQuestion {
  readonly addresses: readonly string[];
  readonly discussionKey: string;
  /** Name of a state: an account that has it is asked for its tags, too. */
  readonly tagsWithState?: string;
}

/** What judging a message for its owner needs besides the message. */
export interface OwnerContext {
  readonly rules: readonly TagRule[];
  /** Contacts that have one of the asked addresses. */
  readonly contacts: readonly Contact[];
  /** Keys of the asked addresses, and the account's own (`source: own`). */
  readonly publicKeys: readonly PublicKey[];
  readonly privateKeys: readonly PrivateKey[];
  /** As `discussionHabit`. */
  readonly habit: number | null;
  readonly settings: Record<string, unknown>;
  /** Versions of the account's states by their names: what is kept of one elsewhere is the stored one while they agree. */
  readonly stateVersions: Readonly<Record<string, number>>;
  /** All tags, where the account has the state that was asked for and they could be read; else null. */
  readonly tags: readonly TagName[] | null;
}

/** What a forward-path leads to. */
export interface Resolution {
  readonly accountId: string;
  readonly via: 'exact' | 'detail' | 'catchAll';
  /** The `+detail` of plus-addressing, null when there is none. */
  readonly detail: string | null;
}

/** What a door asks about a forward-path at RCPT. */
export interface Receiver {
  readonly accountId: string;
  /** The account's primary address. */
  readonly address: string;
  readonly custody: Account['custody'];
  /** As `cannotReceive`. */
  readonly refusal: 'overQuota' | 'recipientUnavailable' | null;
}

export interface AddressRow {
  readonly address: string;
  readonly accountId: string;
  readonly kind: 'primary' | 'alias';
}

export interface Credentials {
  readonly accountId: string;
  readonly passwordHash: string | null;
  readonly secondFactor: boolean;
}

/** An app password, bearer token or web session: 128 random bits or more, kept as a hash. */
export interface Secret {
  readonly id: string;
  readonly accountId: string;
  readonly kind: 'appPassword' | 'bearer' | 'session' | 'ticket';
  readonly label: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** For sessions and tickets: JSON of the door's own. */
  readonly data: unknown;
}

export interface AuditEntry {
  readonly at: Date;
  /** Who looked or changed: an account address, `operator`, or the name of a process of ours. */
  readonly actor: string;
  /** Fixed word: `mailOpened`, `keyImported`, `passwordChanged`, `signIn`, … */
  readonly action: string;
  readonly detail: Record<string, unknown>;
}

/** One item of a bulk job; `outcome` tells what was done, `exists` when it was there already. */
export interface BulkResult {
  readonly name: string;
  readonly outcome: 'created' | 'exists' | 'failed';
  readonly code?: string;
  readonly id?: string;
}

export interface Directory {
  addTenant(tenant: { name: string; parentId?: string | null; maxAccounts?: number | null }): Promise<Tenant>;
  getTenant(id: string): Promise<Tenant | null>;
  listTenants(page?: PageRequest): Promise<Page<Tenant>>;
  /** `scope` is a tenant id, a domain name or an account id, or `*` for the instance. */
  grantRole(accountId: string, role: Role, scope: string): Promise<void>;
  revokeRole(accountId: string, role: Role, scope: string): Promise<void>;
  listRoles(accountId: string): Promise<{ role: Role; scope: string }[]>;

  /** Claims the name; throws `alreadyExists`, `badAddress`. Names are lower-cased A-labels. */
  addDomain(name: string, options?: { tenantId?: string }): Promise<Domain>;
  getDomain(name: string): Promise<Domain | null>;
  listDomains(page?: PageRequest): Promise<Page<Domain>>;
  setCatchAll(name: string, accountId: string | null): Promise<void>;
  /** Throws `badRequest` while addresses are left in it. */
  removeDomain(name: string): Promise<void>;

  /** Claims the address; throws `alreadyExists`, `notFound` (no such domain), `badAddress`. Makes the system tags. */
  addAccount(account: NewAccount): Promise<Account>;
  getAccount(id: string): Promise<Account | null>;
  getAccountByAddress(address: string): Promise<Account | null>;
  updateAccount(
    id: string,
    change: Partial<Pick<Account, 'displayName' | 'custody' | 'quotaOctets' | 'state'>>,
  ): Promise<Account>;
  listAccounts(page?: PageRequest & { domain?: string }): Promise<Page<Account>>;
  /** Erases the account: mail, keys, settings, search, credentials, addresses. */
  removeAccount(id: string): Promise<void>;
  /** Idempotent: names that exist answer `exists`. At most 500 items a call; a job goes on from the last answer. */
  addDomains(names: readonly string[], options?: { tenantId?: string }): Promise<BulkResult[]>;
  addAccounts(accounts: readonly NewAccount[]): Promise<BulkResult[]>;

  addAlias(address: string, accountId: string): Promise<void>;
  removeAlias(address: string): Promise<void>;
  listAddresses(accountId: string): Promise<AddressRow[]>;
  /**
   * Where a forward-path leads: exact address, else the address without `+detail`, else the domain's catch-all.
   * The domain compares case-insensitively (IDNA A-labels), the local part too. Null: no such mailbox here.
   */
  resolveAddress(address: string): Promise<Resolution | null>;
  /** Whether the domain is served here. */
  isLocalDomain(name: string): Promise<boolean>;
  /** Asked at RCPT: what would stop a delivery of this size to this account now; null when nothing would. */
  cannotReceive(accountId: string, sizeOctets: number): Promise<'overQuota' | 'recipientUnavailable' | null>;

  /** `resolveAddress`, `getAccount` and `cannotReceive` in one call: asked once for each RCPT. */
  findReceiver(address: string, sizeOctets: number): Promise<Receiver | null>;

  /** The account and all its addresses, in one call: asked once for each delivery. */
  getOwner(accountId: string): Promise<Owner | null>;

  getCredentials(accountId: string): Promise<Credentials | null>;
  /**
   * Sets the password and, in the same transaction, takes back what the old one may have opened to others: sessions
   * and tickets, and with `keepTokens` false, which is the default, app passwords and bearer tokens.
   */
  setPasswordHash(
    accountId: string,
    passwordHash: string | null,
    options?: { keepTokens?: boolean },
  ): Promise<void>;
  addSecret(secret: {
    accountId: string;
    kind: Secret['kind'];
    /** 32 octets: HMAC or SHA-256 of the secret, made by the caller. */
    hash: Uint8Array;
    label?: string | null;
    expiresAt?: Date | null;
    data?: unknown;
  }): Promise<Secret>;
  /** The live secret with this hash; expired ones are never found. */
  findSecret(kind: Secret['kind'], hash: Uint8Array): Promise<Secret | null>;
  /** Finds and removes in one step, so that a ticket is used once. */
  takeSecret(kind: Secret['kind'], hash: Uint8Array): Promise<Secret | null>;
  /** Notes the last use, to the minute. */
  touchSecret(accountId: string, id: string, at: Date): Promise<void>;
  listSecrets(accountId: string, kind: Secret['kind']): Promise<Secret[]>;
  removeSecret(accountId: string, id: string): Promise<void>;

  appendAudit(accountId: string, entry: AuditEntry): Promise<void>;
  /** Newest first. */
  listAudit(accountId: string, page?: PageRequest): Promise<Page<AuditEntry>>;
}

/* ---- Keys and contacts ---- */

export interface PrivateKey {
  readonly fingerprint: string;
  readonly custody: 'server' | 'client';
  /** `server`: the secret key wrapped by the instance key. `client`: a passphrase-locked backup, or empty. */
  readonly wrapped: Uint8Array;
  readonly createdAt: Date;
}

export interface PublicKey {
  /** Lower-case address the key is for. */
  readonly address: string;
  /** Lower-case hex. */
  readonly fingerprint: string;
  /** Binary transferable public key (RFC 9580 §10.1). */
  readonly octets: Uint8Array;
  /** How it came: the account's own, confirmed by hand, DNSSEC, WKD, Autocrypt, attached to a message. */
  readonly source: 'own' | 'hand' | 'dnssec' | 'wkd' | 'autocrypt' | 'attached';
  /** `waiting`: appeared beside another key of that address and counts for nothing before the owner's word. */
  readonly state: 'usable' | 'revoked' | 'expired' | 'waiting';
  readonly firstSeenAt: Date;
}

export interface Contact {
  readonly id: string;
  readonly name: string | null;
  /** `protocol:address`, lower-case, e.g. `email:a@example.org`. */
  readonly addresses: readonly string[];
  /** JSCard of RFC 9553 when one was given, else null. */
  readonly card: unknown;
  /** The contact's privacy index and its facts, null before it was computed. */
  readonly index: PrivacyIndex | null;
  readonly facts: Facts | null;
}

export interface Keys {
  putPrivateKey(accountId: string, key: PrivateKey): Promise<void>;
  listPrivateKeys(accountId: string): Promise<PrivateKey[]>;
  removePrivateKey(accountId: string, fingerprint: string): Promise<void>;
  /** Keys an account knows: its own and others'. Same address and fingerprint replaces. */
  putPublicKey(accountId: string, key: PublicKey): Promise<void>;
  listPublicKeys(accountId: string, addresses?: readonly string[]): Promise<PublicKey[]>;
  removePublicKey(accountId: string, address: string, fingerprint: string): Promise<void>;

  /** Without an id: makes one. */
  putContact(accountId: string, contact: Omit<Contact, 'id'> & { id?: string }): Promise<Contact>;
  /** Index and facts alone, so that no edit made meanwhile is lost. Nothing happens when there is no such contact. */
  putContactIndex(accountId: string, id: string, computed: Pick<Contact, 'index' | 'facts'>): Promise<void>;
  getContact(accountId: string, id: string): Promise<Contact | null>;
  listContacts(accountId: string, page?: PageRequest): Promise<Page<Contact>>;
  findContacts(accountId: string, addresses: readonly string[]): Promise<Contact[]>;
  removeContact(accountId: string, id: string): Promise<void>;

  /** One call for what each delivery asks; `addresses` are the other participants', lower-case, at most 500. */
  getOwnerContext(accountId: string, asked: OwnerQuestion): Promise<OwnerContext>;

  /** A settings document: validated by its reader. */
  getSettings(accountId: string): Promise<Record<string, unknown>>;
  /**
   * With `ifUnchanged` only where what is stored still says the same as it, else throws `badRequest` with field
   * `versionMismatch`: whoever changes a part of what was read loses nothing of what others changed meanwhile. It may
   * be thrown, too, where another came right behind: the change has to bear being made again.
   */
  putSettings(
    accountId: string,
    settings: Record<string, unknown>,
    ifUnchanged?: Record<string, unknown>,
  ): Promise<void>;
  listTagRules(accountId: string): Promise<TagRule[]>;
  /** `ifUnchanged` as with `putSettings`. */
  putTagRules(accountId: string, rules: readonly TagRule[], ifUnchanged?: readonly TagRule[]): Promise<void>;
}

/* ---- States of an account ---- */

/** A small document of an account's own, with a version: what its classifier has learned, its Sieve scripts. */
export interface AccountState {
  /** At most 1 MiB. */
  readonly octets: Uint8Array;
  /** Grows with each put, also over a removal; means nothing else. */
  readonly version: number;
}

/** Names are `[a-z][A-Za-z0-9:_-]{0,63}`. With the account its states go. `OwnerContext.stateVersions` tells the versions. */
export interface AccountStates {
  /** Null when there is none. Throws `notFound` (no such account). */
  getAccountState(accountId: string, name: string): Promise<AccountState | null>;
  /**
   * Puts it where the version is still `ifVersion` (null: where there is none), or removes it (octets null); gives the
   * new version, which no later one of this name is below. Throws `badRequest` with field `versionMismatch` where the
   * version is another, `badInput` (too big, no such name), `notFound` (no such account).
   */
  putAccountState(
    accountId: string,
    name: string,
    octets: Uint8Array | null,
    ifVersion: number | null,
  ): Promise<number>;
}

/* ---- Senders: what the instance knows of who writes to it ---- */

/** What was counted of one key of a sender: of an address, a domain, a network, as the caller names them. */
export interface SenderCounts {
  readonly key: string;
  /** Each day's counts lose half of their weight in 30 days, and are forgotten after a year. */
  readonly wanted: number;
  readonly unwanted: number;
  /** Of what is not forgotten. */
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Keys have 1 to 255 characters; at most 50 in one call, else `badInput`. They are the instance's, and go with time alone. */
export interface Senders {
  /** Of each key that is known, in any order, as it weighs at that instant. */
  getSenderCounts(keys: readonly string[], at: Date): Promise<SenderCounts[]>;
  /**
   * Adds whole numbers, negative ones to take back; of several processes at once none is lost. It need not be flushed
   * when this resolves: a crash may lose the last ones.
   */
  addSenderCounts(
    changes: readonly { readonly key: string; readonly wanted: number; readonly unwanted: number }[],
    at: Date,
  ): Promise<void>;
  /**
   * Notes that the key is seen, and gives its first sight and the last one before this, null when this is the first.
   * All is forgotten when the key was not seen for `keepSeconds`. It need not be flushed, either.
   */
  noteSight(
    key: string,
    at: Date,
    keepSeconds: number,
  ): Promise<{ readonly firstSeenAt: Date; readonly lastSeenAt: Date | null }>;
}

/* ---- Published keys and zones ---- */

export const publishedKinds = ['openpgp', 'smime'] as const;
export type PublishedKind = (typeof publishedKinds)[number];

/** A key that the whole world may look up by an address, in DNS (RFC 7929, RFC 8162) and by WKD. */
export interface PublishedKey {
  /** Lower-case A-labels. */
  readonly domain: string;
  /** Without quotes, letters as given: as the address is registered. It compares case-insensitively. */
  readonly localPart: string;
  readonly kind: PublishedKind;
  readonly accountId: string;
  /** Lower-case hex; empty for `smime`. */
  readonly fingerprint: string;
  /** `openpgp`: the minimal certificate, binary (RFC 9580 §10.1). `smime`: the RDATA of SMIMEA. 1 to 60,000 octets. */
  readonly octets: Uint8Array;
  readonly state: 'usable' | 'revoked';
  readonly publishedAt: Date;
}

/**
 * One key for each address and kind. With its address (an alias that is removed, an account that is) a key goes, too,
 * and that is told as any change (`Zones.getZoneChanges`). Closing an account leaves its keys.
 */
export interface PublishedKeys {
  /**
   * Replaces what the address had of this kind. Throws `notFound` when the address is not one of the account's own,
   * primary or alias (an address with `+detail` or of a catch-all never is, unless registered so), `badInput` when the
   * octets are none or too many.
   */
  publishKey(key: PublishedKey): Promise<void>;
  /** Whether there was one. */
  unpublishKey(address: string, kind: PublishedKind): Promise<boolean>;
  /** Null for none, and for what is no address. */
  getPublishedKey(address: string, kind: PublishedKind): Promise<PublishedKey | null>;
  /** In no order that means anything. A page may hold fewer than asked for, `next` alone tells the end. */
  listPublishedKeys(
    page?: PageRequest & { readonly domain?: string; readonly accountId?: string },
  ): Promise<Page<PublishedKey>>;
}

/** What is known of a domain's zones by whoever serves them: JSON, at most 256 KiB, that the store does not look into. */
export interface StoredZone {
  /** Lower-case A-labels. */
  readonly name: string;
  readonly document: unknown;
  /** Grows with each put; means nothing else. */
  readonly version: number;
}

/** What to read again. */
export interface ZoneChange {
  readonly domain: string;
  /** Whose keys were published, replaced or taken back; null: the domain came or went, or its zone's document did. */
  readonly localPart: string | null;
}

export interface ZoneChanges {
  /** As many as `limit`: there may be more. */
  readonly changes: readonly ZoneChange[];
  /** Continues behind them. */
  readonly next: string;
  /** False: from `since` to now not all is known; `next` begins now, so that whoever reads everything anew misses nothing. */
  readonly isWhole: boolean;
}

export interface Zones {
  getZone(name: string): Promise<StoredZone | null>;
  /**
   * Puts the document where the version is still `ifVersion` (null: where there is none); throws `badRequest` with field
   * `versionMismatch` where it is not, `badInput` for a document too big, `badAddress`. The domain need not be served:
   * a zone stays until it is removed, so that whoever serves it can end it in order.
   */
  putZone(name: string, document: unknown, ifVersion: number | null): Promise<StoredZone>;
  /** As `listPublishedKeys`. */
  listZones(page?: PageRequest): Promise<Page<StoredZone>>;
  /** Whether there was one. */
  removeZone(name: string): Promise<boolean>;
  /**
   * A serial (RFC 1982, 32 bits) that was never given for this name before, in any process: the time in seconds at
   * first, then each time one more, also when the zone was removed in between.
   */
  claimZoneSerial(name: string): Promise<number>;
  /**
   * What changed behind the cursor of an earlier answer, seen by every process within a second. Null, a cursor older
   * than an hour or one of another store: `isWhole` is false and nothing is told. Tells twice rather than never. What is
   * told is there when it is read.
   */
  getZoneChanges(since: string | null, limit: number): Promise<ZoneChanges>;
}

/* ---- Mail ---- */

export const tagRoles = ['inbox', 'archive', 'drafts', 'sent', 'junk', 'trash'] as const;
export type TagRole = (typeof tagRoles)[number];

/** A tag is a JMAP Mailbox (RFC 8621 §2). Counts are kept, never counted. */
export interface Tag {
  readonly id: string;
  readonly name: string;
  readonly role: TagRole | null;
  readonly parentId: string | null;
  readonly sortOrder: number;
  readonly colour: string | null;
  readonly isSubscribed: boolean;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  readonly totalThreads: number;
  readonly unreadThreads: number;
}

/** A tag as far as names and places go, without counts. */
export type TagName = Pick<Tag, 'id' | 'name' | 'role' | 'parentId'>;

/** What a list or Email/get needs without reading the octets. Null subject and preview when sealed. */
export interface Summary {
  readonly originators: { from: readonly Mailbox[]; sender: readonly Mailbox[]; replyTo: readonly Mailbox[] };
  readonly destinations: { to: readonly Mailbox[]; cc: readonly Mailbox[]; bcc: readonly Mailbox[] };
  readonly subject: string | null;
  readonly messageId: string | null;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  readonly sentAt: Date | null;
  readonly listId: string | null;
  /** At most 256 characters. */
  readonly preview: string | null;
  readonly hasAttachment: boolean;
}

/** Evidence and results, kept so that every index and score can be recomputed without the octets. */
export interface Findings {
  readonly session: Session | null;
  readonly reversePath: string | null;
  /** Length of our own trace fields in front of the peer's octets; 0 where there are none, or when sealed. */
  readonly traceOctets: number;
  /** As `Arrival.trustedHops`: leading trace fields of servers we trust. */
  readonly trustedHops: number;
  readonly authentication: AuthenticationFindings | null;
  /** Left out in emails of older versions, and beside sealed ones. */
  readonly reputation?: ReputationFindings;
  readonly decrypt: DecryptFindings | null;
  readonly score: ScoreFindings | null;
  readonly tags: TagFindings | null;
  /** Left out by processes of version 0.1: the score's three words then stand for it. */
  readonly importance?: ImportanceFindings;
  readonly facts: Facts;
  /** Stages that failed; `store reprocess` tries them again. */
  readonly failed: readonly string[];
}

/** Words for the search file, already tokenised by `delivery/search/terms.ts`: words separated by spaces. */
export interface SearchText {
  readonly subject: string;
  readonly body: string;
  /** Names and addresses. */
  readonly originators: string;
  readonly destinations: string;
  readonly attachments: string;
}

export interface NewEmail {
  /** HMAC-SHA-256 with the account's hash key over the peer's octets (DESIGN.md, promise 2). Null: never a duplicate. */
  readonly deliveryKey: Uint8Array | null;
  /** How long the key holds: over a day (35 days) after the last sight, else (one hour) after the first. */
  readonly deliveryKeySeconds: number;
  readonly receivedAt: Date;
  /** What is stored: our trace fields and the peer's octets, or the sealed PGP/MIME. */
  readonly octets: Uint8Array;
  /** True: the caller never looks at `octets` again, so that the store may take their memory instead of copying it. */
  readonly isGivenAway?: boolean;
  readonly sealed: boolean;
  readonly summary: Summary;
  /**
   * Candidates for the thread: message identifiers as `threadOf` of `delivery/discussions` orders them
   * (DESIGN.md, "threadId"). The store keeps only their hashes, keyed by the account.
   */
  readonly thread: {
    readonly references: readonly string[];
    readonly inReplyTo: string | null;
    readonly messageId: string | null;
  };
  readonly discussion: { readonly key: string; readonly participants: readonly string[] };
  /** By role or by id. Unknown ids are dropped; with none left the email goes to the inbox. */
  readonly tags: readonly ({ role: TagRole } | { id: string })[];
  readonly keywords: readonly string[];
  readonly findings: Findings;
  readonly index: KeptIndex | null;
  /** Null: not searchable (sealed). */
  readonly searchText: SearchText | null;
  /** As `Mail.getLearned` gives it. */
  readonly learned?: Uint8Array | null;
  /** Uploads by their blob ids that are not needed any more: they go with the same flush, also with a duplicate. */
  readonly takesOver?: readonly string[];
}

/** A stored email without its octets. */
export interface Email {
  readonly id: string;
  readonly blobId: string;
  readonly threadId: string;
  readonly discussionKey: string;
  readonly receivedAt: Date;
  readonly sizeOctets: number;
  readonly sealed: boolean;
  readonly summary: Summary;
  readonly tagIds: readonly string[];
  readonly keywords: readonly string[];
  readonly findings: Findings;
  readonly index: KeptIndex | null;
}

/** A light row of a list. */
export interface EmailRow {
  readonly id: string;
  readonly threadId: string;
  readonly receivedAt: Date;
}

export interface EmailQuery {
  readonly filter: EmailFilter | null;
  /** First key decides; a back-end may support `receivedAt` only and throws `badRequest` with field `unsupportedSort`. */
  readonly sort: readonly EmailSort[];
  /** Continue behind this row (a cursor of an earlier page with the same query). */
  readonly after?: string | null;
  /** Or begin behind this email id; throws `notFound` when it isn't among the results. */
  readonly anchor?: string | null;
  /** Rows to skip from there (bounded by the back-end with counts per bucket, never by OFFSET); negative with an anchor goes back. */
  readonly skip?: number;
  readonly limit: number;
  readonly collapseThreads?: boolean;
  /** Ask for the number of all results; plain tag filters answer from kept counts. */
  readonly calculateTotal?: boolean;
}

export interface EmailQueryResult {
  readonly rows: EmailRow[];
  /** 0-based index of the first row in all results; null when the back-end doesn't know it. */
  readonly position: number | null;
  readonly total: number | null;
  readonly next: string | null;
  /** True while a search index is built that took too long to wait for: the oldest emails are missing. */
  readonly behind: boolean;
  /** True when a prefix search was cut to its first words, or what is asked is hidden in sealed mail, or `behind`. */
  readonly incomplete: boolean;
}

export interface EmailChange {
  readonly emailId: string;
  /** Tag ids to set or clear; `replace` first empties the set. */
  readonly tags?: {
    readonly replace?: boolean;
    readonly add?: readonly string[];
    readonly remove?: readonly string[];
  };
  readonly keywords?: {
    readonly replace?: boolean;
    readonly add?: readonly string[];
    readonly remove?: readonly string[];
  };
  /** New facts and index after an event on the message itself. */
  readonly index?: { readonly facts: Facts; readonly index: KeptIndex };
  /** New findings after reprocessing, with the search text when it became readable. */
  readonly findings?: Findings;
  /**
   * The findings that the new ones were made of. Where another has written into them since, nothing of the change is
   * made, and its outcome is `disturbed` (`changeUndisturbed`).
   */
  readonly ifFindings?: Findings;
  readonly searchText?: SearchText | null;
  /** Null removes it. It makes no change of the email's state. */
  readonly learned?: Uint8Array | null;
}

export type ChangeOutcome =
  | { readonly emailId: string; readonly status: 'done' }
  | { readonly emailId: string; readonly status: 'notFound' | 'noSuchTag' | 'noTagLeft' | 'disturbed' };

export const changeTypes = [
  'Email',
  'Mailbox',
  'Thread',
  'EmailDelivery',
  'ContactCard',
  'Settings',
] as const;
export type ChangeType = (typeof changeTypes)[number];

export interface Changes {
  readonly created: string[];
  readonly updated: string[];
  readonly destroyed: string[];
  readonly oldState: string;
  readonly newState: string;
  readonly hasMore: boolean;
  /** Mailbox only: true when nothing but counts changed. */
  readonly onlyCounts?: boolean;
}

export interface Discussion {
  readonly key: string;
  /** `protocol:address` or `list:list-id`, sorted. */
  readonly participants: readonly string[];
  readonly lastEmailId: string;
  readonly lastReceivedAt: Date;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  /** Level of the last message, null when it has no index. */
  readonly level: Level | null;
}

/** Which discussions, and from where on: behind a cursor, or from a place in the list. */
export interface DiscussionRequest extends PageRequest {
  /** Only those with a message that has all of these tags, shown by the newest such; else each by its newest message. */
  readonly tagIds?: readonly string[];
  /** Only those with something unread. */
  readonly unreadOnly?: boolean;
  /** Level of the message that shows the discussion. */
  readonly level?: Level;
  /** -10..10: its importance at least. */
  readonly minImportance?: number;
  /** Only those in which one of these takes part (`Discussion.participants`), at most 500. */
  readonly participants?: readonly string[];
  /** Begin where the message with this id stands, or stood. */
  readonly anchor?: string | null;
  /** Rows to skip from there, or from the beginning; negative goes back. */
  readonly skip?: number;
  readonly calculateTotal?: boolean;
}

export interface DiscussionPage extends Page<Discussion> {
  /** 0-based index of the first item; null behind a cursor. */
  readonly position: number | null;
  /** How many there are; null when it was not asked for, or would have to be counted by reading all mail. */
  readonly total: number | null;
}

export interface Mail {
  /**
   * Stores the email, flushed before it resolves. Same delivery key within its time: `duplicate` and the first id,
   * also when the owner destroyed that email since. Throws `overQuota`, `notFound` (no such account),
   * `recipientUnavailable` (closed), and `sealingImpossible` when the owner's custody is `client` at the write and
   * the email is not sealed.
   */
  deliverEmail(
    accountId: string,
    email: NewEmail,
  ): Promise<{ emailId: string; status: 'stored' | 'duplicate' }>;
  /** Unknown ids are left out of the answer. At most 500 ids. */
  getEmails(accountId: string, ids: readonly string[]): Promise<Email[]>;
  /** The stored octets, null when there is no such email. */
  getOctets(accountId: string, emailId: string): Promise<Uint8Array | null>;
  /**
   * What was learned of the email, so that it can be unlearned: at most 16 KiB that the store does not look into, which
   * come with the email or a change of it (`badInput` where they are more) and go with it. Null when there is nothing.
   */
  getLearned(accountId: string, emailId: string): Promise<Uint8Array | null>;
  queryEmails(accountId: string, query: EmailQuery): Promise<EmailQueryResult>;
  /** All of `changes` or, when `ifInState` differs, none (throws `badRequest` with field `stateMismatch`). */
  changeEmails(
    accountId: string,
    changes: readonly EmailChange[],
    options?: { ifInState?: string },
  ): Promise<ChangeOutcome[]>;
  destroyEmails(
    accountId: string,
    ids: readonly string[],
    options?: { ifInState?: string },
  ): Promise<{ destroyed: string[]; notFound: string[] }>;
  /** Emails of each thread, oldest first; unknown ids are left out. */
  getThreads(accountId: string, ids: readonly string[]): Promise<{ id: string; emailIds: string[] }[]>;

  listTags(accountId: string): Promise<Tag[]>;
  /** Throws `alreadyExists` (same parent and name), `notFound` (no such parent), `badRequest` (a loop, too deep). */
  putTag(
    accountId: string,
    tag: {
      id?: string;
      name?: string;
      parentId?: string | null;
      sortOrder?: number;
      colour?: string | null;
      isSubscribed?: boolean;
      role?: TagRole | null;
    },
  ): Promise<Tag>;
  /** Throws `notFound`; `badRequest` with field `mailboxHasChild`, `mailboxHasEmail`. */
  destroyTag(accountId: string, id: string, options: { destroyEmails: boolean }): Promise<void>;

  getState(accountId: string, type: ChangeType): Promise<string>;
  /** Throws `badRequest` with field `cannotCalculateChanges` for a state too old or unknown. Tells twice rather than never. */
  getChanges(accountId: string, type: ChangeType, since: string, limit: number): Promise<Changes>;

  /** Newest first. */
  listDiscussions(accountId: string, asked: DiscussionRequest): Promise<DiscussionPage>;
  /** Discussions by key, at most 500; unknown keys are left out. */
  getDiscussions(accountId: string, keys: readonly string[]): Promise<Discussion[]>;
  /** The last messages of one discussion, newest first. */
  listDiscussionEmails(accountId: string, key: string, page?: PageRequest): Promise<Page<EmailRow>>;
  /** Share of the last 20 messages of the discussion that were encrypted; null when there is no history. */
  discussionHabit(accountId: string, key: string): Promise<number | null>;

  /** Emails with a failed stage, oldest first. */
  listUnfinished(accountId: string, page?: PageRequest): Promise<Page<EmailRow>>;
  /** Octets of mail held. */
  usedOctets(accountId: string): Promise<number>;
}

/* ---- Blobs ---- */

export interface Blob {
  readonly id: string;
  readonly octets: Uint8Array;
  readonly mediaType: string | null;
}

export interface Blobs {
  /** An upload: kept one day, encrypted, unless an email takes it over. The id is a hash keyed by the account. Throws `overQuota`. */
  putBlob(accountId: string, octets: Uint8Array, mediaType: string): Promise<string>;
  /** An upload, or the octets of an email by its `blobId`; null when there is none of this account's. */
  getBlob(accountId: string, blobId: string): Promise<Blob | null>;
}

/* ---- News ---- */

export interface Change {
  readonly accountId: string;
  readonly types: Partial<Record<ChangeType, string>>;
}

export interface News {
  /** Calls `listener` after a change of the account by any process, within a second. Returns how to stop. */
  watch(accountId: string, listener: (change: Change) => void): () => void;
}
