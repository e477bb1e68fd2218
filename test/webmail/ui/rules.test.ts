import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unwatched } from '../../../webmail/ui/batch.ts';
import { type Client, RequestError } from '../../../webmail/ui/client.ts';
import { applyRule, takeBackRule } from '../../../webmail/ui/rules.ts';

/** A server that answers these, one a call, and is away behind the last. */
function serverOf(answers: readonly object[]): { client: Client; accountId: string } {
  const left = [...answers];
  const call = async () => {
    const answer = left.shift();
    if (!answer) throw new RequestError(0);
    return answer;
  };
  return { client: { call } as unknown as Client, accountId: 'a1' };
}

const page = (id: string, next: string | null) => ({
  apply: { seen: 100, undo: { [id]: { 'keywords/x': null } }, next },
});

test('what a rule had changed before the server went away can be taken back', async () => {
  const { undo, isWhole } = await applyRule(serverOf([page('e1', 'n1'), page('e2', 'n2')]), 'r1', unwatched);
  assert.deepEqual([Object.keys(undo), isWhole], [['e1', 'e2'], false]);
  await assert.rejects(applyRule(serverOf([]), 'r1', unwatched), RequestError);
  assert.equal((await applyRule(serverOf([page('e1', null)]), 'r1', unwatched)).isWhole, true);
});

test('mail that is gone meanwhile stops no undo, what can’t be changed does', async () => {
  const undo = { e1: { 'keywords/x': null } };
  const answer = (type: string) => serverOf([{ set: { notUpdated: { e1: { type } } } }]);
  await takeBackRule(answer('notFound'), undo);
  await assert.rejects(takeBackRule(answer('invalidProperties'), undo));
});
