import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { memoryStateName } from '../../../delivery/knowledge.ts';
import { addSealedActs, listSealedActs, maxSealedActs } from '../../../delivery/sealed-acts.ts';
import { readSealed, sealedMemoryName, sealedWordsName } from '../../../delivery/sealed-memory.ts';
import { emptyMemory, writeMemory } from '../../../delivery/spam/personal/memory.ts';
import { writeWeights } from '../../../delivery/spam/personal/word-weights.ts';
import { addWaiting, waitingStateName } from '../../../delivery/waiting-acts.ts';
import type { MethodContext } from '../../../webmail/api/jmap/method.ts';
import { sealedMemorySet } from '../../../webmail/api/jmap/sealed-memory.ts';
import { encrypt, makePerson } from '../../support/openpgp-mail.ts';
import { openWebSession } from '../../support/web-session.ts';
import { openTestWeb, password, type TestWeb } from './web.ts';

const owner = await makePerson('owner@example.org');
const linear = { weights: new Float32Array(32_768).fill(0.5, 20_000, 20_010), scale: 1, bias: -1, gate: 0.5 };
const weights = Buffer.from(writeWeights(linear)).toString('base64');
const at = new Date('2026-03-01T12:00:00.250Z');
const act = { emailId: 'e1', isSpam: true, at };
const told = { ...act, at: at.toISOString() };

async function sealed(text: string): Promise<string> {
  const lines = (await encrypt(text, [owner])).split(/\r?\n/);
  return lines
    .slice(lines.indexOf('') + 1)
    .filter(line => !/^(?:=.{4}|-----.*|)$/.test(line))
    .join('');
}

async function open(t: TestContext, custody: 'client' | 'none' = 'client') {
  const web = await openTestWeb(t, { custody });
  const { origin, account } = web;
  const session = await openWebSession({
    ...{ origin, password },
    ...{ address: account.address, accountId: account.id },
  });
  const set = async (args: object) => {
    const [name, answer] = await session('SealedMemory/set', args);
    return name === 'error' ? (answer.type as string) : answer;
  };
  return { web, set, put: { ifInState: '0', memory: await sealed('one'), weights, done: [] } };
}

const kept = async ({ store, account }: TestWeb) => {
  const states = [sealedMemoryName, sealedWordsName].map(name => store.getAccountState(account.id, name));
  const [memory = null, words = null] = await Promise.all(states);
  return { memory: readSealed(memory?.octets ?? null), weights: readSealed(words?.octets ?? null) };
};

test('a device gets what waits, puts what it has learned, and what was said since still waits', async t => {
  const { web, set, put } = await open(t);
  const id = web.account.id;
  assert.deepEqual(await web.ask('SealedMemory/get'), {
    ...{ accountId: id, state: '0' },
    ...{ memory: null, waiting: [] },
  });
  await addSealedActs(id, [act, { ...act, emailId: 'e2', isSpam: null }], web);
  const { waiting } = await web.ask('SealedMemory/get');
  assert.deepEqual(waiting, [told, { ...told, emailId: 'e2', isSpam: null }]);
  const alone = await web.ask('SealedMemory/get', { properties: ['waiting'] });
  assert.deepEqual(alone, { accountId: id, state: '0', waiting });
  assert.equal(await web.refuse('SealedMemory/get', { properties: ['weights'] }), 'invalidArguments');
  const later = new Date(at.getTime() + 1);
  await addSealedActs(id, [{ emailId: 'e2', isSpam: false, at: later }], web);
  const { oldState, newState } = await set({ ...put, done: waiting });
  assert.equal(oldState, '0');
  assert.deepEqual(await web.ask('SealedMemory/get'), {
    ...{ accountId: id, state: newState, memory: put.memory },
    waiting: [{ emailId: 'e2', isSpam: false, at: later.toISOString() }],
  });
  assert.equal(Buffer.from((await kept(web)).weights ?? []).toString('base64'), weights);
  const { weights: _, ...without } = put;
  const second = await set({ ...without, ifInState: newState });
  assert.equal(Buffer.from((await kept(web)).weights ?? []).toString('base64'), weights);
  await set({ ...put, ifInState: second.newState, weights: null });
  assert.equal((await kept(web)).weights, null);
});

test('of two devices the second is told, and loses nothing of the first', async t => {
  const { web, set, put } = await open(t);
  await addSealedActs(web.account.id, [act], web);
  const [one, other] = await Promise.all([
    set(put),
    set({ ...put, memory: await sealed('two'), done: [told] }),
  ]);
  const states = [one, other].filter(answer => typeof answer !== 'string');
  assert.deepEqual([states.length, [one, other].includes('stateMismatch')], [1, true]);
  assert.equal(await set(put), 'stateMismatch');
  assert.equal(await set({ ...put, ifInState: '999' }), 'stateMismatch');
  const again = await set({ ...put, ifInState: states[0].newState, done: [told] });
  assert.notEqual(again.newState, states[0].newState);
  assert.deepEqual(await listSealedActs(web.account.id, web), []);
});

