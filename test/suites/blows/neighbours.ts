import { greetDoor, type MailDoor, sendMail } from '../../support/mail-client.ts';

/** How mail to one door fared while a large message was taken there, in milliseconds. */
export interface Neighbours {
  /** From the first octet of the large message to its reply. */
  readonly large: number;
  /** What a small message took in calm, in the middle of many. */
  readonly calm: number;
  /** What the slowest small message took meanwhile. */
  readonly slowest: number;
}

const calmMessages = 15;
const clients = 2;

/** Sends small messages by a few clients, one after the other each, before and while the large one is sent. */
export async function measureNeighbours(
  door: MailDoor,
  { address, large, round }: { address: string; large: Buffer; round: number },
): Promise<Neighbours> {
  const peers = await Promise.all(Array.from({ length: clients }, () => greetDoor(door)));
  let count = 0;
  const sendOne = async (client: number): Promise<number> => {
    const octets = `Subject: small ${door.name} ${round} ${client} ${count++}\r\n\r\nsome words\r\n`;
    const startedAt = performance.now();
    const peer = peers[client];
    if (!peer) throw new RangeError(`no client ${client}`);
    await sendMail(peer, door, { forwardPaths: [address], octets });
    return performance.now() - startedAt;
  };
  const calm: number[] = [];
  // All clients at once: every judge thread has been started then.
  while (calm.length < calmMessages)
    calm.push(...(await Promise.all(peers.map((_peer, client) => sendOne(client)))));
  let isOver = false;
  const meanwhile = peers.map(async (_peer, client) => {
    const took: number[] = [];
    while (!isOver) took.push(await sendOne(client));
    return took;
  });
  const startedAt = performance.now();
  const other = await greetDoor(door);
  await sendMail(other, door, { forwardPaths: [address], octets: large });
  const tookLarge = performance.now() - startedAt;
  isOver = true;
  const slowest = Math.max(...(await Promise.all(meanwhile)).flat());
  for (const peer of [...peers, other]) peer.drop();
  return { large: tookLarge, calm: calm.sort((one, two) => one - two)[calm.length >> 1] ?? 0, slowest };
}
