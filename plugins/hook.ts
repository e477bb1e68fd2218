import constants from 'haraka-constants';
import { describeError } from '../delivery/describe-error.ts';
import { asDeliveryError, type ErrorCode, errorTable, replyText } from '../delivery/errors.ts';
import { doorLog } from './context.ts';

/** What a hook tells Haraka; undefined goes on to the next plugin, `answered` has replied to the client itself. */
export type HookAnswer = { readonly retval: number; readonly reply?: unknown } | 'answered';

type Work<Subject> = (
  this: HarakaPlugin,
  subject: Subject,
  params: unknown,
) => HookAnswer | undefined | Promise<HookAnswer | undefined>;

type Hook<Subject> = (this: HarakaPlugin, next: HarakaNext, subject: Subject, params?: unknown) => void;

/**
 * Makes a Haraka hook. Haraka takes a hook that throws for consent and dies of a rejected promise; here both are
 * logged and answered with a temporary reply. Work that returns no promise is answered in the same turn.
 */
export function guard<Subject = HarakaConnection>(work: Work<Subject>): Hook<Subject> {
  return function hook(next, subject, params) {
    try {
      const answer = work.call(this, subject, params);
      if (!(answer instanceof Promise)) return tell(next, answer);
      answer.then(
        settled => tell(next, settled),
        error => failSoftly(next, error, { plugin: this.name, subject }),
      );
    } catch (error) {
      failSoftly(next, error, { plugin: this.name, subject });
    }
  };
}

function tell(next: HarakaNext, answer: HookAnswer | undefined): void {
  if (answer === 'answered') return;
  if (answer) next(answer.retval, answer.reply);
  else next();
}

function failSoftly(
  next: HarakaNext,
  error: unknown,
  { plugin, subject }: { plugin: string; subject: unknown },
): void {
  const known = asDeliveryError(error);
  const uuid = subject && typeof subject === 'object' && 'uuid' in subject ? subject.uuid : null;
  doorLog().error({ plugin, connection: uuid, ...describeError(error) }, 'hookFailed');
  const code = known.row.temporary ? known.code : 'internal';
  next(constants.denysoft, new DSN(code));
}

/** Haraka knows a reply that brings its own code by the name of its class. */
class DSN {
  readonly code: number;
  readonly reply: string;

  constructor(code: ErrorCode) {
    this.code = errorTable[code].reply;
    this.reply = replyText(code);
  }
}

/** A refusal with the reply of the error table; `disconnect` also ends the connection. */
export function refusal(code: ErrorCode, options: { disconnect?: boolean } = {}): HookAnswer {
  const { temporary } = errorTable[code];
  const kept = temporary ? constants.denysoft : constants.deny;
  const ended = temporary ? constants.denysoftdisconnect : constants.denydisconnect;
  return { retval: options.disconnect ? ended : kept, reply: new DSN(code) };
}

/** Consent: what it allows is up to the hook. */
export function consent(text?: string): HookAnswer {
  return { retval: constants.ok, ...(text === undefined ? {} : { reply: text }) };
}
