import packet from 'dns-packet';

/** A question to a resolver. */
export interface Question {
  /** Without a dot at its end. */
  readonly name: string;
  readonly type: QuestionType;
}

/** Types that are asked for; `dataOf` gives their records in the shape of `node:dns`. */
export const questionTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'TXT'] as const;
export type QuestionType = (typeof questionTypes)[number];

/** What a resolver said. */
export interface Answer {
  /** RCODE (RFC 1035 §4.1.1): 0, 2 (server failure), 3 (no such name) …, with the upper bits of EDNS (RFC 6891 §6.1.3). */
  readonly code: number;
  readonly isTruncated: boolean;
  /** Data of the records that were asked for, in the shape of `node:dns`. */
  readonly data: readonly unknown[];
  /** How long the answer holds: the least TTL, or for "no such record" that of RFC 2308 §5; null when it says none. */
  readonly ttlSeconds: number | null;
}

/** Largest UDP answer that is asked for: it passes every path unfragmented. */
const udpOctets = 1232;
const truncated = 0x0200;
const response = 0x8000;

/** Whether DNS can be asked for it (RFC 1035 §2.3.4): labels of 1 to 63 octets, 253 in all. */
export function isAskable(name: string): boolean {
  return /^(?=[\x21-\x7e]{1,253}$)[^.]{1,63}(?:\.[^.]{1,63})*$/.test(name);
}

/** The query with its identifier; with EDNS (RFC 6891) unless the server knows none. */
export function encodeQuery(id: number, { name, type }: Question, options: { edns: boolean }): Buffer {
  return packet.encode({
    type: 'query',
    id,
    flags: packet.RECURSION_DESIRED,
    questions: [{ name, type, class: 'IN' }],
    additionals: options.edns
      ? [{ type: 'OPT', name: '.', udpPayloadSize: udpOctets, flags: 0, options: [] } as never]
      : [],
  });
}

/** Reads the answer to this question; null for what is none (RFC 5452 §9.1), records of other classes left out. */
export function readAnswer(octets: Buffer, id: number, asked: Question): Answer | null {
  // Its identifier first: what is forged is not worth reading.
  if (octets.byteLength < 12 || octets.readUInt16BE(0) !== id) return null;
  const flags = octets.readUInt16BE(2);
  if ((flags & response) === 0) return null;
  const said = decoded(octets);
  const isTruncated = (flags & truncated) !== 0;
  if (!said) return isTruncated ? { code: 0, isTruncated, data: [], ttlSeconds: null } : null;
  const [question, ...more] = said.questions ?? [];
  const code = (upperBits(said.additionals ?? []) << 4) | (flags & 0xf);
  // Servers that can't read a query repeat none of it; what says anything of a name says of which.
  if (question ? more.length > 0 || !isSameQuestion(question, asked) : saysOfName(code)) return null;
  const answers = ofInternet(said.answers ?? []);
  const chain = aliases(answers, asked);
  const records = answers.filter(
    record => record.type === asked.type && chain.names.has(record.name.toLowerCase()),
  );
  const data = records.flatMap(record => dataOf(record));
  const ttls = [...chain.ttls, ...records.map(ttlOf)];
  return {
    code,
    isTruncated,
    data,
    ttlSeconds: data.length > 0 ? least(ttls) : negativeTtl(ofInternet(said.authorities ?? []), ttls),
  };
}

function ofInternet(records: readonly packet.Answer[]): packet.Answer[] {
  // The top bit of the class, which the decoder takes for a flag of another protocol, is no part of IN.
  return records.filter(record => 'class' in record && record.class === 'IN' && record.flush !== true);
}

/** The upper eight bits of the RCODE; 0 where the server knows no EDNS. */
function upperBits(additionals: readonly packet.Answer[]): number {
  const options = additionals.find(record => record.type === 'OPT');
  return options?.type === 'OPT' ? options.extendedRcode : 0;
}

function saysOfName(code: number): boolean {
  return code === 0 || code === 3;
}

function decoded(octets: Buffer): packet.DecodedPacket | null {
  try {
    return packet.decode(octets);
  } catch {
    return null; // Cut short or hostile: as if it had not come.
  }
}

function isSameQuestion(given: packet.Question, asked: Question): boolean {
  // The decoder gives every question its class; only its types leave it out.
  const isInternet = (given.class ?? 'IN') === 'IN';
  return isInternet && given.type === asked.type && given.name.toLowerCase() === asked.name.toLowerCase();
}

/** The names that the question's name leads to by CNAME records, itself first. */
function aliases(
  answers: readonly packet.Answer[],
  asked: Question,
): { names: ReadonlySet<string>; ttls: number[] } {
  const names = new Set([asked.name.toLowerCase()]);
  const ttls: number[] = [];
  if (asked.type === 'CNAME') return { names, ttls };
  // They come in order nearly always; in any order, each round finds one more.
  for (let round = 0; round < 16; round++) {
    const next = answers.find(
      record =>
        record.type === 'CNAME' &&
        names.has(record.name.toLowerCase()) &&
        !names.has(String(record.data).toLowerCase()),
    );
    if (!next) break;
    names.add(String((next as packet.StringAnswer).data).toLowerCase());
    ttls.push(ttlOf(next));
  }
  return { names, ttls };
}

function dataOf(record: packet.Answer): unknown[] {
  switch (record.type) {
    case 'TXT': {
      const texts = Array.isArray(record.data) ? record.data : [record.data];
      return [texts.map(text => (Buffer.isBuffer(text) ? text.toString('latin1') : String(text)))];
    }
    case 'MX':
      return [{ exchange: record.data.exchange, priority: record.data.preference ?? 0 }];
    case 'A':
    case 'AAAA':
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return [String(record.data)];
    default:
      return [];
  }
}

function ttlOf(record: packet.Answer): number {
  const ttl = 'ttl' in record && typeof record.ttl === 'number' ? record.ttl : 0;
  // RFC 2181 §8: the top bit set means none.
  return ttl > 0x7fffffff ? 0 : ttl;
}

function negativeTtl(authorities: readonly packet.Answer[], ttls: readonly number[]): number | null {
  const start = authorities.find(record => record.type === 'SOA');
  if (start?.type !== 'SOA') return null;
  return least([...ttls, ttlOf(start), start.data.minimum ?? 0]);
}

function least(ttls: readonly number[]): number | null {
  return ttls.length === 0 ? null : Math.min(...ttls);
}
