import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { armor } from '../../../delivery/crypto/armor.ts';
import { decrypt } from '../../../delivery/crypto/decrypt.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import {
  encrypt,
  encryptedMessage,
  makePerson,
  type Person,
  sign,
  signedMessage,
  textMessage,
} from '../../support/openpgp-mail.ts';

let adam: Person;
let zoe: Person;
let encrypted: Buffer;
let signature: Buffer;

const entity = 'Content-Type: text/plain\r\n\r\nhello\r\n';
const octetsOf = (armored: string) => Buffer.from(armored.replace(/-----[^-]+-----|\s/g, ''), 'base64');

before(async () => {
  adam = await makePerson('adam@example.net');
  zoe = await makePerson('zoe@example.org');
  encrypted = octetsOf(await encrypt(entity, [adam], [zoe]));
  signature = octetsOf(await sign(entity, zoe));
});

/** Some octets changed, some cut off, some put in. */
function bent(octets: () => Buffer) {
  const change = fc.tuple(fc.nat(2000), fc.uint8Array({ maxLength: 4 }), fc.nat(3));
  return fc.array(change, { minLength: 1, maxLength: 4 }).map(changes =>
    changes.reduce((buffer, [position, put, cut]) => {
      const at = position % (buffer.length + 1);
      return Buffer.concat([buffer.subarray(0, at), put, buffer.subarray(at + cut)]);
    }, octets()),
  );
}

describe('hostile OpenPGP', () => {
  it('never makes decrypt throw, and never comes out opened when the ciphertext was changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        bent(() => encrypted),
        async octets => {
          const raw = Buffer.from(encryptedMessage('zoe@example.org', armor('MESSAGE', octets)));
          const { findings } = await decrypt(parseMessage(raw), adam.owner([zoe.known('hand')]));
          if (findings.signature === 'verified') assert.ok(findings.opened);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never makes a bent signature verified', async () => {
    await fc.assert(
      fc.asyncProperty(
        bent(() => signature),
        async octets => {
          const raw = Buffer.from(signedMessage('zoe@example.org', entity, armor('SIGNATURE', octets)));
          const { findings } = await decrypt(parseMessage(raw), adam.owner([zoe.known('hand')]));
          assert.equal(typeof findings.signature, 'string');
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never makes decrypt throw as key or armor in any place', async () => {
    const piece = fc.constantFrom(
      '-----BEGIN PGP MESSAGE-----\r\n',
      '-----BEGIN PGP SIGNED MESSAGE-----\r\n',
      '-----BEGIN PGP SIGNATURE-----\r\n',
      '-----END PGP SIGNATURE-----',
      '-----END PGP MESSAGE-----\r\n',
      'Hash: SHA512\r\n',
      '\r\n',
      '- ',
      'wV4D',
      'hello\r\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async pieces => {
        const raw = Buffer.from(textMessage('zoe@example.org', pieces.join('')));
        await decrypt(parseMessage(raw), adam.owner([zoe.known('hand', { octets: Buffer.from('broken') })]));
      }),
      { numRuns: 150 },
    );
  });

  it('with thousands of recipients costs little', async () => {
    const session = encrypted.subarray(0, 2 + (encrypted[1] ?? 0));
    const hidden = Buffer.from(session).fill(0, 3, 11);
    const data = encrypted.subarray(session.length);
    for (const many of [session, hidden]) {
      const octets = Buffer.concat([...Array<Buffer>(1500).fill(many), data]);
      const raw = Buffer.from(encryptedMessage('zoe@example.org', armor('MESSAGE', octets)));
      const started = performance.now();
      await decrypt(parseMessage(raw), adam.owner());
      assert.ok(performance.now() - started < 5000, `${performance.now() - started} ms`);
    }
  });
});
