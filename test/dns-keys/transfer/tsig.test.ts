import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newMessage, parseMessage, rcodes, writeMessage } from '../../../dns-keys/message.ts';
import { parseName } from '../../../dns-keys/name.ts';
import {
  appendTsig,
  computeMac,
  readTsigKey,
  splitTsig,
  type TsigKey,
  tsigAlgorithms,
  tsigErrors,
  tsigKeyring,
  tsigOctets,
} from '../../../dns-keys/transfer/tsig.ts';
import { responseVerifier, signRequest } from '../../../dns-keys/transfer/tsig-client.ts';
import { appendTsigFault, responseSigner, verifyRequest } from '../../../dns-keys/transfer/tsig-server.ts';
import { anyMessage } from '../arbitraries.ts';

const secret = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const key = readTsigKey(`hmac-sha256:secondary.example:${secret}`);
const keys = tsigKeyring([key]);
const now = 1_700_000_000;

const request = writeMessage(
  newMessage({ id: 4711, questions: [{ name: parseName('_openpgpkey.example.org'), type: 252, class: 1 }] }),
);

function mustVerify(octets: Uint8Array, at = now) {
  const verdict = verifyRequest(octets, keys, at);
  assert.equal(verdict.status, 'verified');
  if (verdict.status !== 'verified') throw new Error('not verified');
  return verdict;
}

function refusalOf(octets: Uint8Array, at = now) {
  const verdict = verifyRequest(octets, keys, at);
  if (verdict.status !== 'refused') throw new Error(`is ${verdict.status}`);
  return verdict;
}

const notAuth = (id = 4711) => writeMessage(newMessage({ id, isResponse: true, rcode: rcodes.NOTAUTH }));

test('any message is signed and verified by every algorithm, and loses nothing by it', () => {
  const anyKey = fc.record({
    name: fc.constant(parseName('k.example')),
    algorithm: fc.constantFrom(...(Object.keys(tsigAlgorithms) as (keyof typeof tsigAlgorithms)[])),
    secret: fc.uint8Array({ minLength: 1, maxLength: 100 }),
  });
  const plain = anyMessage
    .map(message => ({ ...message, additionals: [], answers: [], authorities: [] }))
    .map(message => writeMessage(message));
  fc.assert(
    fc.property(plain, anyKey, (octets, someKey) => {
      const signed = signRequest(octets, someKey, now);
      assert.ok(signed.octets.length <= octets.length + tsigOctets(someKey));
      const verdict = verifyRequest(signed.octets, tsigKeyring([someKey]), now + 300);
      assert.equal(verdict.status, 'verified');
      if (verdict.status === 'verified') assert.deepEqual(verdict.unsigned, octets);
    }),
    { numRuns: 200 },
  );
});

test('a request with any bit turned over is not verified', () => {
  const { octets } = signRequest(request, key, now);
  for (let bit = 0; bit < octets.length * 8; bit += 1) {
    const turned = Buffer.from(octets);
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    // The id may change on the way: what was signed is the original id.
    if (bit < 16) continue;
    const verdict = verifyRequest(turned, keys, now);
    // Names of keys and algorithms have no case.
    if (splitsAlike(octets, turned)) continue;
    assert.notEqual(verdict.status, 'verified', `bit ${bit}`);
  }
});

function splitsAlike(one: Buffer, other: Buffer): boolean {
  try {
    const [a, b] = [splitTsig(one), splitTsig(other)];
    return (
      a !== null &&
      b !== null &&
      a.unsigned.equals(b.unsigned) &&
      JSON.stringify(a.tsig) === JSON.stringify(b.tsig)
    );
  } catch {
    return false;
  }
}

test('verifying never throws, whatever octets come', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), octets => void verifyRequest(octets, keys, now)));
});

test('an id that was changed on the way does no harm (RFC 8945 section 4.3.1)', () => {
  const { octets } = signRequest(request, key, now);
  octets.writeUInt16BE(9, 0);
  assert.deepEqual(mustVerify(octets).unsigned, request);
});

test('an unknown key and one of another algorithm get BADKEY, unsigned', () => {
  const stranger = readTsigKey(`hmac-sha256:stranger.example:${secret}`);
  const other = readTsigKey(`hmac-sha512:secondary.example:${secret}`);
  for (const wrong of [stranger, other]) {
    const verdict = refusalOf(signRequest(request, wrong, now).octets);
    assert.deepEqual([verdict.error, verdict.key], [tsigErrors.badKey, null]);
    const answer = splitTsig(appendTsigFault(notAuth(), verdict, now));
    assert.deepEqual([answer?.tsig.error, answer?.tsig.mac.length], [tsigErrors.badKey, 0]);
  }
});

