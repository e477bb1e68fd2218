import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PrivateKey } from 'openpgp';
import { armor } from '../../../delivery/crypto/armor.ts';
import { readPrivateKey } from '../../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import { seal } from '../../../delivery/crypto/seal.ts';
import { slotsOfEntry } from '../../../delivery/spam/personal/entry.ts';
import { type Lesson, writeLesson } from '../../../delivery/spam/personal/lesson-text.ts';
import { readWeights } from '../../../delivery/spam/personal/word-weights.ts';
import { readLessons } from '../../../webmail/device/lessons.ts';
import type { LearnAct, LearnAnswer } from '../../../webmail/device/protocol.ts';
import { openTestDevice, type TestDevice } from '../../support/device.ts';
import { encrypt, encryptedMessage, makePerson, type Person } from '../../support/openpgp-mail.ts';

const passphrase = 'three blue teapots';
const owner = await makePerson('owner@example.org');
const stranger = await makePerson('stranger@example.org');
const receivedAt = new Date(Date.now() - 60_000);

async function deviceOf(person: Person): Promise<TestDevice> {
  const device = openTestDevice();
  const octets = new Uint8Array(Buffer.from(armor('PRIVATE KEY BLOCK', person.key.privateKey)));
  const answer = await device.ask({ kind: 'import', octets, passphrase, isForgotten: false });
  assert.ok('imported' in answer, JSON.stringify(answer));
  await device.ask({ kind: 'unlock', passphrase });
  return device;
}

const lesson = (...slots: number[]): Lesson => ({ slots: Uint16Array.from(slots).sort(), logOdds: -1.5 });

async function sealedTo(person: Person, text: string, learning?: string): Promise<Uint8Array> {
  const { octets, fingerprint } = person.known('own');
  const options = { receivedAt, learning };
  return new Uint8Array(await seal(Buffer.from(text), [{ octets, fingerprint, state: 'usable' }], options));
}

interface Said {
  readonly isSpam?: boolean | null;
  readonly lesson?: Lesson;
  readonly to?: Person;
  readonly seconds?: number;
}

const text = 'From: zoe@example.net\r\nSubject: Hello\r\n\r\nHow are you?\r\n';

async function act(
  emailId: string,
  { isSpam = true, lesson: taught = lesson(1, 2, 3), to = owner, seconds = 0 }: Said = {},
): Promise<LearnAct> {
  const octets = isSpam === null ? null : await sealedTo(to, text, writeLesson(taught));
  const at = new Date(Date.UTC(2026, 2, 1) + seconds * 1000).toISOString();
  return { emailId, isSpam, at, octets, receivedAt: receivedAt.toISOString() };
}

type Learned = Exclude<LearnAnswer, { failure: unknown }>;

async function learn(
  device: TestDevice,
  memory: Uint8Array | null,
  acts: readonly LearnAct[],
): Promise<Learned> {
  const answer = await device.ask({ kind: 'learn', memory, acts });
  assert.ok(!('failure' in answer), JSON.stringify(answer));
  return answer;
}

async function opened(memory: Uint8Array, { key }: Person = owner): Promise<Uint8Array> {
  const openpgp = await loadOpenPgp();
  const secret: PrivateKey = await readPrivateKey(key.privateKey);
  const { data } = await openpgp.decrypt({
    message: await openpgp.readMessage({ binaryMessage: Uint8Array.from(memory) }),
    decryptionKeys: secret,
    format: 'binary',
  });
  return data as Uint8Array;
}

const entriesOf = async (memory: Uint8Array) => readLessons(await opened(memory)).memory.entries;

test('what a device learns is sealed to its owner, and weighs what several messages share', async () => {
  const device = await deviceOf(owner);
  const spam = [1, 2, 3, 4, 5].map(one => act(`s${one}`, { lesson: lesson(13_000, 13_001, 14_000 + one) }));
  const ham = [1, 2, 3, 4, 5].map(one =>
    act(`h${one}`, { isSpam: false, lesson: lesson(15_000, 15_001, 16_000 + one) }),
  );
  const { memory, weights, done } = await learn(device, null, await Promise.all([...spam, ...ham]));
  assert.deepEqual(done, ['s1', 's2', 's3', 's4', 's5', 'h1', 'h2', 'h3', 'h4', 'h5']);
  const entries = await entriesOf(memory);
  assert.equal(entries.length, 10);
  assert.ok(
    entries.every(({ source, isShared, logOdds }) => source === 'owner' && !isShared && logOdds === -1.5),
  );
  const found = readWeights(weights ?? new Uint8Array()).weights;
  assert.ok((found[13_000] ?? 0) > 0 && (found[15_000] ?? 0) < 0);
  assert.deepEqual([found[14_001], found[16_001]], [0, 0]);
  assert.ok(!Buffer.from(memory).includes(Buffer.from(entries[0]?.octets ?? [])));
});

