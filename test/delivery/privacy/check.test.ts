import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeliveryError } from '../../../delivery/errors.ts';
import type { FactFault } from '../../../delivery/privacy/check.ts';
import { checkFacts } from '../../../delivery/privacy/index.ts';
import { type Subject, subjects } from '../../../delivery/privacy/shape.ts';
import { tables } from '../../../delivery/privacy/tables.ts';

/** Keys of the faults that the check finds; empty when it lets the input through. */
function faultsOf(subject: Subject, input: unknown): string[] {
  try {
    checkFacts(subject, input);
    return [];
  } catch (error) {
    assert.ok(error instanceof DeliveryError);
    assert.equal(error.code, 'badInput');
    const faults = error.fields.faults as FactFault[];
    for (const { key } of faults) assert.ok(error.message.includes(key));
    return faults.map(({ key }) => key);
  }
}

test('no facts at all are facts', () => {
  for (const subject of subjects) assert.deepEqual(faultsOf(subject, {}), []);
});

test('every bad key and word is named at once', () => {
  const input = {
    encryption: 'stronk',
    lastHop: 'unknown',
    audience: -1,
    habit: 1.01,
    subjekt: 'open',
    notEndToEnd: true,
  };
  assert.deepEqual(faultsOf('message', input), ['encryption', 'audience', 'habit', 'subjekt', 'notEndToEnd']);
});

test('a typing slip is answered with the key that was meant', () => {
  assert.throws(() => checkFacts('message', { encrypton: 'none' }), /did you mean "encryption"/);
});

test('unknown is a word of every fact that has words, and of no other', () => {
  for (const table of Object.values(tables)) {
    for (const { id, scale } of table.facts) {
      const expected = scale.kind === 'word' ? [] : [id];
      assert.deepEqual(faultsOf(table.subject, { [id]: 'unknown' }), expected, `${table.subject} ${id}`);
    }
  }
});

test('forged needs a sender that failed', () => {
  assert.deepEqual(faultsOf('message', { forged: true, sender: 'failed' }), []);
  assert.deepEqual(faultsOf('message', { forged: true, sender: 'none' }), ['forged']);
  assert.deepEqual(faultsOf('message', { forged: true }), ['forged']);
  assert.deepEqual(faultsOf('message', { forged: false, sender: 'dmarc' }), []);
});

test('noIntegrity goes with any encryption, and a ceiling that facts imply is no key', () => {
  for (const encryption of ['strong', 'weak', 'none', 'unknown']) {
    assert.deepEqual(faultsOf('message', { noIntegrity: true, encryption }), []);
  }
  for (const key of ['inClear', 'serverKey', 'storedOpen', 'unconfirmed']) {
    assert.deepEqual(faultsOf('message', { [key]: true }), [key]);
  }
});

test('flags, shares, indexes, counts, grades and sets take their own kind of value alone', () => {
  const wrong: [Subject, Record<string, unknown>][] = [
    ['message', { harmful: 'true' }],
    ['message', { habit: '0.5' }],
    ['message', { weakestContact: 50.5 }],
    ['message', { weakestContact: 101 }],
    ['message', { audience: 'lists' }],
    ['message', { audience: 1.5 }],
    ['message', { encryption: 45 }],
    ['message', { encryption: null }],
    ['message', { encryption: ['strong'] }],
    ['message', { toString: 'strong' }],
    ['message', { encryption: 'constructor' }],
    ['device', { attempts: 'list' }],
    ['account', { password: 5 }],
    ['account', { password: 'unknown' }],
    ['account', { published: 'dns' }],
    ['account', { published: ['dns', 'ftp'] }],
    ['account', { domain: [['mx']] }],
    ['account', { backup: 1 }],
    ['contact', { keyChanged: null }],
  ];
  for (const [subject, input] of wrong) assert.deepEqual(faultsOf(subject, input), Object.keys(input));
  assert.deepEqual(faultsOf('message', JSON.parse('{"__proto__": "none"}')), ['__proto__']);
  assert.deepEqual(
    faultsOf('account', { password: 'none', published: [], domain: ['mx', 'mx'], backup: false }),
    [],
  );
  assert.deepEqual(faultsOf('message', { audience: 'list', habit: 0, known: 1, weakestContact: 0 }), []);
});

test('what is no object has one fault', () => {
  for (const input of [null, [], 'strong', 7, undefined]) {
    for (const subject of subjects) assert.deepEqual(faultsOf(subject, input), ['input']);
  }
});

test('the faults of a discussion say which message they are in', () => {
  const messages = [{ encryption: 'none' }, { encryption: 'nun', forged: true }, 'text'];
  assert.deepEqual(faultsOf('discussion', { messages, marked: [0, 3], more: 1 }), [
    'more',
    'messages[1].encryption',
    'messages[1].forged',
    'messages[2]',
    'marked',
  ]);
  assert.deepEqual(faultsOf('discussion', { messages: {} }), ['messages']);
  for (const marked of [[-1], [0.5], ['0'], 0]) {
    assert.deepEqual(faultsOf('discussion', { messages: [{}], marked }), ['marked']);
  }
});

test('any JSON value is let through or refused, and never breaks the check', () => {
  const keys = Object.values(tables).flatMap(({ facts, flags }) => [...facts.map(({ id }) => id), ...flags]);
  const input = fc.dictionary(fc.constantFrom(...keys, 'messages', 'marked'), fc.jsonValue(), { maxKeys: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...subjects), fc.oneof(input, fc.jsonValue()), (subject, value) => {
      for (const key of faultsOf(subject, value)) assert.ok(key.length > 0);
    }),
  );
});
