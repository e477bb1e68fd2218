/**
 * Shapes of what travels between the web door (`webmail/api`) and its clients (`webmail/ui` and any JMAP client).
 * Types and plain constants only: both sides may import it.
 */

/** Paths of the web door. Those with a trailing slash take more behind it. */
export const paths = {
  wellKnown: '/.well-known/jmap',
  jmapSession: '/jmap/session',
  jmap: '/jmap',
  /** `/jmap/upload/{accountId}/` */
  upload: '/jmap/upload/',
  /** `/jmap/download/{accountId}/{blobId}/{name}?type={type}` */
  download: '/jmap/download/',
  /** `?types={types}&closeafter={closeafter}&ping={ping}` */
  eventSource: '/jmap/eventsource',
  /** POST signs in, GET tells who is signed in, DELETE signs out. */
  session: '/session',
  /** GET gives the owner's tags and the first page of the inbox as a `JmapResponse`: the page fetches it beside its scripts. */
  firstList: '/first-list',
  /** GET lists the web sessions of the account, DELETE `/sessions/{id}` revokes one, DELETE all but the one that asks. */
  sessions: '/sessions',
  /** POST `NewToken` makes an app password or a bearer token, GET lists them, DELETE `/tokens/{id}` revokes one. */
  tokens: '/tokens',
  /** GET tells what runs here: `About`. */
  about: '/about',
  /** POST gives a single-use ticket of 60 s for requests that can't carry headers: append `?ticket=`. */
  tickets: '/tickets',
  /** `?ticket=`: an empty document whose policy allows neither scripts nor remote content; the page writes the body into it. */
  frame: '/frame/',
  /** `?ticket=`: the same, which may also show pictures of this server's. */
  pictureFrame: '/frame/pictures/',
  /** A remote picture that the server fetches: what follows is given by `Picture/sign`. */
  pictures: '/pictures/',
} as const;

/**
 * Every request other than GET that relies on the session cookie carries this header field (any value) and an
 * Origin of our own; other sites can't send it without asking first.
 */
export const csrfHeader = 'X-Caliopen';

/** Capability URNs of the Session object that are ours. `webmail/README.md` documents them. */
export const capabilities = {
  core: 'urn:ietf:params:jmap:core',
  mail: 'urn:ietf:params:jmap:mail',
  contacts: 'urn:ietf:params:jmap:contacts',
  sieve: 'urn:ietf:params:jmap:sieve',
  privacy: 'urn:caliopen:params:jmap:privacy',
  discussion: 'urn:caliopen:params:jmap:discussion',
  tagRules: 'urn:caliopen:params:jmap:tagrules',
  audit: 'urn:caliopen:params:jmap:audit',
  keys: 'urn:caliopen:params:jmap:keys',
  pictures: 'urn:caliopen:params:jmap:pictures',
  views: 'urn:caliopen:params:jmap:views',
  preferences: 'urn:caliopen:params:jmap:preferences',
} as const;

/* ---- Signing in ---- */

/** Body of POST /session. */
export interface SignIn {
  readonly address: string;
  readonly password: string;
}

/** Answer of POST and GET /session (200); 401 when nobody is signed in, 429 with Retry-After when throttled. */
export interface SignedIn {
  readonly accountId: string;
  readonly address: string;
  readonly displayName: string | null;
  /** Who holds the account's private key. */
  readonly custody: 'none' | 'server' | 'client';
  /** ISO 8601, when the session ends if it isn't used. */
  readonly expiresAt: string | null;
  readonly preferences: AccountPreferences;
}

/** One web session in the answer of GET /sessions: `{ "sessions": [...] }`. */
export interface WebSession {
  readonly id: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  /** First 200 characters of the browser's User-Agent at sign-in, null when it sent none. */
  readonly userAgent: string | null;
  /** First three numbers of the IPv4 address at sign-in, or of the IPv6 address; null where it wasn't noted. */
  readonly network: string | null;
  /** True for the session that asks. */
  readonly isCurrent: boolean;
}

/** Body of POST /tokens. Answer: `{ "id", "secret" }`; the secret is told this once. */
export interface NewToken {
  readonly kind: 'appPassword' | 'bearer';
  readonly label: string;
}

