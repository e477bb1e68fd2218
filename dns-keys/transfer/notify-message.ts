import { extendedErrors } from '../answer/extended-error.ts';
import {
  classes,
  type Message,
  newMessage,
  opcodes,
  parseMessage,
  rcodes,
  writeMessage,
} from '../message.ts';
import { equalNames, type Name } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import { WireError } from '../wire-error.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { refusalOf } from './refusal.ts';

/** A NOTIFY (RFC 1996 §3): the zone has changed, and this is its SOA now. */
export function notifyMessage(id: number, soa: RecordSet): Buffer {
  const { owner: name, type, ttlSeconds, rdatas } = soa;
  const answers = rdatas.map(rdata => ({ name, type, class: classes.IN, ttlSeconds, rdata }));
  const questions = [{ name, type, class: classes.IN }];
  return writeMessage(newMessage({ id, opcode: opcodes.NOTIFY, isAuthoritative: true, questions, answers }));
}

/** Id and RCODE of the answer to a NOTIFY; null when the octets are anything else. */
export function readNotifyAnswer(octets: Uint8Array): { id: number; apex: Name; rcode: number } | null {
  let message: Message;
  try {
    message = parseMessage(octets);
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
  const [question] = message.questions;
  if (!message.isResponse || message.opcode !== opcodes.NOTIFY || question?.type !== rrTypes.SOA) return null;
  return { id: message.id, apex: question.name, rcode: message.rcode };
}

/** The answer to a NOTIFY that comes to us: of zones of ours we are the primary, of others we are nothing. */
export function refuseNotify(request: Message, findZone: (apex: Name) => { apex: Name } | null): Buffer {
  const [question] = request.questions;
  const zone = question && findZone(question.name);
  if (!question || !zone || !equalNames(zone.apex, question.name))
    return refusalOf(request, { rcode: rcodes.NOTAUTH, infoCode: extendedErrors.NOT_AUTHORITATIVE });
  const text = 'this server is the primary of the zone';
  return refusalOf(request, { rcode: rcodes.REFUSED, infoCode: extendedErrors.PROHIBITED, text });
}
