import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Message,
  newMessage,
  opcodes,
  parseMessage,
  type ResourceRecord,
  writeMessage,
} from '../../dns-keys/message.ts';
import { lowerName, nameText, parseName } from '../../dns-keys/name.ts';
import { canonicalRdata } from '../../dns-keys/rr/rdata-names.ts';
import { rrTypes, typeName } from '../../dns-keys/rr/table.ts';
import { WireError } from '../../dns-keys/wire-error.ts';
import { zoneFileLine } from '../../dns-keys/zone-file.ts';
import { anyMessage } from './arbitraries.ts';

interface Vector {
  source: string;
  octets: string;
  flags: string[];
  rcode: number;
  questions: string[];
  answers: string[];
  authorities: string[];
  additionals: string[];
}
const vectors = JSON.parse(readFileSync('test/vectors/dns-messages.json', 'utf8')) as Vector[];

/** A message with octets of one kind and the case of names left aside where `isCaseKept` is false. */
function plain(message: Message, isCaseKept = true): unknown {
  const name = (octets: Uint8Array) => nameText(isCaseKept ? octets : lowerName(octets));
  const record = (one: ResourceRecord) => ({
    ...one,
    name: name(one.name),
    rdata: Buffer.from(isCaseKept ? one.rdata : canonicalRdata(one.type, one.rdata)).toString('hex'),
  });
  const { questions, answers, authorities, additionals, ...header } = message;
  return {
    header: { ...header, lastRecordAt: null },
    questions: questions.map(one => ({ ...one, name: name(one.name) })),
    answers: answers.map(record),
    authorities: authorities.map(record),
    additionals: additionals.map(record),
  };
}