test('what could be read here, is too large or has another form is refused', async t => {
  const { set, put, web } = await open(t);
  const clear = Buffer.from(writeMemory(emptyMemory)).toString('base64');
  const many = Array.from({ length: maxSealedActs + 1 }, () => told);
  const spoiled = Buffer.from(weights, 'base64');
  spoiled.writeFloatLE(Number.NaN, 5);
  const wrong = [
    { memory: clear },
    { memory: '' },
    { memory: null },
    { memory: 'no base64!' },
    { memory: Buffer.alloc(400_001, 1).toString('base64') },
    { weights: weights.slice(0, -8) },
    { weights: spoiled.toString('base64') },
    { weights: `${weights}AAAA` },
    { ifInState: null },
    { ifInState: 'new' },
    { done: many },
    { done: [{ ...told, at: 'yesterday' }] },
    { done: [{ ...told, isSpam: 'yes' }] },
    { more: 1 },
  ];
  for (const change of wrong)
    assert.equal(await set({ ...put, ...change }), 'invalidArguments', JSON.stringify(change).slice(0, 80));
  assert.deepEqual(await kept(web), { memory: null, weights: null });
});

test('only a web session puts, and only where mail is sealed', async t => {
  const { web, put } = await open(t);
  assert.equal(await web.refuse('SealedMemory/set', put), 'forbidden');
  const other = await open(t, 'none');
  assert.equal(await other.web.refuse('SealedMemory/get'), 'forbidden');
  assert.equal(await other.set(put), 'forbidden');
});

test('the oldest acts are given up when too many wait', async t => {
  const { web } = await open(t);
  const acts = Array.from({ length: maxSealedActs + 3 }, (_, n) => ({ ...act, emailId: `e${n}` }));
  await addSealedActs(web.account.id, acts.slice(0, 400), web);
  await addSealedActs(web.account.id, acts.slice(400), web);
  const waiting = await listSealedActs(web.account.id, web);
  assert.deepEqual([waiting.length, waiting[0]?.emailId], [maxSealedActs, 'e3']);
});

test('acts that take back are given up last', async t => {
  const { web } = await open(t);
  const acts = (name: string, isSpam: boolean | null, count: number) =>
    Array.from({ length: count }, (_, n) => ({ ...act, emailId: `${name}${n}`, isSpam }));
  await addSealedActs(web.account.id, [...acts('back', null, 2), ...acts('e', true, 400)], web);
  await addSealedActs(web.account.id, acts('ham', false, 101), web);
  const mixed = (await listSealedActs(web.account.id, web)).map(({ emailId }) => emailId);
  assert.deepEqual([mixed.length, mixed.slice(0, 3)], [maxSealedActs, ['back0', 'back1', 'e3']]);
  await addSealedActs(web.account.id, acts('other', null, maxSealedActs - 1), web);
  const back = (await listSealedActs(web.account.id, web)).map(({ emailId }) => emailId);
  assert.deepEqual([back.length, back.slice(0, 2)], [maxSealedActs, ['back1', 'other0']]);
});

test('what was learned of junk is forgotten, and a device that was learning meanwhile begins anew', async t => {
  const { web, set, put } = await open(t);
  const { store, account } = web;
  await addSealedActs(account.id, [act], web);
  await addWaiting(account.id, [{ emailId: 'e1', word: 'spam', source: 'owner', at }], web);
  await store.putAccountState(account.id, memoryStateName, writeMemory(emptyMemory), null);
  await web.ask('Learned/forget', { names: ['junk'] });
  for (const name of [memoryStateName, waitingStateName])
    assert.equal(await store.getAccountState(account.id, name), null);
  assert.equal(await set(put), 'stateMismatch');
  const { state, memory, waiting } = await web.ask('SealedMemory/get');
  assert.deepEqual([memory, waiting], [null, []]);
  const { newState } = await set({ ...put, ifInState: state });
  await web.ask('Learned/forget', { names: ['junk'] });
  assert.deepEqual(await kept(web), { memory: null, weights: null });
  assert.equal(await set({ ...put, ifInState: newState }), 'stateMismatch');
});

test('weights that a device puts while all is forgotten are forgotten, too', async t => {
  const { web, put } = await open(t);
  const { store, account } = web;
  // Where there were none before, and where there are.
  for (const times of ['first', 'again']) {
    let isForgotten = false;
    const context = {
      caller: { means: 'session' },
      account,
      store: {
        getAccountState: store.getAccountState.bind(store),
        putAccountState: async (...args: Parameters<typeof store.putAccountState>) => {
          const version = await store.putAccountState(...args);
          // Between the memory and the weights.
          if (args[1] === sealedMemoryName) {
            isForgotten = true;
            await web.ask('Learned/forget', { names: ['junk'] });
          }
          return version;
        },
      },
    } as unknown as MethodContext;
    const { state } = await web.ask('SealedMemory/get');
    await sealedMemorySet({ accountId: account.id, ...put, ifInState: state }, context);
    assert.ok(isForgotten, times);
    assert.deepEqual(await kept(web), { memory: null, weights: null });
  }
});
