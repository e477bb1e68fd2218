import { randomInt } from 'node:crypto';
import { type Clock, unixSeconds } from '../../delivery/clock.ts';
import { exchangeOverTcp, type ServerAddress } from '../ask/tcp-exchange.ts';
import { type Message, opcodes, parseMessage, rcodes } from '../message.ts';
import { type Name, nameText } from '../name.ts';
import { encodeData, rrTypes } from '../rr/table.ts';
import { WireError } from '../wire-error.ts';
import type { TsigKey } from './tsig.ts';
import { responseVerifier, signRequest } from './tsig-client.ts';
import { type FaultNames, faultOfRcode, faultOfTsigError, type UpdateFault } from './update-faults.ts';
import {
  type Prerequisite,
  type Update,
  type UpdateChange,
  type UpdateSet,
  writeUpdate,
} from './update-message.ts';

export type { Prerequisite, Update, UpdateChange, UpdateFault, UpdateSet };

/** The primary server of a zone that takes our updates. */
export interface UpdateServer extends ServerAddress {
  readonly zone: Name;
  readonly key: TsigKey;
}

/**
 * Sends an update (RFC 2136) over TCP, signed (RFC 8945); null when it was made. Only an answer that the key verifies
 * counts as made. Throws nothing that the network or the server brings about.
 */
export async function sendUpdate(
  update: Update,
  server: UpdateServer,
  { clock, exchange = exchangeOverTcp }: { clock: Clock; exchange?: typeof exchangeOverTcp },
): Promise<UpdateFault | null> {
  const { zone, key, address, port } = server;
  const nowSeconds = () => unixSeconds(clock.now());
  const id = randomInt(0x1_0000);
  const request = signRequest(writeUpdate(id, zone, update), key, nowSeconds());
  const names = { zone: nameText(zone), key: nameText(key.name), server: `${address} port ${port}` };
  let octets: Buffer;
  try {
    octets = await exchange(request.octets, { address, port });
  } catch (error) {
    return { words: `${names.server} can't be reached: ${String(error)}`, isTemporary: true };
  }
  const message = answerOrNull(octets, id);
  if (!message) return { words: `${names.server} answers with no answer to an update`, isTemporary: false };
  const verdict = responseVerifier({ key, mac: request.mac })(octets, nowSeconds());
  if (verdict.status === 'refused') return faultOfTsigError(verdict.error, names);
  if (verdict.status === 'verified')
    return message.rcode === rcodes.NOERROR ? null : faultOfRcode(message.rcode, names);
  return unverified(message, verdict.status === 'forged' ? verdict.reason : 'it is not signed', names);
}

function answerOrNull(octets: Uint8Array, id: number): Message | null {
  try {
    const message = parseMessage(octets);
    return message.isResponse && message.id === id && message.opcode === opcodes.UPDATE ? message : null;
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

/** Servers that do not know TSIG, or the zone, refuse without a signature; nothing that they do not sign is a yes. */
function unverified({ rcode }: Message, reason: string, names: FaultNames): UpdateFault {
  if (rcode !== rcodes.NOERROR) return faultOfRcode(rcode, names);
  return { words: `the answer of ${names.server} can't be believed: ${reason}`, isTemporary: false };
}

/** A delegation as it is to stand in the parent zone. */
export interface Delegation {
  /** The apex of our zone. */
  readonly owner: Name;
  readonly nameServers: readonly Name[];
  /** RDATA of its DS records; none makes the zone insecure. */
  readonly ds: readonly Uint8Array[];
  readonly ttlSeconds: number;
  /**
   * RDATA of the DS records that must stand there now, so that nobody else's are lost; none means that no DS may. Left out
   * where that is all the same.
   */
  readonly dsBefore?: readonly Uint8Array[];
}

/** Puts a delegation in the place of the one that was, or makes it. */
export function delegationUpdate({ owner, nameServers, ds, ttlSeconds, dsBefore }: Delegation): Update {
  const targets = nameServers.map(target => encodeData(rrTypes.NS, { target }));
  const secure: UpdateChange =
    ds.length > 0
      ? { kind: 'replace', set: { owner, type: rrTypes.DS, ttlSeconds, rdatas: ds } }
      : { kind: 'remove', owner, type: rrTypes.DS };
  const delegate: UpdateChange = {
    kind: 'replace',
    set: { owner, type: rrTypes.NS, ttlSeconds, rdatas: targets },
  };
  return { prerequisites: dsBefore ? [asBefore(owner, dsBefore)] : [], changes: [delegate, secure] };
}

function asBefore(owner: Name, rdatas: readonly Uint8Array[]): Prerequisite {
  const type = rrTypes.DS;
  if (rdatas.length === 0) return { kind: 'setAbsent', owner, type };
  return { kind: 'setIs', set: { owner, type, ttlSeconds: 0, rdatas } };
}

/** Takes a delegation away. */
export function undelegationUpdate(owner: Name): Update {
  const changes = [rrTypes.DS, rrTypes.NS].map(type => ({ kind: 'remove', owner, type }) as const);
  return { prerequisites: [], changes };
}

/**
 * Places records at a name that is ours alone, as that of the Web Key Directory: a CNAME, or addresses. `before` are the
 * sets that we placed there last; none means that the name must be unused, so that nobody's records are lost.
 */
export function nameUpdate(sets: readonly UpdateSet[], before: readonly UpdateSet[]): Update {
  const [owner] = [...sets, ...before].map(set => set.owner);
  if (!owner) throw new TypeError('neither records to place nor records placed');
  const prerequisites: Prerequisite[] =
    before.length === 0
      ? [{ kind: 'nameUnused', owner }]
      : before.map(set => ({ kind: 'setIs', set }) as const);
  // What goes first, so that a CNAME may come in place of addresses and the other way round.
  const gone = before.filter(({ type }) => !sets.some(set => set.type === type));
  const removals = gone.map(({ type }) => ({ kind: 'remove', owner, type }) as const);
  return { prerequisites, changes: [...removals, ...sets.map(set => ({ kind: 'replace', set }) as const)] };
}
