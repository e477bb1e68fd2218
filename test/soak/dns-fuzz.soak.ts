import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { nameText } from '../../dns-keys/name.ts';
import { rrTypes, typeName } from '../../dns-keys/rr/table.ts';
import { mutate, seededRandom, soundQueries } from '../dns-keys/answer/mutations.ts';
import { dnssecOk, queryOctets, tableOf } from '../dns-keys/answer/queries.ts';
import { framed, openServer, streamClient, udpClient } from '../dns-keys/server/open-server.ts';
import { hashedOwner, keyZone } from '../dns-keys/zone/key-zones.ts';
import { parameter, seed, tell } from './parameters.ts';

/** Half of them over UDP, half over TCP. */
const packets = parameter('SOAK_PACKETS', 1_000_000);
/** Sent before answers are waited for. */
const batch = 25;
const perConnection = 500;

const online = keyZone({ mode: 'online', keys: 20, keyOctets: 900 });
const presigned = keyZone({ apex: '_openpgpkey.example.net', mode: 'presigned', keys: 20, keyOctets: 300 });
const zones = tableOf(online, presigned);
const names = [online, presigned]
  .flatMap(({ apex }) => [apex, hashedOwner(0, apex), hashedOwner('nobody', apex)])
  .map(nameText);
const queries = soundQueries([...names, 'example.com', '.']);
const cookieSecrets = () => [Buffer.alloc(16, 5)];
const probe = queryOctets(hashedOwner(1, online.apex));

test('damaged packets over UDP: no crash, no hang, no answer that is too long', async t => {
  const server = await openServer(t, { zones, cookieSecrets });
  const random = seededRandom(seed);
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  let [answers, longest] = [0, 0];
  socket.on('message', answer => {
    answers += 1;
    longest = Math.max(longest, answer.length);
  });
  for (let sent = 0; sent < packets / 2; sent += batch) {
    for (let count = 0; count < batch; count += 1)
      socket.send(mutate(queries[random(queries.length)] ?? probe, random), server.port, '127.0.0.1');
    await new Promise(setImmediate);
    if (sent % 50_000 === 0) await stillAnswers(t, server.port);
  }
  await stillAnswers(t, server.port);
  tell({ transport: 'udp', packets: packets / 2, ...server.metrics, answers, longest });
  assert.equal(server.metrics.faults, 0);
  assert.ok(longest <= 1232);
});

async function stillAnswers(t: TestContext, port: number): Promise<void> {
  const client = await udpClient(t, port);
  for (let attempt = 0; attempt < 50; attempt += 1) {
    client.send(probe);
    if (await client.next(200)) return;
  }
  assert.fail('no answer any more');
}

test('damaged messages over TCP: no crash, no hang', async t => {
  const server = await openServer(t, { zones, cookieSecrets });
  const random = seededRandom(seed + 1);
  for (let sent = 0; sent < packets / 2; sent += perConnection) await damagedConnection(server.port, random);
  const { socket, next } = await streamClient(t, server.port);
  socket.write(framed(probe));
  assert.ok(await next());
  tell({ transport: 'tcp', packets: packets / 2, ...server.metrics });
  assert.equal(server.metrics.faults, 0);
});

/** Writes damaged messages, cut into pieces anywhere, some with a wrong length; reads to the end. */
async function damagedConnection(port: number, random: (below: number) => number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const closed = new Promise<void>(done => socket.once('close', () => done()));
  // The server closes what is no DNS.
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect').catch(() => {});
  for (let count = 0; count < perConnection && !socket.destroyed; count += 10) {
    const messages = Array.from({ length: 10 }, () =>
      mutate(queries[random(queries.length)] ?? probe, random),
    );
    const octets = framed(...messages.filter(message => message.length >= 12));
    if (random(20) === 0 && octets.length > 0) octets[random(octets.length)] = random(256);
    const cut = random(octets.length + 1);
    socket.write(octets.subarray(0, cut));
    socket.write(octets.subarray(cut));
    if (count % 100 === 0) await new Promise(setImmediate);
  }
  socket.end();
  await Promise.race([closed, wait(5000, undefined, { ref: false }).then(() => socket.destroy())]);
  await closed;
}

test('amplification over UDP: octets of an answer for each of its query', async t => {
  const server = await openServer(t, { zones });
  const client = await udpClient(t, server.port);
  const ratios = new Map<string, number[]>();
  const types = [rrTypes.OPENPGPKEY, rrTypes.ANY, rrTypes.SOA, rrTypes.NS, rrTypes.DNSKEY, rrTypes.A];
  for (const name of [...names, 'example.com'])
    for (const type of types)
      for (const edns of [false, dnssecOk] as const) {
        const query = queryOctets(name, { type, edns });
        client.send(query);
        const answer = await client.next();
        assert.ok(answer);
        const kind = `${typeName(type)}${edns ? ' +DO' : ''}`;
        ratios.set(kind, [...(ratios.get(kind) ?? []), answer.length / query.length]);
      }
  for (const [kind, found] of ratios) {
    const mean = found.reduce((sum, ratio) => sum + ratio, 0) / found.length;
    tell({ amplification: kind, max: Number(Math.max(...found).toFixed(1)), mean: Number(mean.toFixed(1)) });
  }
});
