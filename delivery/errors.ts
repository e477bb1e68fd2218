/** One row: what the world is told when this goes wrong. Texts give nothing away; the detail stays in `cause`. */
export interface ErrorRow {
  /** SMTP reply code (RFC 5321 §4.2). */
  readonly reply: number;
  /** Enhanced status code (RFC 3463). */
  readonly enhanced: string;
  /** HTTP status. */
  readonly http: number;
  /** True when trying again later can help; the SMTP reply is then 4xx. */
  readonly temporary: boolean;
  /** Public text, one line. */
  readonly text: string;
}

function row(reply: number, enhanced: string, http: number, text: string): ErrorRow {
  return { reply, enhanced, http, temporary: reply < 500, text };
}

/** Every error a caller can meet, by code. The README's error section lists the same rows. */
export const errorTable = {
  internal: row(451, '4.3.0', 500, 'Local error, please try again later'),
  storeUnavailable: row(451, '4.3.0', 503, 'Mail storage is not available, please try again later'),
  storeFull: row(452, '4.3.1', 507, 'Insufficient system storage, please try again later'),
  shuttingDown: row(421, '4.3.2', 503, 'Service is shutting down, please try again later'),
  tooBusy: row(421, '4.3.2', 503, 'Too many connections, please try again later'),
  tooManyErrors: row(421, '4.7.0', 429, 'Too many errors, please try again later'),
  networkLimited: row(421, '4.7.0', 429, 'Too many messages from your network, please try again later'),
  senderLimited: row(451, '4.7.1', 429, 'Too many messages from this sender, please try again later'),
  greylisted: row(451, '4.7.1', 429, 'Greylisted, please try again in some minutes'),
  unknownRecipient: row(550, '5.1.1', 404, 'No such mailbox here'),
  badAddress: row(501, '5.1.3', 400, 'Bad address syntax'),
  relayDenied: row(550, '5.7.1', 403, 'Relaying is not permitted'),
  tooManyRecipients: row(452, '4.5.3', 413, 'Too many recipients, send the rest in another transaction'),
  recipientUnavailable: row(452, '4.2.1', 503, 'This mailbox cannot take mail now, please try again later'),
  overQuota: row(452, '4.2.2', 507, 'This mailbox is full, please try again later'),
  sealingImpossible: row(
    452,
    '4.7.5',
    503,
    'This mailbox cannot be encrypted to now, please try again later',
  ),
  messageTooLarge: row(552, '5.3.4', 413, 'Message exceeds the fixed maximum size'),
  messageRefused: row(550, '5.7.1', 403, 'Message refused by the policy of its recipients'),
  malformedData: row(554, '5.6.0', 400, 'Bare CR or LF around a lone dot is not allowed'),
  badCredentials: row(535, '5.7.8', 401, 'Authentication credentials invalid'),
  tooManyAttempts: row(454, '4.7.0', 429, 'Too many failed sign-ins, please try again later'),
  forbidden: row(550, '5.7.1', 403, 'Not permitted'),
  notFound: row(550, '5.1.1', 404, 'Not found'),
  methodNotAllowed: row(502, '5.5.1', 405, 'This address takes other methods'),
  alreadyExists: row(553, '5.1.0', 409, 'already exists'),
  badRequest: row(501, '5.5.4', 400, 'The request cannot be understood'),
  unknownParameter: row(555, '5.5.4', 400, 'This command takes no such parameter here'),
  badInput: row(554, '5.6.0', 400, 'The input cannot be understood'),
  badSettings: row(451, '4.3.5', 500, 'The settings have faults'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/**
 * The one error class. Callers branch on `code`; `message` is for the log and may hold detail,
 * `row.text` is what the other side is told.
 */
export class DeliveryError extends Error {
  readonly code: ErrorCode;
  readonly fields: Record<string, unknown>;

  constructor(
    code: ErrorCode,
    detail?: string,
    options: { cause?: unknown; fields?: Record<string, unknown> } = {},
  ) {
    super(detail ?? errorTable[code].text, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'DeliveryError';
    this.code = code;
    this.fields = options.fields ?? {};
  }

  get row(): ErrorRow {
    return errorTable[this.code];
  }
}

/** The error as a `DeliveryError`; anything unknown becomes `internal` with the original as its cause. */
export function asDeliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  return new DeliveryError('internal', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

/** The SMTP reply line without its code: `4.3.0 Local error, …`. */
export function replyText(code: ErrorCode): string {
  const { enhanced, text } = errorTable[code];
  return `${enhanced} ${text}`;
}
