import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { base32hexOctets } from '../../../dns-keys/base32hex.ts';
import { optionCodes } from '../../../dns-keys/edns.ts';
import { parseMessage, rcodes } from '../../../dns-keys/message.ts';
import { nameText, parseName } from '../../../dns-keys/name.ts';
import { canonicalRdata } from '../../../dns-keys/rr/rdata-names.ts';
import {
  dataText,
  decodeData,
  encodeData,
  rdataFromText,
  recordType,
  recordTypes,
  rrTypes,
  typeName,
  typeNumber,
} from '../../../dns-keys/rr/table.ts';
import { splitWords } from '../../../dns-keys/rr/words.ts';
import { WireError } from '../../../dns-keys/wire-error.ts';
import { recordFromLine, zoneFileLine } from '../../../dns-keys/zone-file.ts';
import { dataByType, rdataOf } from '../arbitraries.ts';

/** Published records; their RDATA in hexadecimal is how ldns-read-zone 1.8.3 writes the line (`-U`). */
const vectors = JSON.parse(readFileSync('test/vectors/dns-records.json', 'utf8')) as {
  source: string;
  line: string;
  type: number;
  rdata: string;
}[];

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
const rdata = (octets: string) => Uint8Array.from(Buffer.from(octets, 'hex'));
const fromText = (type: number, text: string) => rdataFromText(type, splitWords(text));

describe('the table of record types', () => {
  it('has one row per type, under its number and name', () => {
    assert.equal(new Set(recordTypes.map(row => row.type)).size, recordTypes.length);
    for (const row of recordTypes) {
      assert.equal(typeName(row.type), row.name);
      assert.equal(typeNumber(row.name.toLowerCase()), row.type);
      assert.equal(recordType(row.type), row);
    }
  });

  it('has a published example of each type that a zone file can hold', () => {
    const withExample = new Set(vectors.map(vector => vector.type));
    const without = recordTypes.filter(row => !withExample.has(row.type)).map(row => row.name);
    // Both have theirs in whole messages, test/vectors/dns-messages.json.
    assert.deepEqual(without, ['OPT', 'TSIG']);
  });

  it('names types that it does not know by number (RFC 3597 section 5)', () => {
    assert.equal(typeName(65_280), 'TYPE65280');
    assert.equal(typeNumber('type65280'), 65_280);
    assert.equal(typeNumber('TYPE61'), rrTypes.OPENPGPKEY);
    for (const text of ['TYPE65536', 'TYPE', 'TYPE-1', 'NOSUCH', '', 'TYPE123456', 'constructor'])
      assert.throws(() => typeNumber(text), WireError);
  });
});

for (const vector of vectors) {
  const { source, line, type } = vector;
  describe(`${typeName(type)} of ${source}`, () => {
    const record = recordFromLine(line);
    it('is read from text', () => assert.deepEqual([record.type, hex(record.rdata)], [type, vector.rdata]));
    it('is read from the text that we write', () => {
      assert.deepEqual(recordFromLine(zoneFileLine(record)), record);
    });
    it('is the same after it was decoded and encoded', () => {
      assert.equal(hex(encodeData<number>(type, decodeData(type, record.rdata))), vector.rdata);
    });
  });
}

for (const row of recordTypes) {
  const data: fc.Arbitrary<unknown> = dataByType[row.type];
  describe(row.name, () => {
    it('is the same after it was encoded and decoded', () => {
      fc.assert(
        fc.property(data, value => {
          const octets = encodeData<number>(row.type, value);
          const decoded = decodeData<number>(row.type, octets);
          assert.deepEqual(plain(decoded), plain(value));
          assert.deepEqual(encodeData<number>(row.type, decoded), octets);
        }),
      );
    });

    it('is in canonical form when encoded', () => {
      fc.assert(
        fc.property(rdataOf(row.type), octets => {
          assert.equal(hex(canonicalRdata(row.type, octets)), hex(octets));
        }),
      );
    });

    it('is the same after it was written as text and read', () => {
      fc.assert(
        fc.property(rdataOf(row.type), octets => {
          const text = dataText(row.type, octets);
          assert.match(text, /^[ -~]*$/);
          assert.equal(hex(fromText(row.type, text)), hex(octets));
        }),
      );
    });

    it('is read from any octets or refused, and has a text whatever they are', () => {
      const likely = fc.oneof(fc.constantFrom(0, 1, 2, 32, 0xc0), fc.nat(0xff));
      const any = fc.array(likely, { maxLength: 60 }).map(list => Uint8Array.from(list));
      fc.assert(
        fc.property(fc.oneof(any, damaged(row.type)), octets => {
          const text = dataText(row.type, octets);
          const encoded = readOrNull(row.type, octets);
          if (encoded === null) assert.equal(text.slice(0, 2), '\\#');
          else assert.equal(hex(fromText(row.type, text)), hex(encoded));
        }),
      );
    });
  });
}

