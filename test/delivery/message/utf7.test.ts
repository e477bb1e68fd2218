import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { decodeCharset } from '../../../delivery/message/charset.ts';
import { decodeUtf7 } from '../../../delivery/message/utf7.ts';
import { assertLinear } from './work.ts';

describe('UTF-7', () => {
  it('reads the examples of RFC 2152', () => {
    const examples = {
      'A+ImIDkQ.': 'A\u2262\u0391.',
      'Hi Mom -+Jjo--!': 'Hi Mom -\u263a-!',
      '+ZeVnLIqe-': '\u65e5\u672c\u8a9e',
      'Item 3 is +AKM-1.': 'Item 3 is \u00a31.',
      '1 +- 1': '1 + 1',
    };
    for (const [octets, text] of Object.entries(examples))
      assert.deepEqual(decodeUtf7(Buffer.from(octets)), { text, isProblem: false });
  });

  it('reads back what another encoder has written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        assert.deepEqual(decodeCharset(iconv.encode(text, 'utf-7'), 'UTF-7'), { text, isProblem: false });
      }),
    );
  });

  it('reads any octets, and says when they are none', () => {
    fc.assert(fc.property(fc.uint8Array(), octets => typeof decodeUtf7(octets).text === 'string'));
    for (const octets of ['\xff', '+A', '+AA', '+AKN-'])
      assert.equal(decodeUtf7(Buffer.from(octets, 'latin1')).isProblem, true, octets);
  });

  it('takes time that grows with the octets only', () => {
    assertLinear(amount => Buffer.from('+AAA-'.repeat(amount)), decodeUtf7, 1_000_000);
  });
});