/** Whatever `parse` does with the octets, but for `WireError`, comes out. */
function parsesOrRefuses(octets: Uint8Array): void {
  try {
    parseMessage(octets);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

describe('messages', () => {
  it('are the same after they were written and read', () => {
    fc.assert(
      fc.property(anyMessage, message => {
        const read = parseMessage(writeMessage(message, { compress: false }));
        assert.deepEqual(plain(read), plain({ ...message, lastRecordAt: null } as Message));
      }),
    );
  });

  it('are the same after they were compressed, but for the case of names', () => {
    fc.assert(
      fc.property(anyMessage, message => {
        const octets = writeMessage(message);
        assert.ok(octets.length <= writeMessage(message, { compress: false }).length);
        assert.deepEqual(
          plain(parseMessage(octets), false),
          plain({ ...message, lastRecordAt: null } as Message, false),
        );
      }),
    );
  });

  it('are written the same after they were read', () => {
    fc.assert(
      fc.property(anyMessage, message => {
        const octets = writeMessage(message);
        assert.deepEqual(writeMessage(parseMessage(octets)), octets);
      }),
    );
  });

  for (const vector of vectors)
    it(`of ${vector.source} are read, and written octet for octet`, () => {
      const message = parseMessage(Buffer.from(vector.octets, 'hex'));
      assert.equal(message.rcode, vector.rcode);
      assert.deepEqual(
        Object.entries(message).flatMap(([name, value]) => (value === true ? [name] : [])),
        vector.flags,
      );
      assert.deepEqual(
        message.questions.map(({ name, type }) => `${nameText(name)} ${typeName(type)}`),
        vector.questions,
      );
      assert.deepEqual(message.answers.map(zoneFileLine), vector.answers);
      assert.deepEqual(message.authorities.map(zoneFileLine), vector.authorities);
      assert.deepEqual(message.additionals.map(zoneFileLine), vector.additionals);
      assert.equal(writeMessage(message).toString('hex'), vector.octets);
    });
});

describe('parseMessage', () => {
  it('throws nothing but WireError for any octets', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), parsesOrRefuses), { numRuns: 1000 });
  });

  it('throws nothing but WireError for a message with octets changed, cut or added', () => {
    const changes = fc.array(fc.tuple(fc.nat(2000), fc.oneof(fc.constant(0xc0), fc.nat(0xff))), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(anyMessage, changes, fc.integer({ min: -40, max: 4 }), (message, list, more) => {
        const written = writeMessage(message);
        const octets = Buffer.concat([written, Buffer.alloc(4)]).subarray(
          0,
          Math.max(0, written.length + more),
        );
        for (const [at, octet] of list) if (octets.length > 0) octets[at % octets.length] = octet;
        parsesOrRefuses(octets);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses every message that is cut short', () => {
    for (const { octets } of vectors) {
      const whole = Buffer.from(octets, 'hex');
      for (let length = 0; length < whole.length; length += 1)
        assert.throws(() => parseMessage(whole.subarray(0, length)), WireError);
    }
  });

  it('refuses octets behind the message', () => {
    assert.throws(() => parseMessage(Buffer.concat([writeMessage(newMessage()), Buffer.of(0)])), WireError);
  });

  it('refuses counts that the octets do not bear out, without making room for them', () => {
    const octets = writeMessage(newMessage());
    octets.fill(0xff, 4, 12);
    assert.throws(() => parseMessage(octets), WireError);
  });

  it('refuses names that lead through thousands of pointers, which would cost seconds', () => {
    const record = (name: Uint8Array, rdata: Uint8Array) =>
      Buffer.concat([
        name,
        Buffer.from('fff000010000000000', 'hex').subarray(0, 8),
        uint16(rdata.length),
        rdata,
      ]);
    const chain = Buffer.concat(
      Array.from({ length: 8000 }, (_, at) => uint16(0xc000 | (at ? 21 + at * 2 : 12))),
    );
    const first = record(Buffer.of(0), chain);
    const pointer = uint16(0xc000 | (12 + first.length - 2));
    const others = Array.from({ length: 4000 }, () => record(pointer, Buffer.alloc(0)));
    const header = Buffer.concat([Buffer.alloc(6), uint16(4001), Buffer.alloc(4)]);
    assert.throws(() => parseMessage(Buffer.concat([header, first, ...others])), WireError);
  });

  it('writes out the names in RDATA of old types alone', () => {
    const name = parseName('Host.example');
    const answer = (type: number, rdata: string) => {
      const message = newMessage({ questions: [{ name, type, class: 1 }] });
      const data = Buffer.from(rdata, 'hex');
      const octets = Buffer.concat([
        writeMessage(message),
        Buffer.from('c00c', 'hex'),
        ...[type, 1, 0, 0, data.length].map(uint16),
        data,
      ]);
      octets.writeUInt16BE(1, 6);
      return Buffer.from(parseMessage(octets).answers[0]?.rdata ?? []).toString('hex');
    };
    const whole = Buffer.from(name).toString('hex');
    assert.equal(answer(rrTypes.NS, 'c00c'), whole);
    assert.equal(answer(rrTypes.MX, '000ac00c'), `000a${whole}`);
    assert.equal(
      answer(rrTypes.SOA, `c00c0161c011${'0'.repeat(40)}`),
      `${whole}0161${whole.slice(10)}${'0'.repeat(40)}`,
    );
    assert.equal(answer(rrTypes.TXT, '02c00c'), '02c00c');
    assert.equal(answer(65_280, 'c00c'), 'c00c');
    assert.throws(() => answer(rrTypes.NS, '0161'), WireError);
    assert.throws(() => answer(rrTypes.MX, '00'), WireError);
  });

  it('keeps empty RDATA of an update (RFC 2136 section 2.5)', () => {
    const name = parseName('example');
    const record = { name, type: rrTypes.NS, class: 255, ttlSeconds: 0, rdata: new Uint8Array() };
    const octets = writeMessage(newMessage({ opcode: opcodes.UPDATE, authorities: [record] }));
    assert.equal(parseMessage(octets).authorities[0]?.rdata.length, 0);
  });

  it('tells where the last additional record begins', () => {
    const record = (text: string) => {
      const rdata = Uint8Array.of(1, 97);
      return { name: parseName(text), type: rrTypes.TXT, class: 1, ttlSeconds: 0, rdata };
    };
    const one = newMessage({ answers: [record('a.example')], additionals: [record('b.example')] });
    const two = { ...one, additionals: [record('b.example'), record('c.example')] };
    assert.equal(parseMessage(writeMessage(two)).lastRecordAt, writeMessage(one).length);
    assert.equal(parseMessage(writeMessage(newMessage({ answers: one.answers }))).lastRecordAt, null);
  });
});

describe('writeMessage', () => {
  it('refuses a message over 65,535 octets', () => {
    const rdata = new Uint8Array(60_000);
    const record = { name: parseName('example'), type: 65_280, class: 1, ttlSeconds: 0, rdata };
    assert.equal(parseMessage(writeMessage(newMessage({ answers: [record] }))).answers.length, 1);
    assert.throws(() => writeMessage(newMessage({ answers: [record, record] })), WireError);
  });
});

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