describe('decodeData', () => {
  const closed = [
    ...[
      rrTypes.A,
      rrTypes.AAAA,
      rrTypes.NS,
      rrTypes.CNAME,
      rrTypes.PTR,
      rrTypes.SOA,
      rrTypes.MX,
      rrTypes.SRV,
    ],
    ...[rrTypes.HINFO, rrTypes.NSEC3PARAM, rrTypes.TSIG],
  ];
  for (const type of closed)
    it(`refuses octets left over in ${typeName(type)}`, () => {
      fc.assert(
        fc.property(rdataOf(type), octets => {
          assert.throws(() => decodeData(type, Buffer.concat([octets, Buffer.of(0)])), WireError);
        }),
      );
    });

  const refused: [number, string][] = [
    // Compressed names: parseMessage has written them out where they may be.
    [rrTypes.NS, 'c000'],
    [rrTypes.SOA, `0161000161c000${'0'.repeat(40)}`],
    [rrTypes.NSEC, 'c00000010140'],
    [rrTypes.SRV, '000000000000c000'],
    // Nothing where something must be.
    [rrTypes.TXT, ''],
    [rrTypes.DS, '00000000'],
    [rrTypes.DNSKEY, '01000308'],
    [rrTypes.OPENPGPKEY, ''],
    [rrTypes.SMIMEA, '030000'],
    [rrTypes.NSEC3, '010000000000'],
    [rrTypes.CAA, '0000'],
    // A tag with a blank, a MAC that is longer than the record.
    [rrTypes.CAA, '00022061'],
    [rrTypes.TSIG, '00000000000001012c00200000'],
  ];
  for (const [type, octets] of refused)
    it(`refuses ${typeName(type)} of ${octets || 'nothing'}`, () =>
      assert.throws(() => decodeData(type, rdata(octets)), WireError));

  it('gives RDATA of a type without a row as it is', () => {
    assert.deepEqual(decodeData(65_280, rdata('c000')), rdata('c000'));
    assert.equal(hex(encodeData(65_280, rdata('c000'))), 'c000');
  });

  it('keeps the case of a next name, and lowers a signer (RFC 6840 section 5.1)', () => {
    const next = parseName('Host.Example');
    assert.deepEqual(
      decodeData(rrTypes.NSEC, encodeData(rrTypes.NSEC, { next, types: [rrTypes.A] })).next,
      next,
    );
    const octets = fromText(rrTypes.RRSIG, 'A 13 2 3600 20300101000000 20291201000000 1 Example. AA==');
    assert.deepEqual(decodeData(rrTypes.RRSIG, octets).signer, parseName('example'));
  });
});

describe('canonicalRdata', () => {
  it('lowers names that are not', () => {
    const octets = Buffer.concat([Buffer.of(0, 10), parseName('MAIL.Example')]);
    assert.equal(hex(canonicalRdata(rrTypes.MX, octets)), hex(fromText(rrTypes.MX, '10 mail.example.')));
    assert.deepEqual(canonicalRdata(rrTypes.TXT, octets), octets);
    assert.throws(() => canonicalRdata(rrTypes.MX, rdata('00')), WireError);
  });
});

