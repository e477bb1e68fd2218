import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { type Log, silentLog } from '../../../delivery/log.ts';
import { newMessage, opcodes, parseMessage, rcodes, writeMessage } from '../../../dns-keys/message.ts';
import { nameText, parseName } from '../../../dns-keys/name.ts';
import { type Notifier, type NotifyTarget, openNotifier } from '../../../dns-keys/transfer/notify.ts';
import { refuseNotify } from '../../../dns-keys/transfer/notify-message.ts';
import { defaultNotifyTimings } from '../../../dns-keys/transfer/notify-target.ts';
import { serialOf } from '../../../dns-keys/transfer/serial.ts';
import { tsigKeyring } from '../../../dns-keys/transfer/tsig.ts';
import { responseSigner, verifyRequest } from '../../../dns-keys/transfer/tsig-server.ts';
import { atEnd } from '../../support/at-end.ts';
import { poll } from '../../support/poll.ts';
import { key } from './harness.ts';
import { soaOf } from './zones.ts';

const nowSeconds = () => Math.floor(Date.now() / 1000);
const zone = (name: string, serial: number) => soaOf(parseName(name), serial);

interface Told {
  readonly zone: string;
  readonly serial: number;
  readonly at: number;
}

/** A secondary that answers as `answer` says; null for silence. */
async function openSecondary(t: TestContext, answer: (octets: Buffer, told: Told) => Buffer | null) {
  const socket = createSocket('udp4');
  const told: Told[] = [];
  socket.on('message', (octets: Buffer, peer: RemoteInfo) => {
    const message = parseMessage(octets);
    const [soa] = message.answers;
    assert.deepEqual([message.opcode, message.isAuthoritative], [opcodes.NOTIFY, true]);
    const one = {
      zone: nameText(soa?.name ?? parseName('.')),
      serial: serialOf(soa?.rdata ?? octets),
      at: Date.now(),
    };
    told.push(one);
    const reply = answer(octets, one);
    if (reply) socket.send(reply, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  atEnd(t, () => socket.close());
  return {
    told,
    target: { address: '127.0.0.1', port: socket.address().port, key: null } satisfies NotifyTarget,
  };
}

function accept(octets: Buffer, rcode: number = rcodes.NOERROR): Buffer {
  const { id, opcode, questions } = parseMessage(octets);
  return writeMessage(newMessage({ id, opcode, questions, isResponse: true, rcode }));
}

function acceptSigned(octets: Buffer): Buffer {
  const verdict = verifyRequest(octets, tsigKeyring([key]), nowSeconds());
  if (verdict.status !== 'verified') return accept(octets, rcodes.NOTAUTH);
  return responseSigner(verdict)(accept(octets), nowSeconds());
}

const quick = {
  firstRetrySeconds: 0.02,
  longestRetrySeconds: 0.1,
  answerSeconds: 0.05,
  giveUpSeconds: 0.3,
  againSeconds: 0.2,
  places: 4,
};

function open(t: TestContext, timings: Partial<typeof defaultNotifyTimings> = {}) {
  const words: { event: string; fields: Record<string, unknown> }[] = [];
  const note = (fields: Record<string, unknown>, event: string) => void words.push({ event, fields });
  const log: Log = { ...silentLog, info: note, warn: note };
  const notifier: Notifier = openNotifier({ clock: systemClock, log, timings: { ...quick, ...timings } });
  atEnd(t, () => notifier.close());
  return { notifier, words };
}

const allAnswered = (notifier: Notifier) =>
  poll('all to be answered', () => notifier.unanswered === 0 || undefined);

test('a secondary is told once when it answers, signed and verified with its key', async t => {
  const { told, target } = await openSecondary(t, acceptSigned);
  const { notifier, words } = open(t, defaultNotifyTimings);
  notifier.notify(zone('a.example', 7), [{ ...target, key }]);
  await allAnswered(notifier);
  assert.deepEqual(
    told.map(({ zone, serial }) => [zone, serial]),
    [['a.example.', 7]],
  );
  assert.deepEqual(words, []);
});

test('an answer without the key is none; the secondary is told again', async t => {
  const { told, target } = await openSecondary(t, octets =>
    told.length < 3 ? accept(octets) : acceptSigned(octets),
  );
  const { notifier } = open(t);
  notifier.notify(zone('a.example', 7), [{ ...target, key }]);
  await allAnswered(notifier);
  assert.equal(told.length, 3);
});

test('who does not answer is told again, each time after twice as long, and then left alone with a word for the log', async t => {
  const { told, target } = await openSecondary(t, () => null);
  const { notifier, words } = open(t, { againSeconds: 60 });
  notifier.notify(zone('a.example', 7), [target]);
  notifier.notify(zone('b.example', 7), [target]);
  await poll('a word', () => words.find(({ event }) => event === 'secondaryNeverAnswers'));
  await poll('both to rest', () => notifier.unanswered === 2 || undefined);
  const times = told.filter(one => one.zone === 'a.example.').map(one => one.at);
  assert.ok(times.length >= 4 && times.length <= 8, String(times.length));
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  assert.ok((gaps[2] ?? 0) > (gaps[0] ?? 0), String(gaps));
  assert.equal(words.length, 1, 'one word for all zones');
});

test('who was given up is told later by itself, and at once when the zone changes', async t => {
  let isUp = false;
  const { told, target } = await openSecondary(t, octets => (isUp ? accept(octets) : null));
  const { notifier, words } = open(t, { giveUpSeconds: 0.05 });
  notifier.notify(zone('a.example', 7), [target]);
  await poll('silence', () => words.find(({ event }) => event === 'secondaryNeverAnswers'));
  isUp = true;
  await allAnswered(notifier);
  assert.equal(words.at(-1)?.event, 'secondaryAnswersAgain');
  notifier.notify(zone('a.example', 8), [target]);
  await allAnswered(notifier);
  assert.equal(told.at(-1)?.serial, 8);
});

test('a newer change takes the place of the older one that nobody answered', async t => {
  const { told, target } = await openSecondary(t, (octets, { serial }) =>
    serial === 9 ? accept(octets) : null,
  );
  const { notifier } = open(t);
  notifier.notify(zone('a.example', 8), [target]);
  notifier.notify(zone('a.example', 9), [target]);
  await allAnswered(notifier);
  const count = told.length;
  assert.equal(told.at(-1)?.serial, 9);
  notifier.forget(parseName('a.example'));
  assert.equal(told.length, count);
});

test('a refusal ends it, with a word for the log', async t => {
  const { told, target } = await openSecondary(t, octets => accept(octets, rcodes.NOTAUTH));
  const { notifier, words } = open(t, defaultNotifyTimings);
  notifier.notify(zone('a.example', 8), [target]);
  await allAnswered(notifier);
  assert.equal(told.length, 1);
  assert.deepEqual([words[0]?.event, words[0]?.fields.rcode], ['notifyRefused', rcodes.NOTAUTH]);
});

test('1,000 zones are told few at a time, and a secondary that is down keeps no other waiting', async t => {
  const alive = await openSecondary(t, octets => accept(octets));
  const dead = await openSecondary(t, () => null);
  const { notifier } = open(t, {
    places: 32,
    answerSeconds: 2,
    firstRetrySeconds: 2,
    longestRetrySeconds: 60,
    giveUpSeconds: 300,
  });
  const names = Array.from({ length: 1000 }, (_, index) => `z${index}.example.`);
  for (const name of names) notifier.notify(zone(name, 1), [dead.target, alive.target]);
  await poll('all but the dead', () => notifier.unanswered === 1000 || undefined);
  assert.deepEqual([...new Set(alive.told.map(one => one.zone))].sort(), names.sort());
  assert.ok(dead.told.length <= 32 * 4, String(dead.told.length));
});

test('a NOTIFY that comes to us is refused: of our zones we are the primary, of others we are nothing', () => {
  const request = (name: string) =>
    newMessage({ id: 5, opcode: opcodes.NOTIFY, questions: [{ name: parseName(name), type: 6, class: 1 }] });
  const ours = { apex: parseName('a.example') };
  const findZone = (apex: Uint8Array) => (nameText(apex) === 'a.example.' ? ours : null);
  const [refused, stranger] = ['a.example', 'b.example'].map(name =>
    parseMessage(refuseNotify(request(name), findZone)),
  );
  assert.deepEqual([refused?.rcode, refused?.opcode, refused?.id], [rcodes.REFUSED, opcodes.NOTIFY, 5]);
  assert.equal(stranger?.rcode, rcodes.NOTAUTH);
});
