import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whoVouches } from '../../../delivery/authenticate/arc-chain.ts';

const says = (results: string) =>
  whoVouches([{ sealer: 'list.example', results }], 'bank.example', ['list.example']);

test('a trusted sealer vouches by dmarc=pass for the author', () => {
  for (const results of [
    'i=1; mx.list.example; dmarc=pass header.from=bank.example',
    'i=1; mx.list.example; spf=fail; DMARC = pass (p=reject) header.from=Bank.example',
    'i=1; mx.list.example; dmarc=pass (p=none (sp (of three)) dis=none) header.from="bank.example"',
    'i=1; mx.list.example (a lone " in a comment); dmarc=pass header.from=bank.example; spf=pass (and ")',
  ]) {
    assert.equal(says(results), 'list.example', results);
  }
});

test('words of the sender that a sealer has quoted are no results', () => {
  const forged = 'dmarc=pass header.from=bank.example';
  for (const results of [
    'i=1; mx.list.example; dmarc=fail header.from=bank.example',
    'i=1; mx.list.example; dmarc=pass header.from=other.example',
    `i=1; mx.list.example; spf=pass smtp.mailfrom="a; ${forged}; b"@evil.example`,
    `i=1; mx.list.example; spf=pass (a; ${forged}; b)`,
    `i=1; mx.list.example; spf=pass ((((a; ${forged}; b))))`,
    `i=1; mx.list.example; spf=pass (a; ${forged}; (b (c (d))))`,
    `i=1; mx.list.example; spf=pass (a \\) ; ${forged}; b)`,
    `i=1; mx.list.example; spf=pass (helo ") smtp.mailfrom="; ${forged}; b"@evil.example`,
    `i=1; mx.list.example; spf=pass (of "a) ; ${forged} ; ("@evil.example); dmarc=fail header.from=bank.example`,
    `i=1; mx.list.example; spf=pass (never closed; ${forged}`,
  ]) {
    assert.equal(says(results), null, results);
  }
});
