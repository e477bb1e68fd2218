import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Budget } from '../../../webmail/api/jmap/budget.ts';
import { MethodError } from '../../../webmail/api/jmap/errors.ts';
import { evaluatePointer, resolveReferences } from '../../../webmail/api/jmap/references.ts';
import type { Invocation } from '../../../webmail/wire.ts';
import { openTestWeb } from './web.ts';

const budget = () => new Budget(1_000_000);

const responses: Invocation[] = [
  ['Email/query', { ids: ['e1', 'e2'] }, 'a'],
  [
    'Email/get',
    {
      list: [
        { id: 'e1', threadId: 't1', keywords: ['x', 'y'], 'a/b': 1, 'm~n': 2 },
        { id: 'e2', threadId: 't2', keywords: ['z'] },
      ],
    },
    'b',
  ],
];

function refer(resultOf: string, name: string, path: string) {
  return resolveReferences({ '#ids': { resultOf, name, path } }, responses, budget());
}

function failsWith(type: string) {
  return (error: unknown) => error instanceof MethodError && error.type === type;
}

test('§3.7 a reference takes the value of an earlier response', () => {
  assert.deepEqual(refer('a', 'Email/query', '/ids'), { ids: ['e1', 'e2'] });
});

test('§3.7 a star takes a member of every item', () => {
  assert.deepEqual(refer('b', 'Email/get', '/list/*/threadId'), { ids: ['t1', 't2'] });
});

test('§3.7 lists under a star are joined', () => {
  assert.deepEqual(refer('b', 'Email/get', '/list/*/keywords'), { ids: ['x', 'y', 'z'] });
});

test('§3.7 pointers escape slash and tilde', () => {
  assert.equal(evaluatePointer(responses[1]?.[1], '/list/0/a~1b', budget()), 1);
  assert.equal(evaluatePointer(responses[1]?.[1], '/list/0/m~0n', budget()), 2);
});

test('§3.7 what cannot be resolved is an invalidResultReference', () => {
  for (const [call, name, path] of [
    ['z', 'Email/query', '/ids'],
    ['a', 'Email/get', '/ids'],
    ['a', 'Email/query', '/nothing'],
    ['a', 'Email/query', 'ids'],
    ['a', 'Email/query', '/ids/2'],
    ['a', 'Email/query', '/ids/01'],
    ['a', 'Email/query', '/ids/-1'],
    ['a', 'Email/query', '/__proto__'],
  ] as const) {
    assert.throws(() => refer(call, name, path), failsWith('invalidResultReference'), path);
  }
});

test('§3.7 an argument given plainly and by reference is invalid', () => {
  const args = { ids: [], '#ids': { resultOf: 'a', name: 'Email/query', path: '/ids' } };
  assert.throws(() => resolveReferences(args, responses, budget()), failsWith('invalidArguments'));
});

test('any pointer on any document gives a value or an invalidResultReference', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (document, pointer) => {
      try {
        evaluatePointer(document, pointer, budget());
      } catch (error) {
        assert.ok(failsWith('invalidResultReference')(error));
      }
    }),
  );
});

test('references that double the answer with each call are stopped', async t => {
  const web = await openTestWeb(t);
  const first: [string, Record<string, unknown>] = ['Core/echo', { text: 'x'.repeat(1000) }];
  const doubling = Array.from({ length: 30 }, (_none, index): [string, Record<string, unknown>] => {
    const whole = { resultOf: `c${index}`, name: 'Core/echo', path: '' };
    return ['Core/echo', { '#a': whole, '#b': whole }];
  });
  const answers = await web.call(first, ...doubling);
  assert.ok(answers.some(([name, args]) => name === 'error' && args.type === 'requestTooLarge'));
  assert.ok(JSON.stringify(answers).length < 30_000_000);
});

test('many references to one long list are stopped', () => {
  const long: Invocation[] = [['Core/echo', { list: Array(1000).fill({ id: 'x' }) }, 'a']];
  const reference = { resultOf: 'a', name: 'Core/echo', path: '/list/*/id' };
  const args = Object.fromEntries(Array.from({ length: 1000 }, (_none, index) => [`#a${index}`, reference]));
  assert.throws(() => resolveReferences(args, long, budget()), failsWith('requestTooLarge'));
});