type Mark = readonly [emailId: string, isSpam: boolean | null, seconds: number];

const several = (marks: readonly Mark[]) =>
  Promise.all(marks.map(([id, isSpam, seconds]) => act(id, { isSpam, seconds })));

/** Marks of one to nine, the first ones spam. */
const nine = (name: string, { spam, from }: { spam: number; from: number }): Mark[] =>
  [1, 2, 3, 4, 5, 6, 7, 8, 9].map(n => [`${name}${n}`, n <= spam, from + n]);

test('weights come when ten messages have gathered that those before do not know', async () => {
  const device = await deviceOf(owner);
  let last = await learn(device, null, await several(nine('a', { spam: 5, from: 0 })));
  const next = async (...marks: readonly Mark[]) => {
    last = await learn(device, last.memory, await several(marks));
    return last.weights;
  };
  assert.equal(last.weights, undefined);
  // Said again, or of a message that was never learned, it is no tenth.
  assert.equal(await next(['a1', true, 20], ['gone', null, 21]), undefined);
  assert.ok(await next(['a10', true, 22]));
  // However often its owner wavers, one message is one, and none when it is as it was.
  for (const { 2: seconds } of nine('', { spam: 0, from: 30 })) {
    assert.equal(await next(['a1', seconds % 2 === 0, seconds]), undefined);
  }
  assert.equal(await next(['a1', true, 45], ...nine('b', { spam: 5, from: 50 })), undefined);
  assert.ok(await next(['a2', null, 72]));
});

test('weights are gone at once when nothing can be told apart any more, and come back no sooner', async () => {
  const device = await deviceOf(owner);
  const marks: Mark[] = [...nine('a', { spam: 9, from: 0 }), ['ham', false, 10]];
  const first = await learn(device, null, await several(marks));
  assert.ok(first.weights);
  const back = await learn(device, first.memory, await several([['ham', null, 11]]));
  assert.equal(back.weights, null);
  const again = await learn(device, back.memory, await several([['other', false, 12]]));
  assert.equal(again.weights, undefined);
  const more = await learn(device, again.memory, await several(nine('b', { spam: 9, from: 20 })));
  assert.ok(more.weights);
});

test('the same acts twice are the same as once, and a newer word takes the place of the older', async () => {
  const device = await deviceOf(owner);
  const acts = [await act('a'), await act('b', { isSpam: false, seconds: 5 })];
  const once = await learn(device, null, acts);
  const twice = await learn(device, once.memory, acts);
  assert.deepEqual(await opened(twice.memory), await opened(once.memory));
  const other = await learn(device, once.memory, [await act('a', { isSpam: false, seconds: 9 })]);
  const entries = await entriesOf(other.memory);
  assert.deepEqual(
    entries.map(({ isSpam }) => isSpam),
    [false, false],
  );
});

test('what is taken back was never learned, to the last octet', async () => {
  const device = await deviceOf(owner);
  const others = [await act('b', { isSpam: false }), await act('c', { seconds: 7 })];
  const without = await learn(device, null, others);
  const both = await learn(device, without.memory, [await act('a', { seconds: 3 })]);
  assert.notDeepEqual(await opened(both.memory), await opened(without.memory));
  const back = await learn(device, both.memory, [await act('a', { isSpam: null, seconds: 8 })]);
  assert.deepEqual(back.done, ['a']);
  assert.deepEqual(await opened(back.memory), await opened(without.memory));
});

test('what two devices learn, one behind the other, is what one learns', async () => {
  const [laptop, phone] = [await deviceOf(owner), await deviceOf(owner)];
  const [one, two] = [await act('a'), await act('b', { isSpam: false, seconds: 4 })];
  const first = await learn(laptop, null, [one]);
  // The phone was too late with its own, and begins with what the laptop gave.
  const merged = await learn(phone, first.memory, [one, two]);
  const alone = await learn(phone, null, [two, one]);
  assert.deepEqual(await opened(merged.memory), await opened(alone.memory));
  assert.deepEqual(merged.weights, alone.weights);
});

