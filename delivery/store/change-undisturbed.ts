import { DeliveryError } from '../errors.ts';
import type { ChangeOutcome, Email, EmailChange, Mail } from './store.ts';

/** A change that was tried, with the email that it was made of. */
export interface Tried {
  readonly before: Email;
  readonly change: EmailChange;
  readonly outcome: ChangeOutcome;
  /** Why a change that was disturbed could not be tried again. */
  readonly failure?: DeliveryError;
}

/** Tries of one change; so many others at the same moment mean that something never stops. */
const maxTries = 8;

/** How an email is changed, and where. */
interface Changing {
  /** Null where nothing is to be changed. */
  readonly changeOf: (email: Email) => Promise<EmailChange | null>;
  readonly store: Pick<Mail, 'changeEmails' | 'getEmails'>;
}

/**
 * Changes emails by what they are. An email whose findings another has written into meanwhile is read and changed again,
 * so that neither undoes the other. The outcome of what was disturbed each time is `disturbed`. So is that of what was
 * disturbed and could not be tried again, with its `failure`, where others are changed by then; a failure before
 * anything is changed is thrown.
 */
export async function changeUndisturbed(
  accountId: string,
  emails: readonly Email[],
  changing: Changing,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  let again: Tried[] = [];
  for (let tries = 1; tries === 1 || again.length > 0; tries++) {
    try {
      const round =
        tries === 1 ? await tryOnce(accountId, emails, changing) : await tryAgain(accountId, again, changing);
      const isOver = ({ outcome }: Tried) => outcome.status !== 'disturbed' || tries === maxTries;
      tried.push(...round.filter(isOver));
      again = round.filter(one => !isOver(one));
    } catch (error) {
      if (!(error instanceof DeliveryError) || !tried.some(isDone)) throw error;
      return [...tried, ...again.map(one => ({ ...one, failure: error }))];
    }
  }
  return tried;
}

function isDone({ outcome }: Tried): boolean {
  return outcome.status === 'done';
}

/** Throws where a change was disturbed each time (`storeUnavailable`), or could not be tried again. */
export function checkUndisturbed(tried: readonly Tried[]): void {
  const disturbed = tried.find(({ outcome }) => outcome.status === 'disturbed');
  if (!disturbed) return;
  const { outcome, failure } = disturbed;
  if (failure) throw failure;
  throw new DeliveryError('storeUnavailable', 'others change the email all the time', {
    fields: { emailId: outcome.emailId },
  });
}

/** Changes emails as they are. */
async function tryOnce(
  accountId: string,
  emails: readonly Email[],
  { changeOf, store }: Changing,
): Promise<Tried[]> {
  const made: Omit<Tried, 'outcome'>[] = [];
  for (const before of emails) {
    const change = await changeOf(before);
    if (change) made.push({ before, change });
  }
  if (made.length === 0) return [];
  const outcomes = await store.changeEmails(
    accountId,
    made.map(({ change }) => change),
  );
  return made.flatMap((one, at) => {
    const outcome = outcomes[at];
    return outcome ? [{ ...one, outcome }] : [];
  });
}

/** Changes emails that were disturbed as they have become; some may have gone. */
async function tryAgain(accountId: string, again: readonly Tried[], changing: Changing): Promise<Tried[]> {
  const ids = again.map(({ before }) => before.id);
  const emails = await changing.store.getEmails(accountId, ids);
  const found = new Set(emails.map(({ id }) => id));
  const gone = again.filter(({ before }) => !found.has(before.id));
  return [
    ...(await tryOnce(accountId, emails, changing)),
    ...gone.map(one => ({ ...one, outcome: { emailId: one.before.id, status: 'notFound' as const } })),
  ];
}
