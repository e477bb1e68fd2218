import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { DeliveryError } from '../errors.ts';
import { messageUnits } from './fading.ts';
import type { Change } from './fusion.ts';
import { countedViews, emptyModel, type Model, type Update } from './model.ts';
import { held, type Tally } from './tally.ts';
import {
  forEachView,
  judgingTallies,
  type TalliedView,
  talliedViews,
  type ViewName,
  viewNames,
} from './views.ts';

/**
 * The form of a stored model: 8 octets `caliospm`, version, CRC-32 and length of the rest (32 bits each), which is
 * deflated (RFC 1951): a JSON head with its length, a table of little-endian 32-bit weights for each view, a table of 32-bit
 * counts for each counted view, and one record for each learned message: 16 octets id, label, what it counts, a step for each
 * view, number of fusion changes, and each change as index into the head's names and units; last the sample of `replay.ts`.
 * Earlier versions are read, too: 4 knew no scales and was not deflated; 3 counted in larger units; 2 knew no time, so each
 * message counts whole there, as one; 1 had neither the view of traces nor tallies.
 */
const magic = 'caliospm';
const version = 5;
const frame = 20;
const unitsAt = 17;
const changeOctets = 6;

/** What a version holds. */
interface Form {
  readonly views: readonly ViewName[];
  readonly tallies: readonly TalliedView[];
  /** What a message counts that has not faded. */
  readonly messageUnits: number;
  /** Whether months are known, and what each message counts. */
  readonly isDated: boolean;
  readonly isDeflated: boolean;
}

const currentForm: Form = {
  views: viewNames,
  tallies: talliedViews,
  messageUnits,
  isDated: true,
  isDeflated: true,
};
const fourth: Form = { ...currentForm, tallies: judgingTallies, isDeflated: false };
const second: Form = { ...fourth, messageUnits: 1, isDated: false };
const forms: ReadonlyMap<number, Form> = new Map([
  [1, { ...second, views: viewNames.filter(name => name !== 'traceWords'), tallies: [] }],
  [2, second],
  [3, { ...fourth, messageUnits: 512 }],
  [4, fourth],
  [version, currentForm],
]);

/** Bits of a record's label. */
const labels = { spam: 1, uncounted: 2 };

interface Head {
  readonly hasPrior: boolean;
  readonly isScaled?: boolean;
  readonly weights: ReadonlyArray<readonly [string, number]>;
  readonly names: readonly string[];
  readonly counts: { readonly ham: number; readonly spam: number };
  readonly mass?: { readonly ham: number; readonly spam: number };
  readonly month?: number;
  /** Messages that the tallies counted, in the order of the tables. */
  readonly tallied?: ReadonlyArray<{ readonly ham: number; readonly spam: number }>;
  readonly records: number;
  /** Octets of the kept sample, which comes last. */
  readonly kept: number;
}

/**
 * The model as octets; 26 MB and up to 9 MB of kept messages, deflated to less than half. Throws `internal` for one that holds a number that is not
 * finite: written, it could judge no more.
 */
export function writeModel(model: Model): Uint8Array {
  const names = [
    ...new Set([...model.learned.values()].flatMap(({ fusion }) => fusion.map(([name]) => name))),
  ];
  const head: Head = {
    hasPrior: model.prior !== null,
    isScaled: model.isScaled,
    weights: [...model.fusion.weights],
    names,
    counts: model.counts,
    mass: model.mass,
    month: model.month,
    tallied: countedViews(model).map(name => model.tallies[name].messages),
    records: model.learned.size,
    kept: model.kept.length,
  };
  if (!isSound(head) || ![...model.learned.values()].every(isSoundUpdate)) {
    throw new DeliveryError('internal', 'the spam model holds a number that is not finite');
  }
  const headOctets = Buffer.from(JSON.stringify(head));
  const headLength = Buffer.alloc(4);
  headLength.writeUInt32LE(headOctets.length);
  const records = writeRecords(model.learned, new Map(names.map((name, at) => [name, at])));
  const parts = [
    headLength,
    headOctets,
    ...viewNames.map(name => octetsOf(model.learners[name].weights)),
    ...countedViews(model).map(name => octetsOf(model.tallies[name].counts)),
    records,
    model.kept,
  ];
  // The fastest level: a better one takes ten times as long for a tenth less.
  const body = deflateRawSync(Buffer.concat(parts), { level: 1 });
  const start = Buffer.alloc(frame);
  start.write(magic, 'latin1');
  start.writeUInt32LE(version, 8);
  start.writeUInt32LE(crc32(body), 12);
  start.writeUInt32LE(body.length, 16);
  return Buffer.concat([start, body]);
}

/**
 * The model that `writeModel` wrote; the prior is made anew. One that knows no month was learned in `month`. Throws
 * `badInput` for octets of another form, another version, or damaged ones.
 */
