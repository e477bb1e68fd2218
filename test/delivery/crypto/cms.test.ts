import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cmsShape } from '../../../delivery/crypto/cms.ts';
import { decrypt } from '../../../delivery/crypto/decrypt.ts';
import { readElements, readObjectIdentifier } from '../../../delivery/crypto/der.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { keyring } from '../../support/openpgp-mail.ts';

interface Vector {
  readonly name: string;
  readonly base64: string;
  readonly shape: { strength: string; noIntegrity: boolean; algorithms: string[] } | null;
}

/** Made with OpenSSL's `cms` command from a key and a text of our own. */
const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../../vectors/crypto/cms.json', import.meta.url), 'utf8'),
);

describe('the outside of an S/MIME message (RFC 5652, RFC 5083)', () => {
  for (const { name, base64, shape } of vectors) {
    it(`reads ${name}`, async () => {
      const octets = Buffer.from(base64, 'base64');
      assert.deepEqual(cmsShape(octets), shape);
      const raw = `From: zoe@example.org\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`;
      const owner = { privateKeys: [], publicKeys: [], keyring };
      const { findings } = await decrypt(parseMessage(Buffer.from(raw)), owner);
      assert.equal(findings.form, 'smime');
      assert.equal(findings.encryption, shape?.strength ?? 'none');
      assert.equal(findings.noIntegrity, shape?.noIntegrity ?? false);
      assert.equal(findings.opened, false);
    });
  }

  it('never throws on any octets', () => {
    const cut = fc.constantFrom(...vectors).chain(({ base64 }) => {
      const octets = Buffer.from(base64, 'base64');
      return fc
        .tuple(fc.nat(octets.length), fc.nat(octets.length - 1), fc.nat(255))
        .map(([end, at, value]) => {
          const changed = Buffer.from(octets);
          changed[at] = value;
          return new Uint8Array(changed.subarray(0, end));
        });
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), cut), octets => {
        cmsShape(octets);
      }),
    );
    readElements(Buffer.from('30803080'.repeat(50_000), 'hex'));
  });

  it('reads object identifiers', () => {
    assert.equal(readObjectIdentifier(Buffer.from('2a864886f70d010703', 'hex')), '1.2.840.113549.1.7.3');
    assert.equal(readObjectIdentifier(Buffer.from('883703', 'hex')), '2.999.3');
  });
});
