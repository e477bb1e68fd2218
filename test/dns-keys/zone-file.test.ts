import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WireError } from '../../dns-keys/wire-error.ts';
import { recordFromLine, recordFromText, zoneFileLine } from '../../dns-keys/zone-file.ts';
import { anyRecord } from './arbitraries.ts';

describe('lines of a zone file', () => {
  it('give back the record they were made from', () => {
    fc.assert(
      fc.property(anyRecord, record => {
        const read = recordFromLine(zoneFileLine(record));
        assert.deepEqual(
          { ...read, rdata: Buffer.from(read.rdata) },
          { ...record, rdata: Buffer.from(record.rdata) },
        );
      }),
    );
  });

  it('are one line of printable ASCII', () => {
    fc.assert(fc.property(anyRecord, record => assert.match(zoneFileLine(record), /^[ -~]+$/)));
  });

  it('escape what Knot does not take in names, and no more', () => {
    const line = '_a-b*/1\\+\\;\\ x.example. 60 CLASS32 MX 10 \\(\\200.example.'.replace('\\ x', '\\032x');
    assert.equal(zoneFileLine(recordFromLine(line)), line);
  });

  it('are written for an administrator from words', () => {
    const words = ['60485', '13', '2', '00'.repeat(16), '00'.repeat(16)];
    const record = recordFromText({ owner: '_openpgpkey.example.org', ttlSeconds: 3600, type: 'ds', words });
    const digest = '0'.repeat(64);
    assert.equal(zoneFileLine(record), `_openpgpkey.example.org. 3600 IN DS 60485 13 2 ${digest}`);
  });

  for (const line of [
    ...['', 'a.', 'a. 60', 'a. 60 IN', 'a. IN A 192.0.2.1', 'a. 60 IN NOSUCH x', 'a. 60 XX A 192.0.2.1'],
    ...['a. 60 CLASS65536 A 192.0.2.1', 'a. 4294967296 IN A 192.0.2.1', 'a..b 60 IN A 192.0.2.1'],
  ])
    it(`are refused as ${JSON.stringify(line)}`, () => assert.throws(() => recordFromLine(line), WireError));
});
