import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Responder } from '../../../dns-keys/answer/responder.ts';
import { parseMessage } from '../../../dns-keys/message.ts';
import { nameText } from '../../../dns-keys/name.ts';
import { hashedOwner, keyZone, signedAt } from '../zone/key-zones.ts';
import { mutate, seededRandom, soundQueries } from './mutations.ts';
import { tableOf } from './queries.ts';

const packets = 60_000;

test('damaged queries get a whole answer within its limit, or silence, never an exception', () => {
  const online = keyZone({ mode: 'online', keys: 3, keyOctets: 900 });
  const presigned = keyZone({ apex: '_openpgpkey.example.net', mode: 'presigned', keys: 3, keyOctets: 300 });
  const names = [online, presigned].flatMap(({ apex }) => [
    apex,
    hashedOwner(0, apex),
    hashedOwner('nobody', apex),
  ]);
  const queries = soundQueries([...names.map(nameText), 'example.com', '.']);
  const responder = new Responder({
    zones: tableOf(online, presigned),
    cookieSecrets: () => [Buffer.alloc(16, 3)],
    idleSeconds: 10,
  });
  const random = seededRandom(20_260_101);
  const output = { octets: Buffer.alloc(70_000), base: 0 };
  for (let count = 0; count < packets; count += 1) {
    const query = mutate(queries[random(queries.length)] ?? Buffer.alloc(0), random);
    const transport = (['udp', 'tcp', 'tls'] as const)[random(3)] ?? 'udp';
    const client = { transport, address: random(2) === 0 ? '192.0.2.1' : '2001:db8::1' };
    output.base = random(2) * 1000;
    const asking = {
      client,
      now: signedAt,
      maySign: true,
      requiresCookie: random(4) === 0,
      reservedOctets: 0,
    };
    const octets = responder.respond(query, asking, output);
    if (octets === 0) continue;
    const found = parseMessage(output.octets.subarray(output.base, output.base + octets));
    assert.ok(octets <= (transport === 'udp' ? 1232 : 65_535));
    assert.ok(found.isResponse && found.id === query.readUInt16BE(0));
  }
});
