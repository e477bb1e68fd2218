/** One header field as it stands in the octets. Offsets point into `Message.raw`, so raw is never modified. */
export interface HeaderField {
  /** As written, without the colon. Compare with `toLowerCase()`. */
  readonly name: string;
  /** What follows the colon up to, not including, the final line ending; folding kept; UTF-8, else Latin-1. */
  readonly value: string;
  /** Offset of the first octet of the name. */
  readonly start: number;
  /** Offset behind the field's line ending. */
  readonly end: number;
}

/** An addr-spec with its display name (RFC 5322 §3.4). */
export interface Mailbox {
  /** Decoded display name (RFC 2047), null when there is none. */
  readonly name: string | null;
  /** addr-spec as written, without comments and spaces; may be malformed when the field is. */
  readonly address: string;
}

/** A group of mailboxes (RFC 5322 §3.4); `name` null for mailboxes outside any group. */
export interface MailboxGroup {
  readonly name: string | null;
  readonly mailboxes: readonly Mailbox[];
}

/** One MIME entity (RFC 2045 §2.4). Offsets point into the octets of the message it belongs to. */
export interface Entity {
  /** IMAP-style part number, `1` or `2.1`; null for a multipart. */
  readonly partId: string | null;
  readonly fields: readonly HeaderField[];
  /** Lower-case `type/subtype`; `text/plain` when missing or broken (RFC 2045 §5.2). */
  readonly mediaType: string;
  /** Content-Type parameters, names lower-case, values decoded (RFC 2231). */
  readonly parameters: Readonly<Record<string, string>>;
  /** Lower-case disposition type, null when missing. */
  readonly disposition: string | null;
  /** Decoded file name of Content-Disposition or Content-Type; null when there is none. */
  readonly fileName: string | null;
  /** Content-ID without angle brackets. */
  readonly contentId: string | null;
  readonly contentLocation: string | null;
  readonly language: readonly string[] | null;
  /** Lower-case Content-Transfer-Encoding, `7bit` when missing. */
  readonly transferEncoding: string;
  readonly headerStart: number;
  readonly bodyStart: number;
  /** Offset behind the last octet of the body (the line ending before a boundary belongs to the boundary). */
  readonly bodyEnd: number;
  /** The parts of a multipart, empty for anything else. */
  readonly parts: readonly Entity[];
}

export const defectWords = [
  'badHeaderLine',
  'badBoundary',
  'missingBoundary',
  'tooDeep',
  'tooManyParts',
  'tooManyFields',
  'badTransferEncoding',
  'badCharset',
  'badDate',
  'badAddress',
  'bareLineEnding',
  'nulOctet',
  'noHeader',
] as const;
export type Defect = (typeof defectWords)[number];

/** The best reading of any octets whatever. */
export interface Message {
  readonly raw: Uint8Array;
  readonly root: Entity;
  /** The originator fields (RFC 5322 §3.6.2). */
  readonly originators: {
    readonly from: readonly Mailbox[];
    readonly sender: readonly Mailbox[];
    readonly replyTo: readonly Mailbox[];
  };
  /** The destination address fields (RFC 5322 §3.6.3). */
  readonly destinations: {
    readonly to: readonly Mailbox[];
    readonly cc: readonly Mailbox[];
    readonly bcc: readonly Mailbox[];
  };
  /** Message identifiers without angle brackets (RFC 5322 §3.6.4); null when the field is missing or empty. */
  readonly messageId: string | null;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  /** Origination date (RFC 5322 §3.6.1), null when missing or unreadable. */
  readonly date: Date | null;
  /** Decoded and unfolded; null when there is no Subject field. */
  readonly subject: string | null;
  /** List identifier without angle brackets (RFC 2919), null when this is no list mail. */
  readonly listId: string | null;
  readonly defects: readonly Defect[];
}

/** The parts that RFC 8621 §4.1.4 calls textBody, htmlBody and attachments. */
export interface BodyLists {
  readonly textBody: readonly Entity[];
  readonly htmlBody: readonly Entity[];
  readonly attachments: readonly Entity[];
}
