import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { jwkOf, signRequest, thumbprint } from '../../../../delivery/certificates/acme/jws.ts';
import { readProblem } from '../../../../delivery/certificates/acme/problem.ts';
import { makeSigningRequest } from '../../../../delivery/certificates/acme/signing-request.ts';
import { readElements } from '../../../../delivery/crypto/der.ts';

/** RFC 7515 appendix A.3.1. */
const rfcKey = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
  },
});

test('a request is signed as RFC 8555 §6.2 wants, by the public key before there is an account', () => {
  const header = { url: 'https://acme.example/new', nonce: 'abc', kid: null };
  const first = JSON.parse(signRequest(rfcKey, header, { a: 1 }));
  const protectedPart = JSON.parse(Buffer.from(first.protected, 'base64url').toString());
  assert.deepEqual(protectedPart, { alg: 'ES256', jwk: jwkOf(rfcKey), nonce: 'abc', url: header.url });
  assert.equal(Buffer.from(first.payload, 'base64url').toString(), '{"a":1}');
  const signed = Buffer.from(`${first.protected}.${first.payload}`);
  const key = { key: createPublicKey(rfcKey), dsaEncoding: 'ieee-p1363' } as const;
  assert.ok(verify('sha256', signed, key, Buffer.from(first.signature, 'base64url')));
  const later = JSON.parse(signRequest(rfcKey, { ...header, kid: 'https://acme.example/acct/1' }));
  assert.equal(later.payload, '', 'POST-as-GET');
  const { kid, jwk } = JSON.parse(Buffer.from(later.protected, 'base64url').toString());
  assert.deepEqual([kid, jwk], ['https://acme.example/acct/1', undefined]);
});

test('the thumbprint has the members in the order of RFC 7638 and no others', () => {
  assert.deepEqual(Object.keys(jwkOf(rfcKey)), ['crv', 'kty', 'x', 'y']);
  assert.equal(thumbprint(rfcKey), 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
});

test('a signing request holds the names and is signed by its key, also where lengths fill two octets', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (const count of [1, 4, 40]) {
    const names = Array.from({ length: count }, (_none, index) => `openpgpkey.number-${index}.example.org`);
    const request = makeSigningRequest(names, privateKey);
    const [whole, ...behind] = readElements(request);
    assert.deepEqual(behind, []);
    const [information, algorithm, signature] = readElements(whole?.content ?? request);
    assert.ok(information && algorithm && signature);
    const head =
      request.indexOf(Buffer.from(information.content)) - request.indexOf(Buffer.from(whole?.content ?? ''));
    const signed = Buffer.from(whole?.content ?? '').subarray(0, head + information.content.length);
    assert.ok(verify('sha256', signed, publicKey, signature.content.subarray(1)));
    const text = Buffer.from(information.content).toString('latin1');
    for (const name of names) assert.ok(text.includes(`\x82${String.fromCharCode(name.length)}${name}`));
    assert.ok(text.includes(publicKey.export({ type: 'spki', format: 'der' }).toString('latin1')));
  }
});

test('a problem document of any form is read', () => {
  const type = 'urn:ietf:params:acme:error:rateLimited';
  assert.deepEqual(readProblem({ type, detail: 'too many' }, { status: 429, retryAfterSeconds: 60 }), {
    ...{ type: 'rateLimited', detail: 'too many', retryAfterSeconds: 60 },
  });
  assert.equal(readProblem({}, { status: 429 }).type, 'rateLimited');
  assert.equal(readProblem('gateway', { status: 502 }).type, 'serverInternal');
  fc.assert(
    fc.property(fc.anything(), fc.integer({ min: 100, max: 599 }), (body, status) => {
      const { type: word, detail } = readProblem(body, { status });
      assert.ok(word.length > 0 && detail.length <= 500);
    }),
  );
});
