import { writeHeader } from '../header.ts';
import {
  classes,
  newMessage,
  type Question,
  type ResourceRecord,
  writeQuestion,
  writeRecord,
} from '../message.ts';
import { type Name, parentName } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import { maxMessageOctets, WireWriter } from '../wire.ts';
import type { RecordPart } from './zone-change.ts';

/** A message that has come to this is sent; one longer record may make it longer. */
const fullOctets = 16 * 1024;
/** A record that would make a message longer goes to the next one. */
const mostOctets = 32 * 1024;
/** Offsets beyond can't be pointed to (RFC 1035 §4.1.4). */
const pointerLimit = 0x4000;
const headerOctets = 12;

export interface PackerStart {
  readonly id: number;
  readonly question: Question;
  readonly apex: Name;
  /** OPT of the first message; null where the request had none. */
  readonly opt: ResourceRecord | null;
  /** Octets that must stay free, for the signature. */
  readonly reserveOctets: number;
}

/**
 * Puts records into as many messages of 16 to 32 kB as they need, each with the question (RFC 5936 §2.2). Owners are
 * compressed by the question's name or the owner before, which costs next to nothing, and with their case kept (§3.4).
 */
export class MessagePacker {
  readonly #start: PackerStart;
  #writer = new WireWriter();
  #records = 0;
  #isFirst = true;
  /** Where the apex and the last owner stand in this message; null where nowhere that can be pointed to. */
  #apexAt: number | null = null;
  #owner: { name: Name; at: number } | null = null;

  constructor(start: PackerStart) {
    this.#start = start;
    this.#begin();
  }

  /** Adds the records of a set, signatures behind; gives the messages that are full. */
  *add({ owner, type, ttlSeconds, rdatas, signatures }: RecordPart): Generator<Buffer> {
    for (const rdata of rdatas) yield* this.#addRecord({ owner, type, ttlSeconds }, rdata);
    for (const rdata of signatures) yield* this.#addRecord({ owner, type: rrTypes.RRSIG, ttlSeconds }, rdata);
  }

  /** The last message, when there are records left. */
  *finish(): Generator<Buffer> {
    if (this.#records > 0) yield this.#take();
  }

  /** Octets of the message now, its OPT with it. */
  get octets(): number {
    return this.#writer.length + this.#optOctets;
  }

  *#addRecord(set: Pick<RecordPart, 'owner' | 'type' | 'ttlSeconds'>, rdata: Uint8Array): Generator<Buffer> {
    const octets = this.octets + set.owner.length + 10 + rdata.length;
    if (this.#records > 0 && octets > mostOctets) yield this.#take();
    const longest = maxMessageOctets - this.#start.reserveOctets;
    if (this.octets + set.owner.length + 10 + rdata.length > longest)
      throw new RangeError('a record is too long for any message');
    this.#writeOwner(set.owner);
    const writer = this.#writer.uint16(set.type).uint16(classes.IN).uint32(set.ttlSeconds);
    writer.uint16(rdata.length).bytes(rdata);
    this.#records += 1;
    if (this.octets >= fullOctets) yield this.#take();
  }

  get #optOctets(): number {
    return this.#isFirst && this.#start.opt ? 11 + this.#start.opt.rdata.length : 0;
  }

  #begin(): void {
    const { question, apex } = this.#start;
    this.#writer = new WireWriter();
    writeHeader(newMessage(), [0, 0, 0, 0], this.#writer);
    writeQuestion(question, this.#writer);
    this.#apexAt = Buffer.compare(question.name, apex) === 0 ? headerOctets : null;
    this.#owner = null;
    this.#records = 0;
  }

  #take(): Buffer {
    const { id, opt } = this.#start;
    const hasOpt = this.#isFirst && opt !== null;
    if (hasOpt) writeRecord(opt, this.#writer, { compress: false });
    const head = new WireWriter();
    const header = newMessage({ id, isResponse: true, isAuthoritative: true });
    writeHeader(header, [1, this.#records, 0, hasOpt ? 1 : 0], head);
    const message = this.#writer.finish();
    head.finish().copy(message);
    this.#isFirst = false;
    this.#begin();
    return message;
  }

  #writeOwner(owner: Name): void {
    const at = this.#writer.length;
    if (this.#owner && Buffer.compare(owner, this.#owner.name) === 0) {
      this.#writer.uint16(0xc000 | this.#owner.at);
      return;
    }
    const below = octetsBelow(owner, this.#start.apex);
    if (below !== null && this.#apexAt !== null)
      this.#writer.bytes(owner.subarray(0, below)).uint16(0xc000 | this.#apexAt);
    else this.#writer.bytes(owner);
    if (below !== null && this.#apexAt === null && at + below < pointerLimit) this.#apexAt = at + below;
    this.#owner = at < pointerLimit ? { name: owner, at } : null;
  }
}

/** Octets of the labels in front of the apex, its case compared too; null when the name is not below it. */
function octetsBelow(name: Name, apex: Name): number | null {
  let at = name;
  while (at.length > apex.length) at = parentName(at);
  return at.length === apex.length && Buffer.compare(at, apex) === 0 ? name.length - apex.length : null;
}