test('a wrong secret gets BADSIG, unsigned', () => {
  const wrong: TsigKey = { ...key, secret: Buffer.alloc(32) };
  const verdict = refusalOf(signRequest(request, wrong, now).octets);
  assert.deepEqual([verdict.error, verdict.key], [tsigErrors.badSignature, null]);
  assert.equal(splitTsig(appendTsigFault(notAuth(), verdict, now))?.tsig.mac.length, 0);
});

test('a clock that is wrong gets BADTIME, signed, with our time and theirs', () => {
  const signed = signRequest(request, key, now);
  const verdict = refusalOf(signed.octets, now + 301);
  assert.equal(verdict.error, tsigErrors.badTime);
  const answer = appendTsigFault(notAuth(), verdict, now + 301);
  const tsig = splitTsig(answer)?.tsig;
  assert.equal(tsig?.timeSigned, now);
  assert.equal(Buffer.from(tsig?.otherData ?? []).readUIntBE(0, 6), now + 301);
  const verify = responseVerifier({ key, mac: signed.mac });
  assert.deepEqual(verify(answer, now), { status: 'refused', error: tsigErrors.badTime, isAuthentic: true });
});

test('a fudge that the peer sets does not make an old request new', () => {
  const parts = splitTsig(signRequest(request, key, now).octets);
  assert.ok(parts);
  const tsig = { ...parts.tsig, fudgeSeconds: 65_535 };
  const mac = computeMac(key, { priorMac: null, messages: [request], tsig, isTimersOnly: false });
  assert.equal(refusalOf(appendTsig(request, { ...tsig, mac }), now + 301).error, tsigErrors.badTime);
});

test('truncated MACs are refused: too short is malformed, short BADTRUNC, none BADSIG (RFC 8945 section 5.2)', () => {
  const parts = splitTsig(signRequest(request, key, now).octets);
  assert.ok(parts);
  const { tsig } = parts;
  const withMac = (mac: Uint8Array) => verifyRequest(appendTsig(request, { ...tsig, mac }), keys, now);
  assert.equal(withMac(tsig.mac.subarray(0, 15)).status, 'malformed');
  assert.equal(withMac(Buffer.concat([tsig.mac, Buffer.alloc(1)])).status, 'malformed');
  const short = withMac(tsig.mac.subarray(0, 16));
  assert.deepEqual(short.status === 'refused' && [short.error, short.key], [tsigErrors.badTruncation, key]);
  const none = withMac(Buffer.alloc(0));
  assert.equal(none.status === 'refused' && none.error, tsigErrors.badSignature);
});

test('a TSIG anywhere but at the end, or twice, is malformed', () => {
  const once = signRequest(request, key, now).octets;
  assert.equal(verifyRequest(signRequest(once, key, now).octets, keys, now).status, 'malformed');
  assert.equal(verifyRequest(Buffer.concat([once, Buffer.alloc(3)]), keys, now).status, 'malformed');
  assert.equal(verifyRequest(request, keys, now).status, 'unsigned');
});

test('each message of a stream is signed over the one before, so none can be left out or turned over', () => {
  const signed = signRequest(request, key, now);
  const sign = responseSigner(mustVerify(signed.octets));
  const messages = [1, 2, 3].map(number => sign(Buffer.concat([notAuth(), Buffer.alloc(0)]), now + number));
  const verify = responseVerifier({ key, mac: signed.mac });
  for (const message of messages) assert.deepEqual(verify(message, now), { status: 'verified' });
  const skipping = responseVerifier({ key, mac: signed.mac });
  assert.equal(skipping(messages[0] ?? notAuth(), now).status, 'verified');
  assert.equal(skipping(messages[2] ?? notAuth(), now).status, 'forged');
  const other = responseVerifier({ key, mac: Buffer.alloc(32) });
  assert.equal(other(messages[0] ?? notAuth(), now).status, 'forged', 'another request');
  assert.equal(parseMessage(messages[0] ?? notAuth()).additionals.length, 1);
});

test('keys are read from their text; MD5, SHA-1 and short secrets are refused', () => {
  assert.throws(() => readTsigKey(`hmac-md5:k:${secret}`), /algorithm/);
  assert.throws(() => readTsigKey(`hmac-sha1:k:${secret}`), /algorithm/);
  assert.throws(() => readTsigKey('hmac-sha256:k:c2hvcnQ='), /16 octets/);
  assert.throws(() => tsigKeyring([key, key]), /two TSIG keys/);
});
