import { MilterFault, type Packet } from './packet.ts';

/** Macros of the MTA by name, without braces. */
export type Macros = ReadonlyMap<string, string>;

/** What an MTA tells, read from its packet. Texts hold one character for each octet. */
export type Command =
  | { readonly kind: 'negotiate'; readonly version: number; readonly actions: number; readonly steps: number }
  /** `about`: the letter of the command that they come before. */
  | { readonly kind: 'macros'; readonly about: string; readonly macros: Macros }
  | { readonly kind: 'connect'; readonly name: string; readonly address: string | null }
  | { readonly kind: 'helo'; readonly name: string }
  | { readonly kind: 'mail' | 'recipient'; readonly path: string; readonly parameters: readonly string[] }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'body' | 'endOfMessage'; readonly octets: Uint8Array }
  | { readonly kind: 'data' | 'endOfHeader' | 'unknown' | 'abort' | 'quit' | 'nextConnection' };

/** By the letter of the packet (`libmilter/mfdef.h`, `SMFIC_…`). */
const readers: Readonly<Record<string, (payload: Buffer) => Command>> = {
  O: readNegotiation,
  D: readMacros,
  C: readConnect,
  H: payload => ({ kind: 'helo', name: texts(payload)[0] ?? '' }),
  M: payload => readPath('mail', payload),
  R: payload => readPath('recipient', payload),
  T: () => ({ kind: 'data' }),
  L: readHeader,
  N: () => ({ kind: 'endOfHeader' }),
  B: octets => ({ kind: 'body', octets }),
  E: octets => ({ kind: 'endOfMessage', octets }),
  U: () => ({ kind: 'unknown' }),
  A: () => ({ kind: 'abort' }),
  Q: () => ({ kind: 'quit' }),
  K: () => ({ kind: 'nextConnection' }),
};

/** Reads a packet; throws `MilterFault` when it is none of the protocol. */
export function readCommand({ letter, payload }: Packet): Command {
  const read = Object.hasOwn(readers, letter) ? readers[letter] : undefined;
  if (!read) throw new MilterFault(`a command ${JSON.stringify(letter)}`);
  return read(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
}

function readNegotiation(payload: Buffer): Command {
  if (payload.byteLength < 12) throw new MilterFault('a negotiation that is cut short');
  const [version, actions, steps] = [0, 4, 8].map(at => payload.readUInt32BE(at));
  return { kind: 'negotiate', version: version ?? 0, actions: actions ?? 0, steps: steps ?? 0 };
}

function readMacros(payload: Buffer): Command {
  const [about] = payload.toString('latin1', 0, 1);
  if (about === undefined) throw new MilterFault('macros of nothing');
  const words = texts(payload.subarray(1));
  const macros = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) {
    macros.set((words[at] ?? '').replace(/^\{(.*)\}$/, '$1'), words[at + 1] ?? '');
  }
  return { kind: 'macros', about, macros };
}

/** The client's name, its family (4, 6, L for a socket file, U for unknown), port and address. */
function readConnect(payload: Buffer): Command {
  const nameEnd = payload.indexOf(0);
  if (nameEnd < 0) throw new MilterFault('a connection without a family');
  const name = payload.toString('latin1', 0, nameEnd);
  const family = payload.toString('latin1', nameEnd + 1, nameEnd + 2);
  const isNetwork = family === '4' || family === '6';
  if (!isNetwork) return { kind: 'connect', name, address: null };
  // Sendmail writes an IPv6 address as RFC 5321 §4.1.3 does.
  const address = (texts(payload.subarray(nameEnd + 4))[0] ?? '').replace(/^IPv6:/i, '');
  return { kind: 'connect', name, address: address || null };
}

function readPath(kind: 'mail' | 'recipient', payload: Buffer): Command {
  const [path, ...parameters] = texts(payload);
  if (path === undefined) throw new MilterFault('an envelope without a path');
  return { kind, path: path.replace(/^\s*<?/, '').replace(/>?\s*$/, ''), parameters };
}

function readHeader(payload: Buffer): Command {
  const [name, value] = texts(payload);
  if (name === undefined || value === undefined) throw new MilterFault('a header field that is cut short');
  return { kind: 'header', name, value };
}

/** Texts that each end with a NUL; what has none at the end is cut short. */
function texts(payload: Buffer): string[] {
  const found: string[] = [];
  let start = 0;
  for (;;) {
    const end = payload.indexOf(0, start);
    if (end < 0) break;
    found.push(payload.toString('latin1', start, end));
    start = end + 1;
  }
  return found;
}
