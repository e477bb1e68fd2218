import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryError } from '../../../delivery/errors.ts';
import { changeUndisturbed, checkUndisturbed } from '../../../delivery/store/change-undisturbed.ts';
import type { ChangeOutcome, Email, EmailChange } from '../../../delivery/store/store.ts';

const gone = new DeliveryError('storeUnavailable', 'the store has gone');
const named = (id: string) => ({ id }) as Email;
const changeOf = async ({ id }: Email): Promise<EmailChange> => ({ emailId: id });

/** A store that answers so, round by round, and then fails. */
function answering(...rounds: ChangeOutcome['status'][][]) {
  return {
    async changeEmails(_accountId: string, changes: readonly EmailChange[]): Promise<ChangeOutcome[]> {
      const round = rounds.shift();
      if (!round) throw gone;
      return changes.map(({ emailId }, at) => ({ emailId, status: round[at] ?? 'disturbed' }));
    },
    getEmails: async (_accountId: string, ids: readonly string[]) => ids.map(named),
  };
}

const emails = ['a', 'b', 'c'].map(named);

test('where the store fails behind what is done, all that was tried is told, and why the rest was not', async () => {
  const store = answering(['done', 'disturbed', 'disturbed'], ['disturbed', 'done']);
  const tried = await changeUndisturbed('u', emails, { changeOf, store });
  assert.deepEqual(
    tried.map(({ outcome, failure }) => [outcome.emailId, outcome.status, failure]),
    [
      ['a', 'done', undefined],
      ['c', 'done', undefined],
      ['b', 'disturbed', gone],
    ],
  );
  assert.throws(() => checkUndisturbed(tried), gone);
});

test('where it fails before anything is done, its failure is thrown', async () => {
  const store = answering(['disturbed', 'disturbed', 'disturbed']);
  await assert.rejects(changeUndisturbed('u', emails, { changeOf, store }), gone);
});

test('what is wrong in our own work is thrown, whatever is done by then', async () => {
  const store = answering(['done', 'disturbed', 'disturbed'], []);
  let asked = 0;
  const failing = async (email: Email) => {
    if (++asked > emails.length) throw new TypeError('wrong');
    return await changeOf(email);
  };
  await assert.rejects(changeUndisturbed('u', emails, { changeOf: failing, store }), TypeError);
});
