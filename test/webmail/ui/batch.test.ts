import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actOn, type Chosen, destroyMany, idsOfList, unwatched } from '../../../webmail/ui/batch.ts';
import { type Client, RequestError } from '../../../webmail/ui/client.ts';
import type { Asking } from '../../../webmail/ui/mail.ts';

const asking = (call: Client['call']): Asking => ({ client: { call } as Client, accountId: 'a1' });
const many = (count: number): string[] => Array.from({ length: count }, (_, place) => `m${place}`);
const chosen = (count: number): Chosen[] => many(count).map(id => ({ id, key: id }));

/** A list that answers as RFC 8620 §5.5 has it, and loses messages between two pages. */
function shrinking(all: string[], lose: (page: number) => readonly string[]): Client['call'] {
  let pages = 0;
  return async ([call]) => {
    const { position = 0, anchor, anchorOffset = 0, limit } = (call?.[1] ?? {}) as Record<string, number>;
    const left = new Set(lose(pages));
    all.splice(0, all.length, ...all.filter(id => !left.has(id)));
    pages += 1;
    const at = anchor === undefined ? position : all.indexOf(String(anchor)) + anchorOffset;
    if (anchor !== undefined && !all.includes(String(anchor))) throw new RequestError(200, 'anchorNotFound');
    return { page: { ids: all.slice(at, at + Number(limit)) } };
  };
}

test('of a list whose messages go while it is read, all that stay are found', async () => {
  const all = many(2200);
  // Behind the third page, most of what was read is gone, the ends of two pages among it.
  const gone = all.slice(400, 1500);
  const call = shrinking([...all], page => (page === 3 ? gone : []));
  const found = await idsOfList(asking(call), [], unwatched);
  assert.deepEqual(
    all.filter(id => !found.includes(id)),
    [],
  );
});

test('where the end of every page goes, the list is read from its beginning', async () => {
  const all = many(1200);
  const call = shrinking([...all], page => (page === 2 ? all.slice(0, 1000) : []));
  assert.deepEqual((await idsOfList(asking(call), [], unwatched)).length, 1200);
});

test('messages are destroyed batch by batch; what is left when the connection breaks has failed', async () => {
  let calls = 0;
  const call: Client['call'] = async ([first]) => {
    calls += 1;
    if (calls === 3) throw new RequestError(0);
    const destroy = (first?.[1].destroy ?? []) as string[];
    const [refused = '', gone = '', ...destroyed] = destroy;
    return {
      set: { destroyed, notDestroyed: { [refused]: { type: 'forbidden' }, [gone]: { type: 'notFound' } } },
    };
  };
  const { done, failed, undo } = await destroyMany(asking(call), chosen(1300), unwatched);
  assert.equal(done, 2 * 498);
  assert.deepEqual(failed.map(({ id }) => id).slice(0, 3), ['m0', 'm500', 'm1000']);
  assert.equal(failed.length, 2 + 300);
  assert.deepEqual(undo, []);
});

test('what was changed can be taken back, what was refused is told', async () => {
  const tags = [{ id: 'garden', role: null }] as never;
  const call: Client['call'] = async ([first]) => {
    const ids = (first?.[1].ids ?? []) as string[];
    if (first?.[0] === 'Email/get')
      return { get: { list: ids.map(id => ({ id, keywords: {}, mailboxIds: { inbox: true } })) } };
    return { set: { notUpdated: { m1: { type: 'forbidden' }, m2: { type: 'notFound' } } } };
  };
  const act = { tagId: 'garden', isAdded: true };
  const outcome = await actOn(asking(call), chosen(4), { act, tags, progress: unwatched });
  assert.deepEqual(
    outcome.failed.map(({ id }) => id),
    ['m1'],
  );
  assert.deepEqual(
    outcome.undo.map(({ ids }) => ids),
    [['m0', 'm2', 'm3']],
  );
  await assert.rejects(
    actOn(
      asking(() => Promise.reject(new RequestError(0))),
      chosen(1),
      { act, tags, progress: unwatched },
    ),
  );
});
