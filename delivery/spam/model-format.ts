import { crc32 } from 'node:zlib';
import { DeliveryError } from '../errors.ts';
import type { Change } from './fusion.ts';
import type { Learner } from './learner.ts';
import { emptyModel, type Model, type Update } from './model.ts';
import { slotCount } from './slots.ts';
import { forEachView, viewNames } from './views.ts';

/**
 * The form of a stored model: 8 octets `caliospm`, version, CRC-32 and length of the rest (32 bits each), then a
 * JSON head with its length, a table of little-endian 32-bit weights for each view, and one record for each learned
 * message: 16 octets id, label, a step for each view, number of fusion changes, and each change as index into the head's names and units; last the
 * sample of `replay.ts`.
 */
const magic = 'caliospm';
const version = 1;
const frame = 20;
const tableOctets = slotCount * 4;
const stepsAt = 17;
const changesAt = stepsAt + 4 * viewNames.length;
const recordOctets = changesAt + 2;
const changeOctets = 6;

interface Head {
  readonly hasPrior: boolean;
  readonly weights: ReadonlyArray<readonly [string, number]>;
  readonly names: readonly string[];
  readonly counts: { readonly ham: number; readonly spam: number };
  readonly records: number;
  /** Octets of the kept sample, which comes last. */
  readonly kept: number;
}

/** The model as octets; 12.6 MB, and up to 8 MB of kept messages. */
export function writeModel(model: Model): Uint8Array {
  const names = [
    ...new Set([...model.learned.values()].flatMap(({ fusion }) => fusion.map(([name]) => name))),
  ];
  const head: Head = {
    hasPrior: model.prior !== null,
    weights: [...model.fusion.weights],
    names,
    counts: model.counts,
    records: model.learned.size,
    kept: model.kept.length,
  };
  const headOctets = Buffer.from(JSON.stringify(head));
  const headLength = Buffer.alloc(4);
  headLength.writeUInt32LE(headOctets.length);
  const records = writeRecords(model.learned, new Map(names.map((name, at) => [name, at])));
  const body = Buffer.concat([
    headLength,
    headOctets,
    ...viewNames.map(name => tableOf(model.learners[name])),
    records,
    model.kept,
  ]);
  const start = Buffer.alloc(frame);
  start.write(magic, 'latin1');
  start.writeUInt32LE(version, 8);
  start.writeUInt32LE(crc32(body), 12);
  start.writeUInt32LE(body.length, 16);
  return Buffer.concat([start, body]);
}

/**
 * The model that `writeModel` wrote; the prior is made anew. Throws `badInput` for octets of another form, another
 * version, or damaged ones.
 */
export function readModel(octets: Uint8Array): Model {
  const all = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (all.length < frame || all.toString('latin1', 0, 8) !== magic) throw damaged('no spam model');
  if (all.readUInt32LE(8) !== version) throw damaged(`a spam model of version ${all.readUInt32LE(8)}`);
  const body = all.subarray(frame);
  if (body.length !== all.readUInt32LE(16) || crc32(body) !== all.readUInt32LE(12)) {
    throw damaged('a damaged spam model');
  }
  const headEnd = 4 + body.readUInt32LE(0);
  // The CRC holds, so this is what `writeModel` wrote.
  const head = JSON.parse(body.toString('utf8', 4, headEnd)) as Head;
  const model = emptyModel({ withPrior: head.hasPrior });
  model.fusion.weights.clear();
  for (const [name, weight] of head.weights) model.fusion.weights.set(name, weight);
  for (const [at, name] of viewNames.entries()) {
    const start = headEnd + at * tableOctets;
    fillTable(model.learners[name], body.subarray(start, start + tableOctets));
  }
  const recordsStart = headEnd + viewNames.length * tableOctets;
  readRecords(body.subarray(recordsStart, body.length - head.kept), head, model.learned);
  // A copy, so that the file's octets need not stay.
  model.kept = new Uint8Array(body.subarray(body.length - head.kept));
  Object.assign(model.counts, head.counts);
  return model;
}

function damaged(what: string): DeliveryError {
  return new DeliveryError('badInput', `the octets are ${what}`);
}

function tableOf({ weights }: Learner): Buffer {
  return Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength);
}

function fillTable({ weights }: Learner, octets: Buffer): void {
  octets.copy(new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength));
}

function writeRecords(learned: ReadonlyMap<string, Update>, indexOf: ReadonlyMap<string, number>): Buffer {
  let size = 0;
  for (const { fusion } of learned.values()) size += recordOctets + fusion.length * changeOctets;
  const octets = Buffer.alloc(size);
  let at = 0;
  for (const [id, { isSpam, steps, fusion }] of learned) {
    octets.write(id, at, 16, 'hex');
    octets.writeUInt8(isSpam ? 1 : 0, at + 16);
    for (const [view, name] of viewNames.entries()) octets.writeInt32LE(steps[name], at + stepsAt + 4 * view);
    octets.writeUInt16LE(fusion.length, at + changesAt);
    at += recordOctets;
    for (const [name, units] of fusion) {
      octets.writeUInt16LE(indexOf.get(name) ?? 0, at);
      octets.writeInt32LE(units, at + 2);
      at += changeOctets;
    }
  }
  return octets;
}

function readRecords(octets: Buffer, head: Head, learned: Map<string, Update>): void {
  let at = 0;
  for (let record = 0; record < head.records; record++) {
    const id = octets.toString('hex', at, at + 16);
    const isSpam = octets.readUInt8(at + 16) === 1;
    const start = at + stepsAt;
    const steps = forEachView(name => octets.readInt32LE(start + 4 * viewNames.indexOf(name)));
    const count = octets.readUInt16LE(at + changesAt);
    at += recordOctets;
    const fusion: [string, number][] = [];
    for (let change = 0; change < count; change++, at += changeOctets) {
      fusion.push([head.names[octets.readUInt16LE(at)] ?? '', octets.readInt32LE(at + 2)]);
    }
    learned.set(id, { isSpam, steps, fusion: fusion satisfies Change });
  }
}
