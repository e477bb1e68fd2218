import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { ResourceRecord } from '../../../dns-keys/message.ts';
import { nameText, parseName } from '../../../dns-keys/name.ts';
import { decodeData, encodeData, recordTypes, rrTypes, typeName } from '../../../dns-keys/rr/table.ts';
import { recordFromLine, zoneFileLine } from '../../../dns-keys/zone-file.ts';
import { requireService } from '../../support/services.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { rdataOf } from '../arbitraries.ts';

const apex = ['SOA a.example. b.example. 1 2 3 4 5', 'NS a.example.', 'A 192.0.2.1'].map((text, at) =>
  recordFromLine(`${at < 2 ? '' : 'a.'}example. 60 IN ${text}`),
);

/** Names that mean something else to some readers where they stand unescaped, or behind a backslash. */
const oddNames: readonly ResourceRecord[] = ['#', '[', '@', '$', '"', '(', ';', '.', '\\', '~'].map(
  (first, at) => ({
    name: parseName(`odd${at}.example`),
    type: rrTypes.NS,
    class: 1,
    ttlSeconds: 60,
    rdata: parseName(`\\${first.charCodeAt(0).toString().padStart(3, '0')}x1.other`),
  }),
);

/** Thirty records of each type that a zone file can hold, each with an owner of its own; the same each time. */
const samples: readonly ResourceRecord[] = recordTypes
  .filter(({ type }) => type !== rrTypes.SOA && type !== rrTypes.OPT && type !== rrTypes.TSIG)
  .flatMap(({ type }): ResourceRecord[] => {
    const rdatas = fc.sample(rdataOf(type), { seed: 1, numRuns: 30 });
    return rdatas.map((rdata, at) => ({
      name: parseName(`${typeName(type)}${at}.example`.toLowerCase()),
      type,
      class: 1,
      ttlSeconds: 60,
      rdata: likelyRdata(type, rdata),
    }));
  })
  .concat(oddNames);

/** RDATA made such that the programs take it: they look into digests, hashes, signatures and types where we do not. */
function likelyRdata(type: number, rdata: Uint8Array): Uint8Array {
  if (type === rrTypes.DS || type === rrTypes.CDS) {
    const digest = createHash('sha256').update(rdata).digest();
    return encodeData(type, { keyTag: 1, algorithm: 13, digestType: 2, digest });
  }
  if (type === rrTypes.RRSIG) {
    const data = decodeData(type, rdata);
    const typeCovered = isCommon(data.typeCovered) ? data.typeCovered : rrTypes.A;
    // BIND takes a time over 68 years ahead for one that is past.
    const times = { expiration: data.expiration >>> 1, inception: data.inception >>> 1 };
    const signer = parseName('example');
    return encodeData(type, { ...data, ...times, typeCovered, algorithm: 13, labels: 2, signer });
  }
  if (type === rrTypes.NSEC || type === rrTypes.CSYNC) {
    const data = decodeData(type, rdata);
    return encodeData<number>(type, { ...data, types: [rrTypes.NSEC, ...data.types.filter(isCommon)] });
  }
  if (type !== rrTypes.NSEC3) return rdata;
  const data = decodeData(rrTypes.NSEC3, rdata);
  const nextHash = createHash('sha1').update(rdata).digest();
  return encodeData(rrTypes.NSEC3, { ...data, nextHash, types: data.types.filter(isCommon) });
}

/** Whether all give the type the same name or none: a mnemonic that we know as well, or the number. */
function isCommon(type: number): boolean {
  const isQuestionAlone = type === rrTypes.OPT || (type > 127 && type < 256);
  if (isQuestionAlone) return false;
  return type > 300 ? type < 32_768 || type > 32_769 : !typeName(type).startsWith('TYPE');
}

/** A zone of these records in a file; gives its path. */
function zoneFile(test: TestContext, records: readonly ResourceRecord[]): string {
  const path = join(temporaryFolder(test), 'example.zone');
  writeFileSync(path, [...apex, ...records].map(record => `${zoneFileLine(record)}\n`).join(''));
  return path;
}

describe('our text of records', () => {
  it('is read by ldns as the octets it was made from', test => {
    const program = requireService(test, 'ldnsutils');
    if (program === null) return;
    const reader = join(dirname(program), 'ldns-read-zone');
    // All types but WKS, which is not there, as `\# n hex`.
    const text = execFileSync(reader, ['-U', 'WKS', zoneFile(test, samples)], { encoding: 'utf8' });
    const read = new Map(text.split('\n').map(line => [line.split('\t')[0], line.split('\t').slice(3)]));
    for (const { name, type, rdata } of samples) {
      const [typeWord, data = ''] = read.get(nameText(name)) ?? [];
      assert.equal(typeWord, `TYPE${type}`);
      assert.equal(data.replace(/^\\# \d+ ?/, ''), Buffer.from(rdata).toString('hex'));
    }
  });

  it('is taken by kzonecheck', test => {
    const program = requireService(test, 'kzonecheck');
    if (program === null) return;
    execFileSync(program, ['-d', 'off', '-o', 'example.', zoneFile(test, samples)], { stdio: 'pipe' });
  });

  it('is the same after named-checkzone has written it in its own way', test => {
    const program = requireService(test, 'bind9Utils');
    if (program === null) return;
    const file = zoneFile(test, samples);
    const checker = join(dirname(program), 'named-checkzone');
    const rules = ['-i', 'none', '-k', 'ignore', '-D', '-s', 'full', '-o', `${file}.written`];
    execFileSync(checker, [...rules, 'example', file], { stdio: 'pipe' });
    const lines = readFileSync(`${file}.written`, 'utf8').match(/^[^;\n].*/gm) ?? [];
    const text = (record: ResourceRecord) => zoneFileLine(record).toLowerCase();
    assert.deepEqual(
      lines.map(line => text(recordFromLine(line))).toSorted(),
      [...apex, ...samples].map(text).toSorted(),
    );
  });
});
