import { DeliveryError } from '../errors.ts';
import type { ChangeOutcome, Email, EmailChange, Mail } from './store.ts';

/** A change that was tried, with the email that it was made of. */
export interface Tried {
  readonly before: Email;
  readonly change: EmailChange;
  readonly outcome: ChangeOutcome;
}

/** Tries of one change; so many others at the same moment mean that something never stops. */
const maxTries = 8;

/**
 * Changes emails by what they are. An email whose findings another has written into meanwhile is read and changed again,
 * so that neither undoes the other. `changeOf` gives null where nothing is to be changed. The outcome of what was
 * disturbed each time is `disturbed`.
 */
export async function changeUndisturbed(
  accountId: string,
  emails: readonly Email[],
  {
    changeOf,
    store,
  }: {
    readonly changeOf: (email: Email) => Promise<EmailChange | null>;
    readonly store: Pick<Mail, 'changeEmails' | 'getEmails'>;
  },
): Promise<Tried[]> {
  const tried: Tried[] = [];
  let left = emails;
  for (let tries = 1; left.length > 0; tries++) {
    const made = await changesOf(left, changeOf);
    if (made.length === 0) break;
    const outcomes = await store.changeEmails(
      accountId,
      made.map(({ change }) => change),
    );
    const round = made.flatMap((one, at) => {
      const outcome = outcomes[at];
      return outcome ? [{ ...one, outcome }] : [];
    });
    const isOver = ({ outcome }: Tried) => outcome.status !== 'disturbed' || tries === maxTries;
    tried.push(...round.filter(isOver));
    const again = round.filter(one => !isOver(one));
    left =
      again.length === 0
        ? []
        : await store.getEmails(
            accountId,
            again.map(({ before }) => before.id),
          );
    const found = new Set(left.map(({ id }) => id));
    for (const { before, change } of again.filter(one => !found.has(one.before.id)))
      tried.push({ before, change, outcome: { emailId: before.id, status: 'notFound' } });
  }
  return tried;
}

/** Throws `storeUnavailable` where a change was disturbed each time. */
export function checkUndisturbed(outcomes: readonly ChangeOutcome[]): void {
  const disturbed = outcomes.find(({ status }) => status === 'disturbed');
  if (!disturbed) return;
  throw new DeliveryError('storeUnavailable', 'others change the email all the time', {
    fields: { emailId: disturbed.emailId },
  });
}

async function changesOf(
  emails: readonly Email[],
  changeOf: (email: Email) => Promise<EmailChange | null>,
): Promise<Omit<Tried, 'outcome'>[]> {
  const made: Omit<Tried, 'outcome'>[] = [];
  for (const before of emails) {
    const change = await changeOf(before);
    if (change) made.push({ before, change });
  }
  return made;
}
