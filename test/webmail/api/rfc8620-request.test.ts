import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RequestError } from '../../../webmail/api/jmap/errors.ts';
import { jsonDepth, readRequest } from '../../../webmail/api/jmap/request.ts';

const known = new Set(['urn:ietf:params:jmap:core']);

function read(text: string | Uint8Array) {
  return readRequest(typeof text === 'string' ? Buffer.from(text) : text, known);
}

function failsWith(type: string, limit: string | null = null) {
  return (error: unknown) => error instanceof RequestError && error.type === type && error.limit === limit;
}

test('§3.3 a request is read', () => {
  const request = {
    using: [...known],
    methodCalls: [['Core/echo', { a: 1 }, 'c1']],
    createdIds: { k: 'id' },
  };
  assert.deepEqual(read(JSON.stringify(request)), request);
});

test('§3.6.1 what is no I-JSON is notJSON', () => {
  for (const text of [
    '',
    '{',
    'null x',
    '{"using":[],"methodCalls":[["a",{"b":"\\ud800"},"c"]]}',
    '{"using":[],"methodCalls":[["a",{"\\udc00":1},"c"]]}',
    Uint8Array.from([0x22, 0xff, 0x22]),
    '\ufeff{}',
  ]) {
    assert.throws(() => read(text), failsWith('notJSON'), String(text));
  }
});

test('§3.6.1 a pair of surrogates is well-formed', () => {
  const text = '{"using":[],"methodCalls":[["Core/echo",{"b":"\\ud83d\\ude00"},"c"]]}';
  assert.equal(read(text).methodCalls[0]?.[1].b, '😀');
});

test('§3.6.1 JSON of another shape is notRequest', () => {
  for (const value of [
    null,
    [],
    'a',
    {},
    { using: [] },
    { using: 'a', methodCalls: [] },
    { using: [1], methodCalls: [] },
    { using: [], methodCalls: [['a', {}]] },
    { using: [], methodCalls: [['a', [], 'c']] },
    { using: [], methodCalls: [['a', null, 'c']] },
    { using: [], methodCalls: [], createdIds: { a: 1 } },
  ]) {
    assert.throws(() => read(JSON.stringify(value)), failsWith('notRequest'), JSON.stringify(value));
  }
});

test('§3.6.1 a capability that is not there is unknownCapability', () => {
  const text = JSON.stringify({ using: ['urn:example:none'], methodCalls: [] });
  assert.throws(() => read(text), failsWith('unknownCapability'));
});

test('§3.6.1 too many calls and too deep nesting name their limit', () => {
  const calls = Array.from({ length: 65 }, () => ['Core/echo', {}, 'c']);
  assert.throws(
    () => read(JSON.stringify({ using: [], methodCalls: calls })),
    failsWith('limit', 'maxCallsInRequest'),
  );
  assert.throws(() => read('['.repeat(1_000_000)), failsWith('limit', 'maxDepth'));
});

test('brackets inside strings do not nest', () => {
  assert.equal(jsonDepth('{"a[[[\\"{{":["]"]}'), 2);
});

test('the depth of any JSON is that of its value', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  fc.assert(fc.property(fc.jsonValue(), value => jsonDepth(JSON.stringify(value)) === depthOf(value)));
});

test('any octets give a request or a request-level error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), octets => {
      try {
        read(octets);
      } catch (error) {
        assert.ok(error instanceof RequestError);
      }
    }),
  );
});
