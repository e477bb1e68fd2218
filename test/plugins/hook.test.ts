import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryError } from '../../delivery/errors.ts';
import { consent, guard, type HookAnswer, refusal } from '../../plugins/hook.ts';

const plugin = { name: 'score', register_hook() {} };
const [cont, deny, denysoft, ok, denydisconnect] = [undefined, 902, 903, 906, 904];

type Told = { retval: number | undefined; reply: { code?: number; reply?: string } | undefined };

function run(work: () => HookAnswer | undefined | Promise<HookAnswer | undefined>): Promise<Told> {
  return new Promise(resolve => {
    const next = (retval?: number, reply?: unknown) => resolve({ retval, reply: reply as Told['reply'] });
    guard<{ uuid: string }>(work).call(plugin, next, { uuid: 'u' });
  });
}

test('a hook that returns nothing goes on, one that consents or refuses says so', async () => {
  assert.equal((await run(() => undefined)).retval, cont);
  assert.equal((await run(async () => undefined)).retval, cont);
  assert.equal((await run(() => consent())).retval, ok);
  const refused = await run(async () => refusal('messageTooLarge'));
  assert.equal(refused.retval, deny);
  assert.equal(refused.reply?.constructor.name, 'DSN', 'Haraka takes the code of a reply of this class');
  assert.deepEqual(
    { ...refused.reply },
    { code: 552, reply: '5.3.4 Message exceeds the fixed maximum size' },
  );
  assert.equal((await run(() => refusal('malformedData', { disconnect: true }))).retval, denydisconnect);
});

const failures: readonly [string, () => Promise<undefined> | undefined, number][] = [
  [
    'a throw',
    () => {
      throw new Error('secret detail');
    },
    451,
  ],
  ['a rejection', () => Promise.reject(new Error('secret detail')), 451],
  ['a store that is full', () => Promise.reject(new DeliveryError('storeFull', 'secret detail')), 452],
  [
    'an error that would be permanent',
    () => Promise.reject(new DeliveryError('badInput', 'secret detail')),
    451,
  ],
];

for (const [name, work, code] of failures) {
  test(`${name} becomes a temporary reply that gives nothing away`, async () => {
    const { retval, reply } = await run(work);
    assert.equal(retval, denysoft);
    assert.equal(reply?.code, code);
    assert.doesNotMatch(reply?.reply ?? '', /secret/);
  });
}