/** One row of GET /tokens: `{ "tokens": [...] }`. */
export interface Token {
  readonly id: string;
  readonly kind: 'appPassword' | 'bearer';
  readonly label: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** What a ticket is good for: it opens nothing else. */
export const ticketPurposes = ['eventSource', 'download', 'frame'] as const;
export type TicketPurpose = (typeof ticketPurposes)[number];

/** A ticket made by a web session opens nothing without the cookie of that session. */
export interface Ticket {
  /** The first of `tickets`. */
  readonly ticket: string;
  readonly tickets: readonly string[];
  readonly expiresAt: string;
}

/** What runs here, in the answer of GET /about. */
export interface About {
  readonly version: string;
  /** Of a checkout; a built package knows none. */
  readonly commit: string | null;
  /** SPDX expression. */
  readonly licence: string;
  /** Where the source of this server is had; null when nobody has said so. */
  readonly sourceUrl: string | null;
  /** Version of Node. */
  readonly node: string;
  /** Whose code is inside the webmail. */
  readonly packages: readonly UsedPackage[];
  readonly bundle: BundleFigures;
}

export interface UsedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package gives it. */
  readonly licence: string;
}

/** Sizes of the webmail's files, in octets. */
export interface BundleFigures {
  readonly files: readonly {
    readonly name: string;
    readonly kind: 'script' | 'style';
    readonly octets: number;
    readonly gzip: number;
    readonly brotli: number;
    /** Fetched before the first list is shown. */
    readonly isAtStart: boolean;
  }[];
  /** The page and those files. */
  readonly requestsAtStart: number;
}

/** Problem details (RFC 9457) of every answer that is not a success. */
export interface Problem {
  readonly type: string;
  readonly status: number;
  readonly title?: string;
  readonly detail?: string;
  /** RFC 8620 §3.6.1, with `type` `urn:ietf:params:jmap:error:limit`. */
  readonly limit?: string;
}

/* ---- JMAP (RFC 8620) ---- */

/** A method call or response: name, arguments, call id. */
export type Invocation = readonly [name: string, args: Readonly<Record<string, unknown>>, callId: string];

export interface JmapRequest {
  readonly using: readonly string[];
  readonly methodCalls: readonly Invocation[];
  readonly createdIds?: Readonly<Record<string, string>>;
}

export interface JmapResponse {
  readonly methodResponses: readonly Invocation[];
  readonly sessionState: string;
  readonly createdIds?: Readonly<Record<string, string>>;
}

/** Argument of a method that takes its value from an earlier response (RFC 8620 §3.7): written as `"#name"`. */
export interface ResultReference {
  readonly resultOf: string;
  readonly name: string;
  readonly path: string;
}

/** Session object (RFC 8620 §2). */
export interface JmapSession {
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly accounts: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly isPersonal: boolean;
        readonly isReadOnly: boolean;
        readonly accountCapabilities: Readonly<Record<string, unknown>>;
      }
    >
  >;
  readonly primaryAccounts: Readonly<Record<string, string>>;
  readonly username: string;
  readonly apiUrl: string;
  readonly downloadUrl: string;
  readonly uploadUrl: string;
  readonly eventSourceUrl: string;
  readonly state: string;
}