export function readModel(octets: Uint8Array, month = 0): Model {
  const all = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (all.length < frame || all.toString('latin1', 0, 8) !== magic) throw damaged('no spam model');
  const form = forms.get(all.readUInt32LE(8));
  if (!form) throw damaged(`a spam model of version ${all.readUInt32LE(8)}`);
  const stored = all.subarray(frame);
  if (stored.length !== all.readUInt32LE(16) || crc32(stored) !== all.readUInt32LE(12)) {
    throw damaged('a damaged spam model');
  }
  const body = form.isDeflated ? inflated(stored) : stored;
  const headEnd = 4 + body.readUInt32LE(0);
  // The CRC holds, so this is what `writeModel` wrote.
  const head = JSON.parse(body.toString('utf8', 4, headEnd)) as Head;
  if (!isSound(head)) throw damaged('a spam model with a number that is none');
  const model = emptyModel({ withPrior: head.hasPrior });
  model.isScaled = head.isScaled ?? false;
  const tallied = form.isDeflated ? countedViews(model) : form.tallies;
  // Inputs that came after the model was written keep their starting weights.
  for (const [name, weight] of head.weights) model.fusion.weights.set(name, weight);
  const tables = [
    ...form.views.map(name => model.learners[name].weights),
    ...tallied.map(name => model.tallies[name].counts),
  ];
  let at = headEnd;
  for (const table of tables) {
    octetsOf(table).set(body.subarray(at, at + table.byteLength));
    at += table.byteLength;
  }
  for (const [place, name] of tallied.entries()) {
    setMessages(model.tallies[name], head.tallied?.[place]);
    if (form.messageUnits !== messageUnits) countInUnits(model.tallies[name], form);
  }
  readRecords(body.subarray(at, body.length - head.kept), head, form, model.learned);
  // A copy, so that the file's octets need not stay.
  model.kept = new Uint8Array(body.subarray(body.length - head.kept));
  Object.assign(model.counts, head.counts);
  Object.assign(model.mass, head.mass ? inUnits(head.mass, form) : inUnits(head.counts, { messageUnits: 1 }));
  model.month = head.month ?? month;
  return model;
}

/** False where a number of the head is none, which JSON writes as null. */
function isSound({ weights, counts, mass = counts, month = 0, tallied = [] }: Head): boolean {
  const classes = [counts, mass, ...tallied].flatMap(({ ham, spam }) => [ham, spam]);
  return [...weights.map(([, weight]) => weight), ...classes, month].every(Number.isFinite);
}

function isSoundUpdate({ units, steps, fusion }: Update): boolean {
  return [units, ...Object.values(steps), ...fusion.map(([, change]) => change)].every(Number.isFinite);
}

function inflated(octets: Buffer): Buffer {
  try {
    return inflateRawSync(octets);
  } catch {
    throw damaged('a damaged spam model');
  }
}

function damaged(what: string): DeliveryError {
  return new DeliveryError('badInput', `the octets are ${what}`);
}

function octetsOf(table: Int32Array): Buffer {
  return Buffer.from(table.buffer, table.byteOffset, table.byteLength);
}

function setMessages({ messages }: Tally, counted: Tally['messages'] | undefined): void {
  Object.assign(messages, counted);
}

function countInUnits({ counts, messages }: Tally, form: Form): void {
  // `at` is below the length.
  for (let at = 0; at < counts.length; at++) counts[at] = held(unitsOf(counts[at] as number, form));
  Object.assign(messages, inUnits(messages, form));
}

function inUnits({ ham, spam }: Tally['messages'], form: Pick<Form, 'messageUnits'>): Tally['messages'] {
  return { ham: unitsOf(ham, form), spam: unitsOf(spam, form) };
}

/** What a form counted, in units of now. Version 3 could take back more than was left, and count below 0. */
function unitsOf(counted: number, form: Pick<Form, 'messageUnits'>): number {
  return Math.max(0, (counted / form.messageUnits) * messageUnits);
}

/** Where the steps of a record begin. */
function stepsAt({ isDated }: Form): number {
  return unitsAt + (isDated ? 2 : 0);
}

/** Octets of a record without its changes. */
function recordOctets(form: Form): number {
  return stepsAt(form) + 4 * form.views.length + 2;
}

function writeRecords(learned: ReadonlyMap<string, Update>, indexOf: ReadonlyMap<string, number>): Buffer {
  const plain = recordOctets(currentForm);
  const first = stepsAt(currentForm);
  let size = 0;
  for (const { fusion } of learned.values()) size += plain + fusion.length * changeOctets;
  const octets = Buffer.alloc(size);
  let at = 0;
  for (const [id, { isSpam, isCounted, units, steps, fusion }] of learned) {
    octets.write(id, at, 16, 'hex');
    octets.writeUInt8((isSpam ? labels.spam : 0) | (isCounted ? 0 : labels.uncounted), at + 16);
    octets.writeUInt16LE(units, at + unitsAt);
    for (const [view, name] of viewNames.entries()) octets.writeInt32LE(steps[name], at + first + 4 * view);
    octets.writeUInt16LE(fusion.length, at + plain - 2);
    at += plain;
    for (const [name, units] of fusion) {
      octets.writeUInt16LE(indexOf.get(name) ?? 0, at);
      octets.writeInt32LE(units, at + 2);
      at += changeOctets;
    }
  }
  return octets;
}

function readRecords(octets: Buffer, head: Head, form: Form, learned: Map<string, Update>): void {
  const plain = recordOctets(form);
  const first = stepsAt(form);
  let at = 0;
  for (let record = 0; record < head.records; record++) {
    const id = octets.toString('hex', at, at + 16);
    const label = octets.readUInt8(at + 16);
    const steps = forEachView(() => 0);
    for (const [view, name] of form.views.entries()) steps[name] = octets.readInt32LE(at + first + 4 * view);
    const units = form.isDated ? unitsOf(octets.readUInt16LE(at + unitsAt), form) : messageUnits;
    const changes = octets.readUInt16LE(at + plain - 2);
    at += plain;
    const fusion: [string, number][] = [];
    for (let change = 0; change < changes; change++, at += changeOctets) {
      fusion.push([head.names[octets.readUInt16LE(at)] ?? '', octets.readInt32LE(at + 2)]);
    }
    const isSpam = (label & labels.spam) !== 0;
    const isCounted = form.tallies.length > 0 && (label & labels.uncounted) === 0;
    learned.set(id, { isSpam, isCounted, units, steps, fusion: fusion satisfies Change });
  }
}
