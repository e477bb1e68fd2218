import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { algorithms, signingAlgorithms } from '../../../dns-keys/dnssec/algorithms.ts';

// One signature in 128 has an r or s with a zero in front, one in 32,768 with two.
const signatures = 3000;

for (const algorithm of signingAlgorithms) {
  test(`signatures of ${algorithms[algorithm].name} have 64 octets, also where numbers are short`, () => {
    const privateKey = algorithms[algorithm].generate();
    const publicKey = createPublicKey(privateKey);
    let short = 0;
    for (let turn = 0; turn < signatures; turn += 1) {
      const data = Buffer.from(`message ${turn}`);
      const signature = algorithms[algorithm].sign(data, privateKey);
      assert.equal(signature.length, 64);
      assert.ok(algorithms[algorithm].verify(data, publicKey, signature), `message ${turn}`);
      if (signature[0] === 0 || signature[32] === 0) short += 1;
    }
    assert.ok(short > 0);
  });
}
