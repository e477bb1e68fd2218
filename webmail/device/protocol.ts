import type { EmailAddress, EmailBodyPart, EmailBodyValue, PrivacyReport } from '../wire.ts';

/*
 * What the page and the worker say to each other. Neither a passphrase nor a key in clear ever comes back: the page
 * hands a passphrase in, and gets text of messages and descriptions of keys out.
 */

/** A secret key that this device keeps, locked by its passphrase. */
export interface DeviceKey {
  /** Lower-case hexadecimal. */
  readonly fingerprint: string;
  readonly userIds: readonly string[];
  /** Of the key and its subkeys, lower-case hexadecimal: what mail is encrypted to. */
  readonly keyIds: readonly string[];
  /** Such as `rsa4096`. */
  readonly algorithms: readonly string[];
  readonly createdAt: string;
  /** Taken off this device when its owner signs out. */
  readonly isForgotten: boolean;
}

/** What to check signatures with: rows of `PublicKey/get` with their `armor`. */
export interface SenderKey {
  readonly address: string;
  readonly fingerprint: string;
  readonly source: 'own' | 'hand' | 'dnssec' | 'wkd' | 'autocrypt' | 'attached';
  readonly state: 'usable' | 'revoked' | 'expired' | 'waiting';
  readonly firstSeenAt: string;
  readonly armor: string;
}

/** What the page asks for. Each of these is answered once. */
export type Request =
  | { readonly kind: 'list' }
  | {
      readonly kind: 'import';
      readonly octets: Uint8Array;
      /** Locks keys that have no passphrase. */
      readonly passphrase: string | null;
      readonly isForgotten: boolean;
    }
  | { readonly kind: 'remove'; readonly fingerprint: string }
  | { readonly kind: 'export'; readonly fingerprint: string }
  /** The owner has signed out. */
  | { readonly kind: 'forget' }
  | { readonly kind: 'unlock'; readonly passphrase: string }
  /** Puts the idle lock off. */
  | { readonly kind: 'used' }
  | {
      readonly kind: 'open';
      /** The message as it is stored. */
      readonly octets: Uint8Array;
      /** The outermost layer is the seal of our own server. */
      readonly isSealed: boolean;
      readonly receivedAt: string;
    }
  | {
      readonly kind: 'learn';
      /** What was learned so far, sealed; null: nothing. */
      readonly memory: Uint8Array | null;
      readonly acts: readonly LearnAct[];
    };

/** What the owner has said about one sealed message. */
export interface LearnAct {
  readonly emailId: string;
  /** Null: taken back. */
  readonly isSpam: boolean | null;
  readonly at: string;
  /** The message as it is stored; null where it is gone, or not worth fetching. */
  readonly octets: Uint8Array | null;
  readonly receivedAt: string;
}

/** Why a key was not taken: `unprotected` wants a passphrase to lock it with, `onCard` holds no secret part. */
export type ImportFailure = 'noKey' | 'unprotected' | 'weakPassphrase' | 'onCard' | 'tooLarge';

export type OpenFailure =
  /** A key here fits, and waits for its passphrase. */
  | 'locked'
  | 'noKey'
  | 'noIntegrity'
  | 'tooLarge'
  | 'malformed'
  /** Nothing in it that this device could open. */
  | 'notEncrypted';

export interface OpenRefusal {
  readonly failure: OpenFailure;
  /** Key ids that the closed layer is encrypted to, hexadecimal; none for hidden recipients. */
  readonly keyIds: readonly string[];
  /** True when our own seal was opened, and another layer inside stays closed. */
  readonly isInside: boolean;
}

/** A message in clear, in the shapes of `Email/get`. Blob ids are those of `blobs`. */
export interface OpenedMail {
  readonly subject: string | null;
  readonly preview: string;
  readonly from: readonly EmailAddress[];
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
  readonly replyTo: readonly EmailAddress[];
  readonly sentAt: string | null;
  readonly hasAttachment: boolean;
  readonly textBody: readonly EmailBodyPart[];
  readonly htmlBody: readonly EmailBodyPart[];
  readonly attachments: readonly EmailBodyPart[];
  readonly bodyValues: Readonly<Record<string, EmailBodyValue>>;
  readonly blobs: Readonly<Record<string, Blob>>;
  /** The message as it came, with our own seal taken off. */
  readonly source: Blob;
  /** What was found, in words of the index; what is not known is left out. */
  readonly facts: PrivacyReport['facts'];
  readonly signer: PrivacyReport['signer'];
  /** The signer's certificate, when the message brought it; null when it didn't, or nobody is known to have signed. */
  readonly signerArmor: string | null;
  /** Of the layer that its sender made. */
  readonly form: 'none' | 'pgpMime' | 'pgpInline' | 'smime';
}

export type ImportAnswer = { readonly imported: readonly DeviceKey[] } | { readonly failure: ImportFailure };
export type OpenAnswer = { readonly mail: OpenedMail } | OpenRefusal;

/**
 * Why nothing was learned: `locked`, `noKey` and `malformed` of what was learned before, or of the keys to seal it with;
 * `broken`: it could not be tried, and may be later.
 */
export type LearnFailure = 'locked' | 'noKey' | 'malformed' | 'broken';

export type LearnAnswer =
  | { readonly failure: LearnFailure }
  | {
      /** What is learned now, sealed. */
      readonly memory: Uint8Array;
      /** Null: nothing can be told apart by it. Left out: those of before stay, for too little has come to them. */
      readonly weights?: Uint8Array | null;
      /** Emails whose acts are learned. */
      readonly done: readonly string[];
    };

/** The answer to each kind of request. */
export interface Answers {
  readonly list: readonly DeviceKey[];
  readonly import: ImportAnswer;
  readonly remove: null;
  /** Armored, locked by its passphrase as ever; null when it isn't here. */
  readonly export: string | null;
  readonly forget: null;
  /** Keys that the passphrase has unlocked; none when it is wrong for all. */
  readonly unlock: readonly string[];
  readonly used: null;
  readonly open: OpenAnswer;
  readonly learn: LearnAnswer;
}

/** From the page. */
export type ToWorker =
  | { readonly id: number; readonly accountId: string; readonly request: Request }
  /** What `wants` asked for. */
  | { readonly id: number; readonly keys: readonly SenderKey[] };

/** From the worker. */
export type FromWorker =
  | { readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly error: string }
  /** Public keys of these addresses are needed to go on. */
  | { readonly id: number; readonly wants: readonly string[] }
  /** Nobody used the keys for a while: they are locked, and this worker may be ended. */
  | { readonly event: 'locked' };
