import { type AnswerContext, answer } from '../../../dns-keys/answer.ts';
import { optRecord } from '../../../dns-keys/edns.ts';
import { type Message, newMessage, parseMessage, writeMessage } from '../../../dns-keys/message.ts';
import { type Name, nameText, parseName } from '../../../dns-keys/name.ts';
import { dataText, rrTypes, typeName } from '../../../dns-keys/rr/table.ts';
import type { Zone } from '../../../dns-keys/zone/zone.ts';
import { ZoneTable } from '../../../dns-keys/zone/zone-table.ts';
import { signedAt } from '../zone/key-zones.ts';

export interface Asked {
  readonly type?: number;
  readonly class?: number;
  /** OPT of the query; false for none. */
  readonly edns?: Parameters<typeof optRecord>[0] | false;
  /** Header fields and more records. */
  readonly fields?: Partial<Message>;
}

/** OPT with DO. */
export const dnssecOk = { udpPayloadOctets: 1232, isDnssecOk: true };

export function queryOctets(name: Name | string, asked: Asked = {}): Buffer {
  const {
    type = rrTypes.OPENPGPKEY,
    class: questionClass = 1,
    edns = { udpPayloadOctets: 1232 },
    fields,
  } = asked;
  const question = { name: typeof name === 'string' ? parseName(name) : name, type, class: questionClass };
  const additionals = edns === false ? [] : [optRecord(edns)];
  return writeMessage(
    newMessage({ id: 4711, recursionDesired: true, questions: [question], additionals, ...fields }),
  );
}

export function tableOf(...zones: Zone[]): ZoneTable {
  const table = new ZoneTable();
  for (const zone of zones) table.set(zone);
  return table;
}

/** The answer to some octets; zones, and whatever else differs from a UDP query of 192.0.2.7. */
export function reply(octets: Uint8Array, context: Partial<AnswerContext> & Pick<AnswerContext, 'zones'>) {
  const found = answer(octets, {
    client: { transport: 'udp', address: '192.0.2.7' },
    now: signedAt,
    ...context,
  });
  return found && { octets: found, message: parseMessage(found) };
}

/** A section as lines of text: owner, TTL, type and data. */
export function lines(records: Message['answers']): string[] {
  return records.map(
    ({ name, ttlSeconds, type, rdata }) =>
      `${nameText(name)} ${ttlSeconds} ${typeName(type)} ${dataText(type, rdata)}`,
  );
}

/** Types of a section, in order. */
export function typesOf(records: Message['answers']): string[] {
  return records.map(({ type }) => typeName(type));
}
