import type { Resolver } from '../resolver.ts';

/** A resolver whose answers all come within one span of time. */
export interface LookupBudget {
  /** Asks each question once; rejects with code `ETIMEOUT` when the time is used up. */
  readonly resolve: Resolver;
  /** Ends the wait; call it when no more will be asked. */
  close(): void;
}

/**
 * One budget for all questions about one message, so that a dead resolver costs `milliseconds` once, however
 * many questions there are. Answers are kept for the message: SPF, DKIM, ARC and DMARC share them.
 */
export function openLookupBudget(resolver: Resolver, milliseconds: number): LookupBudget {
  const answers = new Map<string, Promise<unknown[]>>();
  let isSpent = false;
  let expire: (error: Error) => void = () => {};
  const expiry = new Promise<never>((_resolve, reject) => {
    expire = reject;
  });
  expiry.catch(() => {});
  const timer = setTimeout(() => {
    isSpent = true;
    expire(timeoutError());
  }, milliseconds);
  return {
    resolve(name, type) {
      if (isSpent) return Promise.reject(timeoutError());
      const question = `${type} ${name.toLowerCase()}`;
      const known = answers.get(question);
      if (known) return copyOf(known);
      const answer = Promise.race([ask(resolver, name, type), expiry]);
      answer.catch(() => {});
      answers.set(question, answer);
      return copyOf(answer);
    },
    close: () => clearTimeout(timer),
  };
}

async function ask(resolver: Resolver, name: string, type: string): Promise<unknown[]> {
  const answer = await resolver(name, type);
  if (!Array.isArray(answer)) throw dnsError('EBADRESP', 'the resolver gave no list');
  return answer;
}

/** Callers sort lists in place and write onto errors, so each gets its own. */
async function copyOf(answer: Promise<unknown[]>): Promise<unknown[]> {
  try {
    return [...(await answer)];
  } catch (error) {
    if (!(error instanceof Error)) throw dnsError('EBADRESP', String(error));
    // "No such record" is the commonest answer: an heir costs a tenth of a new error with its stack.
    throw Object.assign(Object.create(error), { code: errorCode(error) ?? 'EBADRESP' });
  }
}

/** The `code` of an error of `node:dns`, null when it has none. */
export function errorCode(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

/** Whether the error says "there is no such record" (and not "no answer was had"). */
export function isNoRecord(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME';
}

function timeoutError(): Error {
  return dnsError('ETIMEOUT', 'no answer within the time allowed');
}

function dnsError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