test('nothing that a sender writes is learned from', async () => {
  const device = await deviceOf(owner);
  const forged = writeLesson(lesson(20, 21, 22));
  const nested = Buffer.from(await sealedTo(owner, text, forged)).toString('latin1');
  const letters = [
    `X-Learning: ${forged}\r\nContent-Type: text/plain; x-learning="${forged}"\r\n\r\nPay.\r\n`,
    `Content-Type: message/rfc822; x-sealed="1"; x-learning="${forged}"\r\n\r\n${text}`,
    `Subject: Hi\r\n x-learning="${forged}"\r\nFrom: zoe@example.net\r\n\r\nPay.\r\n`,
    nested,
  ];
  for (const letter of letters) {
    const octets = await sealedTo(owner, letter);
    const { memory, done } = await learn(device, null, [{ ...(await act('a')), octets }]);
    assert.deepEqual([done, await entriesOf(memory)], [['a'], []]);
    const known = await sealedTo(owner, letter, writeLesson(lesson(7)));
    const learned = await learn(device, null, [{ ...(await act('a')), octets: known }]);
    assert.deepEqual((await entriesOf(learned.memory)).map(slotsOfEntry), [Uint16Array.of(7)]);
  }
  // Encrypted to the owner by somebody who is not our server.
  const entities = [text, `Content-Type: text/plain; x-learning="${forged}"\r\n\r\nPay.\r\n`];
  for (const entity of entities) {
    const closed = encryptedMessage('zoe@example.net', await encrypt(entity, [owner]));
    for (const octets of [Buffer.from(closed), await sealedTo(owner, closed)]) {
      const foreign = await learn(device, null, [{ ...(await act('a')), octets }]);
      assert.deepEqual([foreign.done, await entriesOf(foreign.memory)], [['a'], []]);
    }
  }
});

test('what waits for another key is left, and a memory that can’t be opened is not written over', async () => {
  const device = await deviceOf(owner);
  const acts = [await act('mine'), await act('theirs', { to: stranger })];
  const { memory, done } = await learn(device, null, acts);
  assert.deepEqual(done, ['mine']);
  const other = await deviceOf(stranger);
  assert.deepEqual(await other.ask({ kind: 'learn', memory, acts }), { failure: 'noKey' });
  const damaged = Uint8Array.from(memory);
  damaged[damaged.length - 5] = (damaged[damaged.length - 5] ?? 0) ^ 1;
  for (const octets of [damaged, Uint8Array.of(1, 2, 3)]) {
    assert.deepEqual(await device.ask({ kind: 'learn', memory: octets, acts }), { failure: 'malformed' });
  }
  device.idle();
  assert.deepEqual(await device.ask({ kind: 'learn', memory, acts }), { failure: 'locked' });
  assert.deepEqual(await device.ask({ kind: 'learn', memory: null, acts }), { failure: 'locked' });
});

test('learning that fails leaves the keys unlocked, and can be tried again', async () => {
  const device = await deviceOf(owner);
  const begun = device.begun();
  const broken = await device.ask({ kind: 'learn', memory: null, acts: null as never });
  assert.deepEqual(broken, { failure: 'broken' });
  const octets = await sealedTo(owner, text);
  const opening = { kind: 'open', octets, isSealed: true, receivedAt: receivedAt.toISOString() } as const;
  assert.ok('mail' in (await device.ask(opening)));
  await assert.rejects(device.ask({ ...opening, octets: null as never }));
  assert.ok('mail' in (await device.ask(opening)));
  assert.equal(device.begun(), begun + 2);
  assert.deepEqual((await learn(device, null, [await act('a')])).done, ['a']);
  device.idle();
  const locked = await device.ask(opening);
  assert.equal('failure' in locked && locked.failure, 'locked');
});

test('keys that could not be read from the device are read at the next request', async () => {
  const device = await deviceOf(owner);
  device.breakSafe();
  await assert.rejects(device.ask({ kind: 'list' }, 'other'));
  assert.equal((await device.ask({ kind: 'list' }, 'other')).length, 1);
});

test('learning does not keep a key unlocked, which opening mail does', async () => {
  const device = await deviceOf(owner);
  const begun = device.begun();
  await learn(device, null, [await act('a')]);
  assert.equal(device.begun(), begun);
  const octets = await sealedTo(owner, text);
  await device.ask({ kind: 'open', octets, isSealed: true, receivedAt: receivedAt.toISOString() });
  assert.equal(device.begun(), begun + 1);
});

test('one message that can’t be read at all keeps no other from being learned', async () => {
  const device = await deviceOf(owner);
  const spoiled = { ...(await act('a')), octets: {} as Uint8Array };
  const { memory, done } = await learn(device, null, [spoiled, await act('b')]);
  assert.deepEqual([done, (await entriesOf(memory)).length], [['b'], 1]);
});

test('mail whose words nobody may know, and mail that is gone, is done with', async () => {
  const device = await deviceOf(owner);
  const closed = { ...(await act('a')), octets: await sealedTo(owner, text) };
  const gone = { ...(await act('b')), octets: null };
  const { memory, weights, done } = await learn(device, null, [closed, gone]);
  assert.deepEqual([await entriesOf(memory), weights, done], [[], null, ['a', 'b']]);
});
