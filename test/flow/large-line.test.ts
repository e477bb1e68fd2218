import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longBodyLine } from '../fixtures/hostile/messages.ts';
import { openHostileTarget } from '../suites/blows/hostile.ts';
import { measureNeighbours, type Neighbours } from '../suites/blows/neighbours.ts';
import { sqliteBackend } from '../support/backend.ts';

/** What a message of one line may take, and how long it may hold up others. */
const maxLargeMilliseconds = 5000;
const maxDelayMilliseconds = 200;
/** Others use this machine, too: what is slow by itself is slow each time. */
const rounds = 10;

test('a line of 20 MB is taken soon and holds up nobody, at both doors', async t => {
  const target = await openHostileTarget(t, sqliteBackend, { 'judge.threads': 2 });
  for (const name of ['smtp', 'lmtp'] as const) {
    const door = { name, port: target.ports[name] };
    const address = `${name}@example.org`;
    const isQuick = ({ large, slowest, calm }: Neighbours) =>
      large < maxLargeMilliseconds && slowest - calm < maxDelayMilliseconds;
    const seen: Neighbours[] = [];
    for (let round = 0; round < rounds && !seen.some(isQuick); round++) {
      const large = Buffer.concat([
        Buffer.from(`X: ${name} ${round}\r\n`),
        longBodyLine(20_000_000),
        Buffer.from('\r\n'),
      ]);
      seen.push(await measureNeighbours(door, { address, large, round }));
    }
    for (const one of seen) t.diagnostic(`${name} ${JSON.stringify(one)}`);
    assert.ok(seen.some(isQuick), JSON.stringify(seen));
    const octets = Buffer.concat([Buffer.from(`Y: ${name}\r\n`), longBodyLine(20_000_000)]);
    assert.deepEqual((await target.assess('a line of 20 MB', octets, { door: name })).faults, []);
  }
});
