import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { type Log, silentLog } from '../../../delivery/log.ts';
import {
  type Message,
  newMessage,
  opcodes,
  parseMessage,
  rcodes,
  writeMessage,
} from '../../../dns-keys/message.ts';
import { nameKey, parseName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { type TransferAccess, transferAccess } from '../../../dns-keys/transfer/access.ts';
import { answerSigned } from '../../../dns-keys/transfer/answer-signed.ts';
import { newPeerLog } from '../../../dns-keys/transfer/peer-log.ts';
import {
  type TransferDeps,
  type TransferPeer,
  type TransferZone,
  transfer,
} from '../../../dns-keys/transfer/transfer.ts';
import { TransferTurns } from '../../../dns-keys/transfer/transfer-turns.ts';
import { readTsigKey, type TsigKey, tsigKeyring } from '../../../dns-keys/transfer/tsig.ts';
import { openZoneFile, type ZoneFile } from '../../../dns-keys/transfer/zone-versions.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { atEnd } from '../../support/at-end.ts';
import { transferKey, transferKeyText } from '../../support/dns/secondaries/name-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const { secret } = transferKey;
export const key: TsigKey = readTsigKey(transferKeyText);
/** As kdig, dig and knsupdate take it. */
export const keyText = transferKeyText;
export const withKey = transferAccess({ keys: [key.name], addresses: [] });

function isTransferRequest({ opcode, isResponse, questions }: Message): boolean {
  const type = questions[0]?.type;
  return !isResponse && opcode === opcodes.QUERY && (type === rrTypes.AXFR || type === rrTypes.IXFR);
}

/** A primary server on a loopback port, UDP and TCP: transfers, and answers to SOA queries. No more. */
export interface Primary {
  readonly port: number;
  /** Lines of the log: event and fields. */
  readonly words: readonly { event: string; fields: Record<string, unknown> }[];
  /** Adds a zone, or puts another in its place. */
  serve(apexText: string, sets: readonly RecordSet[], access?: TransferAccess): Promise<ZoneFile>;
  serveOnline(apexText: string): void;
}

export async function openPrimary(t: Pick<TestContext, 'after'>): Promise<Primary> {
  const zones = new Map<string, TransferZone>();
  const words: { event: string; fields: Record<string, unknown> }[] = [];
  const note = (fields: Record<string, unknown>, event: string) => void words.push({ event, fields });
  const log: Log = { ...silentLog, info: note, warn: note };
  const deps: TransferDeps = {
    findZone: apex => zones.get(nameKey(apex)) ?? null,
    findKey: tsigKeyring([key]),
    clock: systemClock,
    log,
    peerLog: newPeerLog({ clock: systemClock, log }),
    turns: new TransferTurns(),
  };
  const port = await listen(t, deps);
  const folder = temporaryFolder(t);
  return {
    port,
    words,
    async serve(apexText, sets, access = withKey) {
      const apex = parseName(apexText);
      const file = await openZoneFile(folder, apex, { log });
      const soa = sets.find(set => set.type === rrTypes.SOA);
      if (!soa) throw new TypeError('a zone without a SOA');
      await file.replace(soa, sets);
      zones.set(nameKey(apex), { apex, access, versions: file });
      return file;
    },
    serveOnline(apexText) {
      const apex = parseName(apexText);
      zones.set(nameKey(apex), { apex, access: withKey, versions: null });
    },
  };
}

/** Both transports on one port. */
async function listen(t: Pick<TestContext, 'after'>, deps: TransferDeps): Promise<number> {
  const server = createServer(socket => void serveConnection(socket, deps).catch(() => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const udp = createSocket('udp4');
  udp.on('message', async (octets, { address, port: from }) => {
    for await (const response of responses(octets, { address, transport: 'udp' }, deps))
      udp.send(response, from, address);
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  atEnd(t, () => {
    server.close();
    udp.close();
  });
  return port;
}

async function serveConnection(socket: Socket, deps: TransferDeps): Promise<void> {
  const peer = { address: socket.remoteAddress ?? '', transport: 'tcp' } as const;
  let held = Buffer.alloc(0);
  for await (const chunk of socket) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const octets = held.subarray(2, 2 + held.readUInt16BE(0));
      held = held.subarray(2 + octets.length);
      for await (const response of responses(octets, peer, deps)) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(response.length);
        if (!socket.write(Buffer.concat([length, response]))) await once(socket, 'drain');
      }
    }
  }
}

async function* responses(octets: Buffer, peer: TransferPeer, deps: TransferDeps): AsyncGenerator<Buffer> {
  const message = parseMessage(octets);
  if (isTransferRequest(message)) {
    yield* transfer({ octets, message }, peer, deps);
    return;
  }
  const nowSeconds = Math.floor(Date.now() / 1000);
  const answer = answerSigned(octets, { findKey: deps.findKey, nowSeconds }, query => soaAnswer(query, deps));
  if (answer) yield answer;
}

function soaAnswer(octets: Uint8Array, deps: TransferDeps): Buffer {
  const { id, questions } = parseMessage(octets);
  const soa = questions[0] && deps.findZone(questions[0].name)?.versions?.soa;
  const head = { id, isResponse: true, isAuthoritative: true, questions };
  if (!soa) return writeMessage(newMessage({ ...head, rcode: rcodes.REFUSED }));
  const { owner: name, type, ttlSeconds, rdatas } = soa;
  const answers = rdatas.map(rdata => ({ name, type, class: 1, ttlSeconds, rdata }));
  return writeMessage(newMessage({ ...head, answers }));
}
