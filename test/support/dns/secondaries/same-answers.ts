import { hash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  classes,
  type Message,
  newMessage,
  parseMessage,
  writeMessage,
} from '../../../../dns-keys/message.ts';
import { childName, type Name, nameText, parseName } from '../../../../dns-keys/name.ts';
import { dataText, rrTypes, typeName } from '../../../../dns-keys/rr/table.ts';
import type { Random } from '../../random.ts';

export interface AskedQuestion {
  readonly name: Name;
  readonly type: number;
}

/** What two servers say about a question where they differ. */
export interface Difference {
  readonly question: string;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

const types = [
  ...[rrTypes.OPENPGPKEY, rrTypes.OPENPGPKEY, rrTypes.OPENPGPKEY, rrTypes.SMIMEA, rrTypes.SOA, rrTypes.NS],
  ...[rrTypes.DNSKEY, rrTypes.CDS, rrTypes.CDNSKEY, rrTypes.NSEC3PARAM, rrTypes.TXT, rrTypes.A, rrTypes.DS],
  ...[rrTypes.NSEC, rrTypes.CNAME, 65_280],
];

/** Questions about names that are there, that are not, above, below and beside the zone, in letters of any case. */
export function* randomQuestions(
  apexText: string,
  localParts: readonly string[],
  { below, pick }: Random,
): Generator<AskedQuestion> {
  const apex = parseName(apexText);
  const ownerOf = (localPart: string) => childName(hash('sha256', localPart).slice(0, 56), apex);
  const label = () => Array.from({ length: 1 + below(20) }, () => pick([...'abcxyz0189-_*'])).join('');
  const kinds: readonly (() => Name)[] = [
    () => ownerOf(pick(localParts)),
    () => ownerOf(pick(localParts)),
    () => ownerOf(label()),
    () => childName(label(), apex),
    () => childName(label(), ownerOf(pick(localParts))),
    () => childName(label(), childName(label(), apex)),
    () => childName('*', apex),
    () => apex,
  ];
  for (;;) {
    const name = Uint8Array.from(pick(kinds)());
    for (let at = 0; at < name.length; at += 1) {
      const octet = name[at] ?? 0;
      if (octet >= 0x61 && octet <= 0x7a && below(8) === 0) name[at] = octet - 0x20;
    }
    yield { name, type: pick(types) };
  }
}

/** Asks both over TCP with the DO bit; gives where they differ in rcode, answers or authorities. */
export async function differences(
  questions: Iterable<AskedQuestion>,
  [ours, theirs]: readonly [AskStream, AskStream],
): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const question of questions) {
    const said = await Promise.all([ours.ask(question), theirs.ask(question)]);
    const [one, other] = said.map(summaryOf);
    if (one && other && one.join('\n') !== other.join('\n')) {
      found.push({
        question: `${nameText(question.name)} ${typeName(question.type)}`,
        ours: one,
        theirs: other,
      });
    }
  }
  return found;
}

/** Their data are names, which Knot gives in the letters of the question where it can point to it. */
const typesOfNames: ReadonlySet<number> = new Set([rrTypes.SOA, rrTypes.NS]);

/** What matters of an answer, in an order of its own. */
function summaryOf(message: Message): string[] {
  const lines = (section: 'answers' | 'authorities') =>
    message[section].map(({ name, type, ttlSeconds, rdata }) => {
      const data = dataText(type, rdata);
      const said = typesOfNames.has(type) ? data.toLowerCase() : data;
      return [section, nameText(name).toLowerCase(), ttlSeconds, typeName(type), said].join(' ');
    });
  const head = `rcode ${message.rcode} aa ${message.isAuthoritative} tc ${message.isTruncated}`;
  return [head, ...[...lines('answers'), ...lines('authorities')].sort()];
}

/** One connection to a server on loopback, for one question after the other. */
export interface AskStream {
  ask(question: AskedQuestion): Promise<Message>;
  close(): void;
}

const optDnssecOk = { name: Uint8Array.of(0), type: rrTypes.OPT, class: 1232, ttlSeconds: 0x8000 };

export async function openAskStream(port: number): Promise<AskStream> {
  let socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let held = Buffer.alloc(0);
  let id = 0;
  const next = async (): Promise<Message> => {
    while (held.length < 2 || held.length < 2 + held.readUInt16BE(0)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      held = Buffer.concat([held, chunk]);
    }
    const octets = held.subarray(2, 2 + held.readUInt16BE(0));
    held = held.subarray(2 + octets.length);
    return parseMessage(octets);
  };
  const reopen = async () => {
    socket = connect(port, '127.0.0.1');
    held = Buffer.alloc(0);
    await once(socket, 'connect');
  };
  return {
    async ask({ name, type }) {
      // Servers may close a connection that was idle while the other one answered.
      if (socket.destroyed || socket.readableEnded) await reopen();
      id = (id + 1) % 0x1_0000;
      const question = { name, type, class: classes.IN };
      const additionals = [{ ...optDnssecOk, rdata: new Uint8Array() }];
      const query = writeMessage(newMessage({ id, questions: [question], additionals }));
      const framed = Buffer.alloc(2 + query.length);
      framed.writeUInt16BE(query.length);
      framed.set(query, 2);
      socket.write(framed);
      const answer = await next();
      if (answer.id !== id) throw new Error(`answer ${answer.id} to question ${id}`);
      return answer;
    },
    close: () => socket.destroy(),
  };
}
