import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScript, parseScriptOctets } from '../../../delivery/sieve/parse-script.ts';
import { faultCases } from './cases-faults.ts';

for (const { script, at, says } of faultCases) {
  test(`refused at ${at}: ${script.slice(0, 90)}`, () => {
    const [fault] = parseScript(script).faults;
    assert.ok(fault);
    assert.match(fault.text, says);
    assert.equal(`${fault.line}:${fault.column}`, at);
  });
}

test('every fault behind the grammar is told, in the order of the text', () => {
  const { faults } = parseScript(
    'fileinto "A";\nif header :foo "a" "b" { redirect "x@y.example"; }\nfrob;\n',
  );
  assert.deepEqual(
    faults.map(({ line }) => line),
    [1, 2, 2, 3],
  );
});

test('an extension that is not there makes no further faults', () => {
  assert.equal(parseScript('require "nothing"; if true { keep; }').faults.length, 1);
});

test('octets that are not UTF-8 are refused with their line; a byte order mark is not', () => {
  const bad = parseScriptOctets(Buffer.from('keep;\n# caf\xe9\n', 'latin1'));
  assert.deepEqual(
    bad.faults.map(({ line }) => line),
    [2],
  );
  assert.ok(parseScriptOctets(Buffer.from('\ufeffkeep;\n')).script);
  assert.equal(parseScriptOctets(Buffer.alloc(70_000, 'x')).faults.length, 1);
});
