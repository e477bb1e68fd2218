import { type Header, opcodes, readHeader, writeHeader } from './header.ts';
import type { Name } from './name.ts';
import { expandRdata, writeCompressedRdata } from './rr/rdata-names.ts';
import { WireReader, WireWriter } from './wire.ts';
import { WireError } from './wire-error.ts';

export { classes, type Header, opcodes, rcodes } from './header.ts';

export interface Question {
  readonly name: Name;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord {
  readonly name: Name;
  readonly type: number;
  readonly class: number;
  /** As on the wire, 32 bits: OPT keeps flags here. */
  readonly ttlSeconds: number;
  /** No name compressed. */
  readonly rdata: Uint8Array;
}

/** A message (RFC 1035 §4.1); OPT and TSIG are additionals like others. */
export interface Message extends Header {
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

export interface ParsedMessage extends Message {
  /** Offset of the last additional record, where TSIG stands (RFC 8945 §5.1); null when there is no additional. */
  readonly lastRecordAt: number | null;
}

/** A query without questions; fields given take the place of its. */
export function newMessage(fields: Partial<Message> = {}): Message {
  return {
    id: 0,
    opcode: opcodes.QUERY,
    isResponse: false,
    isAuthoritative: false,
    isTruncated: false,
    recursionDesired: false,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    rcode: 0,
    questions: [],
    answers: [],
    authorities: [],
    additionals: [],
    ...fields,
  };
}

/**
 * The message of these octets, all of them: octets behind its last record are a fault. RDATA are views where no name
 * was written out. Throws `WireError` and nothing else.
 */
export function parseMessage(octets: Uint8Array): ParsedMessage {
  const reader = new WireReader(octets);
  const { header, counts } = readHeader(reader);
  // Each record takes octets, so a count that is too high ends at the message's end.
  const questions = readMany(counts[0], () => readQuestion(reader));
  const answers = readMany(counts[1], () => readRecord(reader));
  const authorities = readMany(counts[2], () => readRecord(reader));
  let lastRecordAt: number | null = null;
  const additionals = readMany(counts[3], () => {
    lastRecordAt = reader.at;
    return readRecord(reader);
  });
  if (reader.left > 0) throw new WireError('octets behind the message');
  return { ...header, questions, answers, authorities, additionals, lastRecordAt };
}

function readMany<Item>(count: number, read: () => Item): Item[] {
  const items: Item[] = [];
  while (items.length < count) items.push(read());
  return items;
}

/** The question at the reader. Throws `WireError`. */
export function readQuestion(reader: WireReader): Question {
  return { name: reader.name(), type: reader.uint16(), class: reader.uint16() };
}

/** The record at the reader. Throws `WireError`. */
export function readRecord(reader: WireReader): ResourceRecord {
  const [name, type, recordClass] = [reader.name(), reader.uint16(), reader.uint16()];
  const ttlSeconds = reader.uint32();
  const length = reader.uint16();
  const start = reader.at;
  reader.bytes(length);
  const rdata = expandRdata(type, new WireReader(reader.octets, start, start + length));
  return { name, type, class: recordClass, ttlSeconds, rdata };
}

/** Octets of the message, names compressed unless told otherwise. Throws `WireError` beyond 65,535 octets. */
export function writeMessage(message: Message, { compress = true }: { compress?: boolean } = {}): Buffer {
  const { questions, answers, authorities, additionals } = message;
  const writer = new WireWriter();
  writeHeader(message, [questions.length, answers.length, authorities.length, additionals.length], writer);
  for (const question of questions) writeQuestion(question, writer);
  for (const section of [answers, authorities, additionals])
    for (const record of section) writeRecord(record, writer, { compress });
  return writer.finish();
}

export function writeQuestion(question: Question, writer: WireWriter): void {
  writer.compressedName(question.name).uint16(question.type).uint16(question.class);
}

/** Writes a record; when it does not fit, what stood before is found again by `writer.cut`. */
export function writeRecord(
  record: ResourceRecord,
  writer: WireWriter,
  { compress = true }: { compress?: boolean } = {},
): void {
  if (compress) writer.compressedName(record.name);
  else writer.name(record.name);
  writer.uint16(record.type).uint16(record.class).uint32(record.ttlSeconds).uint16(0);
  const start = writer.length;
  if (compress) writeCompressedRdata(record.type, record.rdata, writer);
  else writer.bytes(record.rdata);
  writer.setUint16(start - 2, writer.length - start);
}