describe('rdataFromText', () => {
  const refused: [number, string][] = [
    [rrTypes.A, '1.2.3'],
    [rrTypes.A, '1.2.3.4 5'],
    [rrTypes.AAAA, '::1%lo'],
    [rrTypes.AAAA, '1.2.3.4'],
    [rrTypes.MX, '65536 a.'],
    [rrTypes.MX, 'ten a.'],
    [rrTypes.MX, '10'],
    [rrTypes.SOA, 'a. b. 1 2 3 4'],
    [rrTypes.SOA, 'a. b. 4294967296 2 3 4 5'],
    [rrTypes.TXT, ''],
    [rrTypes.TXT, `"${'a'.repeat(256)}"`],
    [rrTypes.DS, '1 8 2 abc'],
    [rrTypes.DS, '1 8 2'],
    [rrTypes.DNSKEY, '257 3 13 AA='],
    [rrTypes.DNSKEY, '257 3 13 AB=='],
    [rrTypes.RRSIG, 'A 13 2 3600 20301301000000 20291201000000 1 example. AA=='],
    [rrTypes.RRSIG, 'A 13 2 3600 21800101000000 20291201000000 1 example. AA=='],
    [rrTypes.NSEC, 'a. NOSUCH'],
    [rrTypes.NSEC3, `1 0 0 ${'00'.repeat(256)} 00`],
    [rrTypes.NSEC3PARAM, '1 0 0'],
    [rrTypes.OPT, 'x'],
    [65_280, 'abcd'],
    [65_280, '\\# 3 abcd'],
    [65_280, '\\# 2 abc'],
    [65_280, '\\#'],
    [rrTypes.A, '\\# 3 010203'],
  ];
  for (const [type, text] of refused)
    it(`refuses ${typeName(type)} ${text.slice(0, 60)}`, () =>
      assert.throws(() => fromText(type, text), WireError));

  const readings: [number, string, string][] = [
    [rrTypes.AAAA, '::ffff:192.0.2.1', '::ffff:c000:201'],
    [rrTypes.AAAA, '2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    [rrTypes.AAAA, '1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    [rrTypes.AAAA, '0:0:0:0:0:0:0:0', '::'],
    [rrTypes.AAAA, '10:0:0:1::', '10:0:0:1::'],
    [rrTypes.TXT, 'a\\"b "c\\; d" \\255', '"a\\"b" "c; d" "\\255"'],
    [
      rrTypes.RRSIG,
      'A 13 2 60 1893456000 1890777600 1 A. AA==',
      'A 13 2 60 20300101000000 20291201000000 1 a. AA==',
    ],
    [rrTypes.NSEC3PARAM, '1 0 0 -', '1 0 0 -'],
    [rrTypes.NSEC, 'a. NSEC A type65280 A', 'a. A NSEC TYPE65280'],
    [rrTypes.CNAME, 'A\\.b.C.', 'a\\.b.c.'],
    [rrTypes.NS, '\\# 3 014100', 'a.'],
    [65_280, '\\# 0', '\\# 0'],
  ];
  for (const [type, text, expected] of readings)
    it(`reads ${typeName(type)} ${text}`, () => assert.equal(dataText(type, fromText(type, text)), expected));
});

describe('published records together', () => {
  const of = (type: number) => recordFromLine(vectors.find(vector => vector.type === type)?.line ?? '');

  it('the digest of the DNSKEY is in the DS (RFC 4034 section 5.4)', () => {
    const [key, ds] = [of(rrTypes.DNSKEY), of(rrTypes.DS)];
    const digest = createHash('sha1').update(key.name).update(key.rdata).digest('hex');
    assert.equal(hex(decodeData(rrTypes.DS, ds.rdata).digest), digest);
  });

  it('the NSEC3 names the hashes of RFC 5155 appendix A', () => {
    const record = of(rrTypes.NSEC3);
    const { salt, iterations, nextHash } = decodeData(rrTypes.NSEC3, record.rdata);
    const hash = (text: string) => {
      let octets = parseName(text);
      for (let round = 0; round <= iterations; round += 1)
        octets = createHash('sha1').update(octets).update(salt).digest();
      return hex(octets);
    };
    const owner = Buffer.from(record.name.subarray(1, 33)).toString('latin1');
    assert.equal(hex(base32hexOctets(owner)), hash('example'));
    assert.equal(hex(nextHash), hash('ns1.example'));
  });
});

describe('records of messages', () => {
  const messages = JSON.parse(readFileSync('test/vectors/dns-messages.json', 'utf8')) as {
    source: string;
    octets: string;
  }[];
  const additional = (source: string) => {
    const message = messages.find(vector => vector.source.endsWith(source));
    return parseMessage(Buffer.from(message?.octets ?? '', 'hex')).additionals[0]?.rdata ?? rdata('');
  };

  it('the TSIG of kdig is read', () => {
    const data = decodeData(rrTypes.TSIG, additional('kdig 3.2.6: TSIG'));
    assert.equal(nameText(data.algorithm), 'hmac-sha256.');
    assert.equal(new Date(data.timeSigned * 1000).getUTCFullYear(), 2026);
    assert.deepEqual([data.fudgeSeconds, data.originalId, data.error], [300, 0xbacd, 0]);
    assert.deepEqual([data.mac.length, data.otherData.length], [32, 0]);
  });

  it('the TSIG with which knotd refuses a key is read', () => {
    const data = decodeData(rrTypes.TSIG, additional('knotd 3.2.6: TSIG refused'));
    assert.deepEqual([data.error, data.mac.length], [rcodes.BADKEY, 0]);
  });

  it('the cookie of kdig is read', () => {
    const { options } = decodeData(rrTypes.OPT, additional('kdig 3.2.6: +cookie'));
    assert.deepEqual(
      options.map(({ code, data }) => [code, hex(data)]),
      [[optionCodes.COOKIE, '8473bbc5b4c94427']],
    );
  });
});

/** RDATA with one octet changed and some cut off. */
function damaged(type: number): fc.Arbitrary<Uint8Array> {
  return fc.tuple(rdataOf(type), fc.nat(), fc.nat(0xff), fc.nat(3)).map(([octets, at, octet, cut]) => {
    const other = Uint8Array.from(octets);
    if (other.length > 0) other[at % other.length] = octet;
    return other.subarray(0, Math.max(0, other.length - cut));
  });
}

/** The octets decoded and encoded; null when they are refused, and whatever else is thrown. */
function readOrNull(type: number, octets: Uint8Array): Uint8Array | null {
  try {
    const data = decodeData<number>(type, octets);
    // These two have no text of their own: `\\#` is what they are.
    return type === rrTypes.OPT || type === rrTypes.TSIG ? octets : encodeData<number>(type, data);
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

/** Octets as hexadecimal, views and copies alike. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}
