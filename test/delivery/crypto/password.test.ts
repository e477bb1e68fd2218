import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  hashAppPassword,
  hashPassword,
  makeAppPassword,
  verifyPassword,
} from '../../../delivery/crypto/password.ts';

describe('account passwords', () => {
  it('are kept as argon2id in PHC form, salted, and verified', async () => {
    const [one, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    assert.match(one, /^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.notEqual(one, other);
    assert.ok(await verifyPassword('correct horse', one));
    assert.ok(!(await verifyPassword('correct horsf', one)));
  });

  it('are the same in each Unicode form', async () => {
    assert.ok(await verifyPassword('e\u0301te\u0301', await hashPassword('\u00e9t\u00e9')));
  });

  it('agree with hashes made elsewhere', async () => {
    // From the tests of the argon2 reference implementation.
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    assert.ok(await verifyPassword('password', hash));
  });

  it('never match without a hash, or with a broken or a dangerous one', async () => {
    for (const hash of [
      null,
      '',
      'x',
      '$argon2i$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      '$argon2id$v=19$m=99999999,t=999,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      '$argon2id$v=19$m=47104,t=1,p=1$$',
    ]) {
      assert.ok(!(await verifyPassword('', hash)));
    }
  });

  it('are computed two at a time, and all get their turn', async () => {
    const hashes = await Promise.all(Array.from({ length: 5 }, (_none, index) => hashPassword(`p${index}`)));
    assert.equal(new Set(hashes).size, 5);
  });
});

describe('app passwords', () => {
  const key = new Uint8Array(32).fill(3);

  it('are 26 characters that are not taken for one another', () => {
    const made = Array.from({ length: 50 }, makeAppPassword);
    assert.equal(new Set(made).size, 50);
    for (const password of made) assert.match(password, /^([0-9a-hjkmnp-tv-z]{5}-){4}[0-9a-hjkmnp-tv-z]{6}$/);
  });

  it('are found however they are typed', () => {
    const hash = hashAppPassword('01abc-def01', key);
    assert.equal(hash.length, 32);
    for (const typed of ['OIABC DEF0l', '01abcdef01', ' o1abc-defoi ']) {
      assert.deepEqual(hashAppPassword(typed, key), hash);
    }
    assert.notDeepEqual(hashAppPassword('01abc-def02', key), hash);
    assert.notDeepEqual(hashAppPassword('01abc-def01', new Uint8Array(32)), hash);
  });
});
