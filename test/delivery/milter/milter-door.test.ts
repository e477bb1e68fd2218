import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import type { SettingKey } from '../../../delivery/config.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { silentLog } from '../../../delivery/log.ts';
import { type MilterDoor, openMilterDoor } from '../../../delivery/milter/milter-door.ts';
import { encodePacket, PacketReader } from '../../../delivery/milter/packet.ts';
import { openOctetBudget } from '../../../delivery/octet-budget.ts';
import type { Assessment } from '../../../delivery/pipeline.ts';
import { testConfig } from '../../support/door-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Assess = () => Promise<Assessment>;

/** What a line says that has closed its threads for this message. */
const failing: Assess = () => Promise.reject(new DeliveryError('tooBusy'));

async function openDoor(
  t: TestContext,
  settings: Partial<Record<SettingKey, unknown>>,
  { assess = failing, roomOctets = 100_000 }: { assess?: Assess; roomOctets?: number } = {},
): Promise<MilterDoor> {
  const door = await openMilterDoor(testConfig(t, settings), {
    line: { assess },
    clock: systemClock,
    log: silentLog,
    room: openOctetBudget(roomOctets),
  });
  t.after(() => door.close());
  return door;
}

interface Mta {
  send(letter: string, payload?: string | Buffer): void;
  /** Letter and payload of the next answer; `(closed)` when the door has gone. */
  answer(): Promise<string>;
}

async function connectTo(where: number | string): Promise<Mta> {
  const socket: Socket = typeof where === 'string' ? connect(where) : connect(where, '127.0.0.1');
  await once(socket, 'connect');
  const answers = read(socket);
  const mta: Mta = {
    send: (letter, payload = '') => void socket.write(encodePacket(letter, Buffer.from(payload))),
    answer: async () => (await answers.next()).value ?? '(closed)',
  };
  const offer = Buffer.from('00000006000001ff001fffff', 'hex');
  mta.send('O', offer);
  return mta;
}

async function* read(socket: Socket): AsyncGenerator<string> {
  const reader = new PacketReader({ maxOctets: 100_000 });
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) {
      for (const { letter, payload } of reader.read(piece)) yield `${letter}${Buffer.from(payload)}`;
    }
  } catch {
    // The door may cut a connection off.
  }
}

function sendMessage(mta: Mta): void {
  mta.send('M', '<zoe@example.net>\0');
  mta.send('R', '<ada@example.org>\0');
  mta.send('L', 'Subject\0 lunch\0');
  mta.send('N');
  mta.send('B', 'noon?\r\n');
  mta.send('E');
}

async function until(mta: Mta, pattern: RegExp): Promise<string> {
  for (;;) {
    const answer = await mta.answer();
    if (pattern.test(answer) || answer === '(closed)') return answer;
  }
}

test('a message that the line could not judge passes with a mark', async t => {
  const door = await openDoor(t, {});
  const mta = await connectTo(door.port);
  assert.match(await mta.answer(), /^O/);
  sendMessage(mta);
  assert.match(await until(mta, /Score/), /^i.{4}X-Caliopen-Score\0 unknown; unjudged=failed\0$/s);
  assert.equal(await until(mta, /^[^i]/), 'a');
  assert.equal(door.counts.messages.unjudged, 1);
  mta.send('Q');
  assert.equal(await mta.answer(), '(closed)');
});

test('or it is put off, where the settings say so; what finds no room, too', async t => {
  const door = await openDoor(t, { 'milter.onFailure': 'tempfail' });
  const mta = await connectTo(door.port);
  sendMessage(mta);
  assert.match(await until(mta, /^[^O]/), /^y451 4\.3\.0 /);
  const crowded = await openDoor(t, { 'milter.onFailure': 'tempfail' }, { roomOctets: 10 });
  const other = await connectTo(crowded.port);
  sendMessage(other);
  assert.match(await until(other, /^[^O]/), /^y451 4\.3\.0 /);
  assert.equal(crowded.counts.messages.deferred, 1);
});

test('a socket file is for its user and group', async t => {
  const file = join(temporaryFolder(t), 'milter');
  const door = await openDoor(t, { 'milter.address': `unix:${file}` });
  assert.equal(door.port, 0);
  assert.equal(statSync(file).mode & 0o777, 0o660);
  assert.match(await (await connectTo(file)).answer(), /^O/);
});

test('one connection too many is closed; the others go on', async t => {
  const door = await openDoor(t, { 'milter.maxConnections': 1 });
  const mta = await connectTo(door.port);
  assert.match(await mta.answer(), /^O/);
  assert.equal(await (await connectTo(door.port)).answer(), '(closed)');
  sendMessage(mta);
  assert.equal(await until(mta, /^a/), 'a');
});

test('a door that closes answers the message under way, and no idle connection holds it up', async t => {
  const judging = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Assessment>();
  const door = await openDoor(
    t,
    {},
    {
      assess() {
        judging.resolve();
        return answer.promise;
      },
    },
  );
  const [busy, idle] = [await connectTo(door.port), await connectTo(door.port)];
  assert.match(await idle.answer(), /^O/);
  sendMessage(busy);
  await judging.promise;
  const closed = door.close();
  assert.equal(await idle.answer(), '(closed)');
  answer.reject(new DeliveryError('internal'));
  assert.equal(await until(busy, /^a/), 'a');
  assert.equal(await busy.answer(), '(closed)');
  await closed;
});