/** Pushed on the event stream as the event `state` (RFC 8620 §7.1). */
export interface StateChange {
  readonly '@type': 'StateChange';
  readonly changed: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/* ---- Mail (RFC 8621) ---- */

/** A tag is a Mailbox. */
export interface Mailbox {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly role: 'inbox' | 'archive' | 'drafts' | 'sent' | 'junk' | 'trash' | null;
  readonly sortOrder: number;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  readonly totalThreads: number;
  readonly unreadThreads: number;
  readonly myRights: Readonly<Record<string, boolean>>;
  readonly isSubscribed: boolean;
  /** Ours: `#rrggbb` or null. */
  readonly colour: string | null;
}

export interface EmailAddress {
  readonly name: string | null;
  readonly email: string;
}

export interface EmailBodyPart {
  readonly partId: string | null;
  readonly blobId: string | null;
  readonly size: number;
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
  readonly name: string | null;
  readonly type: string;
  readonly charset: string | null;
  readonly disposition: string | null;
  readonly cid: string | null;
  readonly language: readonly string[] | null;
  readonly location: string | null;
  readonly subParts?: readonly EmailBodyPart[];
}

export interface EmailBodyValue {
  readonly value: string;
  readonly isEncodingProblem: boolean;
  readonly isTruncated: boolean;
}

/** All the properties of an Email that the webmail asks for; Email/get gives those that were named. */
export interface Email {
  readonly id: string;
  readonly blobId: string;
  readonly threadId: string;
  readonly mailboxIds: Readonly<Record<string, true>>;
  readonly keywords: Readonly<Record<string, true>>;
  readonly size: number;
  readonly receivedAt: string;
  readonly messageId: readonly string[] | null;
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
  readonly from: readonly EmailAddress[] | null;
  readonly sender: readonly EmailAddress[] | null;
  readonly replyTo: readonly EmailAddress[] | null;
  readonly to: readonly EmailAddress[] | null;
  readonly cc: readonly EmailAddress[] | null;
  readonly bcc: readonly EmailAddress[] | null;
  /** Null when there is none, and when the mail is sealed. */
  readonly subject: string | null;
  readonly sentAt: string | null;
  readonly hasAttachment: boolean;
  /** At most 256 characters; null when the mail is sealed. */
  readonly preview: string | null;
  readonly bodyStructure: EmailBodyPart;
  readonly bodyValues: Readonly<Record<string, EmailBodyValue>>;
  readonly textBody: readonly EmailBodyPart[];
  readonly htmlBody: readonly EmailBodyPart[];
  readonly attachments: readonly EmailBodyPart[];
  /** Ours, capability `privacy`. */
  readonly privacy: EmailPrivacy;
  /** Ours, capability `privacy`: the light form for lists. */
  readonly privacyBrief: PrivacyBrief;
  /** Ours, capability `discussion`: id of the Discussion. */
  readonly discussionId: string;
  /** Ours, capability `discussion`: how much it matters to its owner, -10 to 10; 0 where nothing was found out. */
  readonly importance: number;
  /** Ours, capability `discussion`: why it is that important. */
  readonly importanceReasons: ImportanceReasons;
  /** Ours, capability `tagRules`: why it has the tags that nobody put there by hand. */
  readonly tagReasons: readonly EmailTagReason[];
}

/** A Sieve script (RFC 9661 §2). */
export interface SieveScript {
  readonly id: string;
  readonly name: string;
  readonly blobId: string;
  readonly isActive: boolean;
}

/** What said how much an email matters, and of the model the heaviest reasons; weights are log-odds. */
export interface ImportanceReasons {
  readonly by: 'model' | 'rule' | 'owner' | null;
  readonly ruleId: string | null;
  readonly list: readonly (BothLanguages & { readonly id: string; readonly weight: number })[];
}

/** Why an email has one of its tags. */
export interface EmailTagReason extends BothLanguages {
  /** A mailbox id, a keyword, or `junk`. */
  readonly tag: string;
  readonly origin: 'system' | 'structure' | 'taught' | 'learned' | 'script' | 'rule';
  /** Of the rule of the owner's that gave it; null for any other origin. */
  readonly ruleId: string | null;
}

/* ---- Extension: privacy ---- */

export type Level = 'A' | 'B' | 'C' | 'D' | 'E';
export type FactState = 'yes' | 'partly' | 'no' | 'unknown';

/** Warnings that come before any letter: where one stands, no letter is shown. */
export type PrivacyMark = 'spam' | 'forged' | 'harmful';

export interface PrivacyBrief {
  /** 0..100; null while there is no index. */
  readonly value: number | null;
  readonly level: Level | null;
  /** The value with every unknown fact at its best. */
  readonly upTo: number | null;
  readonly marks: readonly PrivacyMark[];
  /** The stored copy is encrypted to the owner's key and the server can't open it. */
  readonly sealed: boolean;
}

export interface PrivacyFact {
  readonly id: string;
  readonly part: 'technical' | 'behaviour' | 'context';
  readonly points: number;
  readonly of: number;
  readonly state: FactState;
  readonly evidence: {
    readonly value: unknown;
    readonly source?: string;
    readonly fr: string;
    readonly en: string;
  };
}

export interface EmailPrivacy extends PrivacyBrief {
  readonly subject: 'message';
  readonly version: 1;
  readonly parts: Readonly<Record<'technical' | 'behaviour' | 'context', number>> | null;
  readonly facts: readonly PrivacyFact[];
  readonly ceiling?: { readonly id: string; readonly at: number };
  readonly next: readonly {
    readonly steps: readonly string[];
    readonly gain: number;
    readonly who: 'you' | 'them' | 'operator';
  }[];
  /** How the content is protected and whether the server opened it for this answer. */
  readonly protection: {
    readonly form: 'none' | 'pgpMime' | 'pgpInline' | 'smime';
    readonly opened: boolean;
    /** Why it could not be opened, null when it was or nothing is closed. */
    readonly failure: string | null;
    /** Address of a verified signer, null when there is none. */
    readonly signer: string | null;
    /** Fingerprint of the key that signed, verified or not, in hexadecimal; null when it isn't known. */
    readonly fingerprint: string | null;
  };
  /** Reasons of the spam verdict, heaviest first; empty when there is none. */
  readonly reasons: readonly { readonly id: string; readonly weight: number; readonly detail?: string }[];
}

/** Property `privacy` of a ContactCard, given when asked for by name. Null `value`: not computed yet. */
export interface ContactPrivacy
  extends Pick<
    EmailPrivacy,
    'value' | 'level' | 'upTo' | 'version' | 'parts' | 'facts' | 'ceiling' | 'next'
  > {
  readonly subject: 'contact';
}

/** Arguments of `Privacy/report`: what the owner's browser found when it opened a sealed message. */
export interface PrivacyReport {
  readonly accountId: string;
  readonly emailId: string;
  readonly facts: {
    readonly signature?: 'verified' | 'seen' | 'unknownKey' | 'none' | 'invalid';
    readonly tracking?: 'clean' | 'tracked';
    readonly remoteContent?: 'absent' | 'present';
    readonly subject?: 'protected' | 'open';
  };
  /** Whose key made a valid signature; `address` is that of From, when the key certifies it. */
  readonly signer?: {
    readonly keyId: string;
    readonly fingerprint: string | null;
    readonly address: string | null;
  } | null;
}

/** Answer of `SealedMemory/get`: what the owner's devices have learned of sealed mail, and what waits for one of them. */
export interface SealedMemory {
  readonly accountId: string;
  readonly state: string;
  /** Base64 of a message of OpenPGP, null where there is none; left out where it was not asked for. */
  readonly memory?: string | null;
  readonly waiting: readonly {
    readonly emailId: string;
    /** Null: taken back. */
    readonly isSpam: boolean | null;
    readonly at: string;
  }[];
}

/**
 * Arguments of `SealedMemory/set`: `memory` and `weights` in base64, and which of `waiting` were learned. Without
 * `weights` those of before stay.
 */
export interface SealedMemorySet {
  readonly accountId: string;
  readonly ifInState: string;
  readonly memory: string;
  readonly weights?: string | null;
  readonly done: SealedMemory['waiting'];
}

/** Both languages of one explanation. */
export interface BothLanguages {
  readonly fr: string;
  readonly en: string;
}

/* ---- Extension: pictures ---- */

/** Answer of `Picture/sign`: for each address of a remote picture, ours for this session, or why there is none. */
export interface PictureSigning {
  readonly accountId: string;
  readonly emailId: string;
  readonly list: readonly {
    readonly url: string;
    /** A path of this server, good for some minutes; null where `refused` says why. */
    readonly address: string | null;
    /** `beacon`: it only tells of reading; `notFound`: the message names no such picture; `notPublic`: never fetched. */
    readonly refused: 'beacon' | 'notFound' | 'notPublic' | null;
  }[];
}

/* ---- Extension: discussion ---- */

export interface Participant {
  readonly protocol: 'email' | 'list';
  /** addr-spec, or the list identifier. */
  readonly address: string;
  /** Display name of the contact or of the last message, null when none is known. */
  readonly name: string | null;
  readonly contactId: string | null;
}

export interface Discussion {
  readonly id: string;
  readonly participants: readonly Participant[];
  readonly lastEmailId: string;
  readonly lastReceivedAt: string;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  /** Level of the last message, null when it has no index. */
  readonly level: Level | null;
}

export interface DiscussionQueryResponse {
  readonly accountId: string;
  readonly ids: readonly string[];
  /** For each of `ids`, the last message of the discussion that the filter lets through. */
  readonly lastEmailIds: readonly string[];
  readonly next: string | null;
  /** Index of the first of `ids`; null behind a cursor. */
  readonly position: number | null;
  /** Where it was asked for; null when it would have to be counted by reading all mail. */
  readonly total?: number | null;
  readonly queryState: string;
}

/** Emails of one discussion, newest first: `Email/query` with `filter: { discussion: ID }`. */

/* ---- Extension: keys ---- */

/** A public key that the owner knows for an address (`PublicKey/get`). */
export interface PublicKeyRow {
  readonly address: string;
  /** Lower-case hexadecimal. */
  readonly fingerprint: string;
  readonly source: 'own' | 'hand' | 'dnssec' | 'wkd' | 'autocrypt' | 'attached';
  /** `waiting`: appeared beside another key and waits for the owner's word. */
  readonly state: 'usable' | 'revoked' | 'expired' | 'waiting';
  readonly strength: 'strong' | 'weak';
  readonly firstSeenAt: string;
  /** The certificate, given when `properties` names it. */
  readonly armor?: string;
}

/** What the world finds, or would find, of one address of the account (`PublishedKey/get`). */
export interface PublishedKeyRow {
  readonly id: string;
  readonly address: string;
  /** Whether the OpenPGP key is published. */
  readonly published: boolean;
  /** What is published, else what would be; null when there is no key that could be. */
  readonly fingerprint: string | null;
  readonly userId: string | null;
  readonly state: 'usable' | 'revoked' | null;
  readonly publishedAt: string | null;
  /** Whether an S/MIME certificate is published. */
  readonly smime: boolean;
}

/** Arguments of `PublicKey/confirm`: the owner has compared this fingerprint with the person. */
export interface KeyConfirmation {
  readonly accountId: string;
  readonly address: string;
  readonly fingerprint: string;
  /** The message at hand, indexed anew at once. */
  readonly emailId?: string | null;
  /** The certificate, where it came inside a message that only the owner's device opens. */
  readonly armor?: string | null;
}

/* ---- Extension: preferences ---- */

/** What each preference may be. */
export const preferenceValues = {
  language: ['en', 'fr'],
  theme: ['system', 'light', 'dark'],
  /** As the language has it; 2026-05-20; day before month; month before day. */
  dateFormat: ['locale', 'iso', 'dayMonth', 'monthDay'],
  hourCycle: ['locale', 'h12', 'h23'],
  density: ['comfortable', 'compact'],
  /** Remote pictures: after a click, or not even offered. */
  remoteContent: ['ask', 'never'],
} as const;
type PreferenceValues = typeof preferenceValues;

/** How the owner wants the screens, on every device (`Preferences/get`, `/set`, id `singleton`). Null: never chosen. */
export type AccountPreferences = {
  readonly [Name in keyof PreferenceValues]: PreferenceValues[Name][number] | null;
} & {
  /** IANA name; null is the device's own. */
  readonly timeZone: string | null;
  /** Whether keys without Ctrl or Alt do something. */
  readonly hasKeys: boolean | null;
  /** Whether mail gets tags by its structure, by the owner's examples; whether acts teach what is important. */
  readonly sortsByStructure: boolean | null;
  readonly learnsTags: boolean | null;
  readonly learnsImportance: boolean | null;
};

/* ---- Extension: views ---- */

/** A list of mail that the owner has saved (`View/get`, `View/set`). */
export interface View {
  readonly id: string;
  readonly name: string;
  readonly list:
    | { readonly kind: 'all' }
    | { readonly kind: 'tag'; readonly id: string }
    | { readonly kind: 'contact'; readonly id: string }
    /** `text` is what a person types, as in the condition `query` of Email/query. */
    | { readonly kind: 'search'; readonly text: string };
  /** What the list is narrowed to; all of it together. */
  readonly filter: {
    readonly isUnread?: true;
    readonly level?: Level;
    readonly tagId?: string;
    /** -10..10: nothing below it. */
    readonly minImportance?: number;
  };
  readonly sortOrder: number;
}

/* ---- Extension: tag rules and audit ---- */

/** One condition of a rule; `webmail/README.md` says which operators a subject takes. */
export interface TagRuleCondition {
  readonly subject:
    | 'sender'
    | 'recipient'
    | 'list'
    | 'field'
    | 'text'
    | 'tag'
    | 'level'
    | 'importance'
    | 'attachment'
    | 'size';
  readonly operator: 'is' | 'contains' | 'startsWith' | 'endsWith' | 'exists' | 'atLeast' | 'atMost';
  /** Name of a header field, with the subject `field` alone. */
  readonly field: string | null;
  /** Empty with `exists`. */
  readonly value: string;
  readonly isNegated: boolean;
}

/** What a rule does. */
export interface TagRuleActions {
  readonly mailboxIds: readonly string[];
  /** Mailbox ids and keywords that what came before gave. */
  readonly removeTags: readonly string[];
  readonly keywords: readonly string[];
  /** Into the archive in place of the inbox. */
  readonly archive: boolean;
  readonly skipInbox: boolean;
  readonly markRead: boolean;
  /** -10..10; null leaves it. */
  readonly importance: number | null;
}

export interface TagRule {
  readonly id: string;
  readonly name: string;
  readonly match: 'all' | 'any';
  readonly conditions: readonly TagRuleCondition[];
  readonly actions: TagRuleActions;
  /** Rules behind it are not tried when it is met. */
  readonly stop: boolean;
  readonly isEnabled: boolean;
  /** Its place, 0 is tried first. */
  readonly sortOrder: number;
  /** The short form: the first condition, the first mailbox. */
  readonly subject: TagRuleCondition['subject'];
  readonly field: string | null;
  readonly value: string;
  readonly mailboxId: string | null;
  readonly keywords: readonly string[];
  readonly skipInbox: boolean;
}

/** One look at or change of the account, as its owner may read it (`Audit/get`). */
export interface AuditRow {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
