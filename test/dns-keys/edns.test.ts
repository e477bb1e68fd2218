import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fullRcode, optRecord, readOpt } from '../../dns-keys/edns.ts';
import { newMessage, parseMessage, rcodes, writeMessage } from '../../dns-keys/message.ts';
import { parseName } from '../../dns-keys/name.ts';
import { rrTypes } from '../../dns-keys/rr/table.ts';
import { WireError } from '../../dns-keys/wire-error.ts';
import { dataByType } from './arbitraries.ts';

describe('EDNS', () => {
  const anyEdns = fc.record({
    udpPayloadOctets: fc.integer({ min: 512, max: 0xffff }),
    extendedRcode: fc.nat(0xff),
    version: fc.constant(0),
    isDnssecOk: fc.boolean(),
    isCompactOk: fc.boolean(),
    options: dataByType[rrTypes.OPT].map(data => data.options),
  });

  it('says after a message the same as before', () => {
    fc.assert(
      fc.property(anyEdns, edns => {
        const message = parseMessage(writeMessage(newMessage({ additionals: [optRecord(edns)] })));
        const options = edns.options.map(({ code, data }) => ({ code, data: Buffer.from(data) }));
        const read = readOpt(message);
        assert.deepEqual(
          { ...read, options: read?.options.map(({ code, data }) => ({ code, data: Buffer.from(data) })) },
          { ...edns, options },
        );
      }),
    );
  });

  it('has DO and CO as the first two flags', () => {
    const flags = (more: object) => optRecord({ udpPayloadOctets: 1232, ...more }).ttlSeconds;
    assert.equal(flags({ isDnssecOk: true }), 0x8000);
    assert.equal(flags({ isCompactOk: true }), 0x4000);
    assert.equal(flags({ extendedRcode: 0xff, version: 1 }), 0xff01_0000);
  });

  it('counts a payload below 512 as 512', () => {
    const message = newMessage({ additionals: [optRecord({ udpPayloadOctets: 100 })] });
    assert.equal(readOpt(message)?.udpPayloadOctets, 512);
  });

  it('is null where there is no OPT', () => assert.equal(readOpt(newMessage()), null));

  const opt = optRecord({ udpPayloadOctets: 1232 });
  it('is a fault twice, in another section, below the root, or with damaged options', () => {
    const broken = [
      { additionals: [opt, opt] },
      { answers: [opt] },
      { authorities: [opt] },
      { additionals: [{ ...opt, name: parseName('example') }] },
      { additionals: [{ ...opt, rdata: Uint8Array.of(0, 10, 0) }] },
      { additionals: [{ ...opt, rdata: Uint8Array.of(0, 10, 0, 2, 1) }] },
    ];
    for (const fields of broken) assert.throws(() => readOpt(newMessage(fields)), WireError);
  });

  it('leaves the options of a version it does not know unread', () => {
    const record = { ...optRecord({ udpPayloadOctets: 1232, version: 1 }), rdata: Uint8Array.of(9) };
    const edns = readOpt(newMessage({ additionals: [record] }));
    assert.deepEqual([edns?.version, edns?.options], [1, []]);
  });

  it('holds the upper part of an rcode', () => {
    const additionals = [optRecord({ udpPayloadOctets: 1232, extendedRcode: rcodes.BADCOOKIE >> 4 })];
    assert.equal(fullRcode(newMessage({ rcode: rcodes.BADCOOKIE & 0xf, additionals })), rcodes.BADCOOKIE);
    assert.equal(fullRcode(newMessage({ rcode: rcodes.REFUSED })), rcodes.REFUSED);
  });
});
