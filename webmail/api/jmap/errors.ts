import { DeliveryError } from '../../../delivery/errors.ts';

/** Request-level errors (RFC 8620 §3.6.1): what follows `urn:ietf:params:jmap:error:`. */
export type RequestErrorType = 'unknownCapability' | 'notJSON' | 'notRequest' | 'limit';

/** The whole request can't be processed; answered as problem details (RFC 9457) with status 400. */
export class RequestError extends Error {
  readonly type: RequestErrorType;
  /** Name of the limit, with type `limit`. */
  readonly limit: string | null;

  constructor(type: RequestErrorType, detail: string, limit: string | null = null) {
    super(detail);
    this.name = 'RequestError';
    this.type = type;
    this.limit = limit;
  }
}

/** Method-level errors (RFC 8620 §3.6.2, §5.1 to §5.6; RFC 8621). */
export const methodErrorTypes = [
  'serverUnavailable',
  'serverFail',
  'serverPartialFail',
  'unknownMethod',
  'invalidArguments',
  'invalidResultReference',
  'forbidden',
  'accountNotFound',
  'accountNotSupportedByMethod',
  'accountReadOnly',
  'requestTooLarge',
  'cannotCalculateChanges',
  'stateMismatch',
  'anchorNotFound',
  'unsupportedSort',
  'unsupportedFilter',
  'tooManyChanges',
  'fromAccountNotFound',
  'fromAccountNotSupportedByMethod',
] as const;
export type MethodErrorType = (typeof methodErrorTypes)[number];

/** One method call failed; the others of the request go on. `fields` are members of the error response. */
export class MethodError extends Error {
  readonly type: MethodErrorType;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(type: MethodErrorType, description?: string, fields: Record<string, unknown> = {}) {
    super(description ?? type);
    this.name = 'MethodError';
    this.type = type;
    this.fields = description === undefined ? fields : { description, ...fields };
  }
}

/** SetError (RFC 8620 §5.3, RFC 8621 §2.5, §4.6): one record of a /set, /copy or /import was refused. */
export interface SetErrorBody {
  readonly type: string;
  readonly description?: string;
  readonly properties?: readonly string[];
  readonly [member: string]: unknown;
}

/** Thrown while one record is worked on; the place that walks the records turns it into `notCreated` and so on. */
export class SetError extends Error {
  readonly body: SetErrorBody;

  constructor(type: string, description?: string, members: Record<string, unknown> = {}) {
    super(description ?? type);
    this.name = 'SetError';
    this.body = { type, ...(description === undefined ? {} : { description }), ...members };
  }
}

/** A SetError about named properties (RFC 8620 §5.3, `invalidProperties`). */
export function invalidProperties(properties: readonly string[], description?: string): SetError {
  return new SetError('invalidProperties', description, { properties });
}

const methodErrorByCode: Readonly<Partial<Record<string, MethodErrorType>>> = {
  storeUnavailable: 'serverUnavailable',
  storeFull: 'serverUnavailable',
  shuttingDown: 'serverUnavailable',
  tooBusy: 'serverUnavailable',
  forbidden: 'forbidden',
  // What the store can't make sense of came with the arguments, such as a cursor.
  badRequest: 'invalidArguments',
};

/** The reason word that the store adds to a `badRequest`, such as `cannotCalculateChanges`; null when there is none. */
export function reasonOf(error: unknown): string | null {
  if (!(error instanceof DeliveryError)) return null;
  const { field, reason } = error.fields;
  if (typeof field === 'string') return field;
  return typeof reason === 'string' ? reason : null;
}

/** Any error as a method-level error; what is unknown becomes `serverFail` and gives nothing away. */
export function asMethodError(error: unknown): MethodError {
  if (error instanceof MethodError) return error;
  const reason = reasonOf(error);
  const known = methodErrorTypes.find(type => type === reason);
  if (known) return new MethodError(known);
  if (error instanceof DeliveryError) {
    const type = methodErrorByCode[error.code];
    if (type) return new MethodError(type, error.row.text);
  }
  return new MethodError('serverFail', 'Local error, please try again later');
}

const setErrorByCode: Readonly<Partial<Record<string, string>>> = {
  overQuota: 'overQuota',
  messageTooLarge: 'tooLarge',
  alreadyExists: 'invalidProperties',
  forbidden: 'forbidden',
  notFound: 'notFound',
  sealingImpossible: 'forbidden',
};

/** Any error as a SetError body, or null when the whole method must fail. */
export function asSetError(error: unknown): SetErrorBody | null {
  if (error instanceof SetError) return error.body;
  if (!(error instanceof DeliveryError)) return null;
  const reason = reasonOf(error);
  if (reason === 'mailboxHasChild' || reason === 'mailboxHasEmail') return { type: reason };
  const type = setErrorByCode[error.code];
  return type ? { type, description: error.row.text } : null;
}
