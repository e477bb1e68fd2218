import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { armor } from '../../delivery/crypto/armor.ts';
import { readPrivateKey } from '../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { hashPassword } from '../../delivery/crypto/password.ts';
import { memoryStateName } from '../../delivery/knowledge.ts';
import type { Parts } from '../../delivery/open.ts';
import { listSealedActs } from '../../delivery/sealed-acts.ts';
import { sealedMemoryName, sealedWordsName } from '../../delivery/sealed-memory.ts';
import type { Entry } from '../../delivery/spam/personal/entry.ts';
import { readMemory } from '../../delivery/spam/personal/memory.ts';
import { scoreOf } from '../../delivery/spam/score.ts';
import type { Email } from '../../delivery/store/store.ts';
import { readLessons } from '../../webmail/device/lessons.ts';
import { backend } from '../support/backend.ts';
import { openTestDevice, type TestDevice } from '../support/device.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { encrypt, encryptedMessage, makePerson, type Person, textMessage } from '../support/openpgp-mail.ts';
import { poll } from '../support/poll.ts';
import { openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';
import { openWebSession } from '../support/web-session.ts';

const address = 'sealed@example.org';
const password = 'correct horse battery staple';
const passphrase = 'three blue teapots';

const texts = {
  spam: 'The webinar for growing teams: register a seat, meet the speakers, and the slides with the recording follow by mail.',
  ham: 'The minutes of the library committee: shelves for the reading room, a lecture in May, coffee and cake afterwards.',
};

/** Each from another author, and with a word of its own. */
function letter(kind: keyof typeof texts, number: number): string {
  return [
    `From: Writer ${kind}${number} <w${number}@${kind}${number}.example>`,
    `To: ${address}`,
    `Subject: ${texts[kind].slice(0, 20)} ${number}`,
    `Message-ID: <${kind}${number}@mail.example>`,
    'Date: Sun, 1 Mar 2026 12:00:00 +0000',
    '',
    `${texts[kind]} xyzzy${kind}${number}`,
    '',
  ].join('\r\n');
}

async function openInstance(t: TestContext) {
  const config = await backend.prepare(t);
  const owner = await makePerson(address);
  const account = { address, custody: 'client', passwordHash: await hashPassword(password) } as const;
  const parts = await openTestParts(t, config, [account]);
  const accountId = (await parts.store.getAccountByAddress(address))?.id ?? '';
  await parts.store.putPublicKey(accountId, owner.known('own'));
  const [mta, web] = await Promise.all([startDoor(t, 'lmtp', config), startDoor(t, 'web', config)]);
  const peer = await openDialogue(mta.ports.lmtp ?? 0);
  await peer.expect(/^220 /);
  await peer.say('LHLO mx.example.net', /^250/);
  const send = async (message: string) => {
    await peer.say('MAIL FROM:<list@mail.example>', /^250/);
    await peer.say(`RCPT TO:<${address}>`, /^250/);
    await peer.say('DATA', /^354/);
    peer.send(`${message}.\r\n`);
    await peer.expect(/^250/);
  };
  const origin = `http://127.0.0.1:${web.ports.web ?? 0}`;
  const call = await openWebSession({ origin, address, password, accountId });
  return { config, parts, accountId, owner, send, call, device: await deviceOf(owner) };
}

type Instance = Awaited<ReturnType<typeof openInstance>>;

async function deviceOf({ key }: Person): Promise<TestDevice> {
  const device = openTestDevice();
  const octets = new Uint8Array(Buffer.from(armor('PRIVATE KEY BLOCK', key.privateKey)));
  await device.ask({ kind: 'import', octets, passphrase, isForgotten: false });
  await device.ask({ kind: 'unlock', passphrase });
  return device;
}

async function byId(parts: Parts, messageId: string): Promise<Email> {
  const emails = await storedEmails(parts, address);
  const found = emails.find(({ summary }) => summary.messageId === `${messageId}@mail.example`);
  assert.ok(found, messageId);
  return found;
}

/** Marks them as the webmail does, and waits until the server has learned what it may. */
async function mark(
  { parts, accountId, call }: Instance,
  marks: Readonly<Record<string, Record<string, true | null>>>,
): Promise<void> {
  const update: Record<string, object> = {};
  for (const [messageId, keywords] of Object.entries(marks)) {
    const { id } = await byId(parts, messageId);
    update[id] = Object.fromEntries(Object.entries(keywords).map(([word, is]) => [`keywords/${word}`, is]));
  }
  const [name, answer] = await call('Email/set', { update });
  assert.equal(name, 'Email/set', JSON.stringify(answer));
  await poll(`${Object.keys(marks).length} acts to wait for a device`, async () => {
    const waiting = await listSealedActs(accountId, parts);
    return waiting.length === Object.keys(marks).length || undefined;
  });
}

/** One round, as the page asks its worker for it; gives what the memory holds then. */
async function learn({ parts, accountId, call, device, owner }: Instance): Promise<readonly Entry[]> {
  const [, { state, memory, waiting }] = await call('SealedMemory/get');
  const acts = await Promise.all(
    (waiting as { emailId: string; isSpam: boolean | null; at: string }[]).map(async act => ({
      ...act,
      octets: new Uint8Array((await parts.store.getOctets(accountId, act.emailId)) ?? []),
      receivedAt: new Date().toISOString(),
    })),
  );
  const known = memory === null ? null : new Uint8Array(Buffer.from(memory, 'base64'));
  const learned = await device.ask({ kind: 'learn', memory: known, acts });
  assert.ok(!('failure' in learned), JSON.stringify(learned));
  assert.deepEqual(
    learned.done,
    acts.map(({ emailId }) => emailId),
  );
  const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
  const { weights } = learned;
  const told = weights === undefined ? {} : { weights: weights && base64(weights) };
  const put = { ifInState: state, memory: base64(learned.memory), ...told };
  const [name, answer] = await call('SealedMemory/set', { ...put, done: waiting });
  assert.equal(name, 'SealedMemory/set', JSON.stringify(answer));
  assert.deepEqual(await listSealedActs(accountId, parts), []);
  const { decrypt, readMessage } = await loadOpenPgp();
  const { data } = await decrypt({
    message: await readMessage({ binaryMessage: learned.memory as Uint8Array<ArrayBuffer> }),
    decryptionKeys: await readPrivateKey(owner.key.privateKey),
    format: 'binary',
  });
  return readLessons(data as Uint8Array).memory.entries;
}

const numbers = [1, 2, 3, 4, 5, 6];

async function teachBoth(instance: Instance): Promise<readonly Entry[]> {
  for (const number of numbers) {
    await instance.send(letter('spam', number));
    await instance.send(letter('ham', number));
  }
  await mark(
    instance,
    Object.fromEntries(
      numbers.flatMap(number => [
        [`spam${number}`, { $junk: true }] as const,
        [`ham${number}`, { $notjunk: true }] as const,
      ]),
    ),
  );
  return learn(instance);
}

const scored = async ({ parts }: Instance, messageId: string) => {
  const { score } = (await byId(parts, messageId)).findings;
  assert.equal(scoreOf(score?.evidence ?? []), score?.score);
  return {
    score: score?.score ?? -1,
    personal: score?.evidence?.find(([id]) => id === 'personal')?.[2] ?? 0,
  };
};

test('words that a device has learned judge sealed mail of other authors, and stand nowhere in clear', async t => {
  const instance = await openInstance(t);
  const { config, parts, accountId, send } = instance;
  await send(letter('spam', 20));
  await send(letter('ham', 20));
  const entries = await teachBoth(instance);
  assert.equal(entries.length, 12);
  assert.equal(entries.filter(({ isSpam }) => isSpam).length, 6);
  await send(letter('spam', 21));
  await send(letter('ham', 21));
  const [junk, wanted] = [await scored(instance, 'spam21'), await scored(instance, 'ham21')];
  assert.equal((await scored(instance, 'spam20')).personal, 0);
  assert.ok(junk.personal > 0.5, JSON.stringify(junk));
  assert.ok(junk.score > (await scored(instance, 'spam20')).score * 1.5, JSON.stringify(junk));
  assert.ok(wanted.personal < 0, JSON.stringify(wanted));

  // The server's own memory has authors alone, of address, domain and name.
  const own = readMemory((await parts.store.getAccountState(accountId, memoryStateName))?.octets ?? null);
  assert.ok(own.entries.length === 12 && own.entries.every(({ octets }) => (octets[16] ?? 99) <= 3));
  const states = await Promise.all(
    [sealedMemoryName, sealedWordsName, memoryStateName].map(name =>
      parts.store.getAccountState(accountId, name),
    ),
  );
  const emails = await storedEmails(parts, address);
  const records = await Promise.all(emails.map(({ id }) => parts.store.getLearned(accountId, id)));
  const files = readdirSync(config.data, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name)));
  const places = [...states.map(state => state?.octets), ...records, ...files].map(octets =>
    Buffer.from(octets ?? []),
  );
  const rows = Buffer.from(JSON.stringify(emails));
  for (const { octets } of entries) {
    // The slots alone: as they are, and in base64 at each offset.
    const slots = Buffer.from(octets.subarray(17));
    for (const needle of [slots, ...base64Of(slots)]) {
      for (const place of [...places, rows]) assert.ok(!place.includes(needle));
    }
  }
});

/** What of these octets can be found in base64, whatever stands before them. */
function base64Of(octets: Buffer): string[] {
  return [0, 1, 2].map(shift =>
    Buffer.concat([Buffer.alloc(shift), octets])
      .toString('base64')
      .slice(4, -4),
  );
}

test('a mark that is taken back was never learned, and the words are forgotten with it', async t => {
  const instance = await openInstance(t);
  const before = await teachBoth(instance);
  await mark(instance, { spam1: { $junk: null, $notjunk: null } });
  const back = await learn(instance);
  assert.equal(back.length, before.length - 1);
  assert.deepEqual(
    before.filter(({ id }) => back.some(entry => entry.id === id)),
    back,
  );
  await instance.call('Learned/forget', { names: ['junk'] });
  await instance.send(letter('spam', 30));
  assert.equal((await scored(instance, 'spam30')).personal, 0);
});

test('of mail that came encrypted there is nothing to learn', async t => {
  const instance = await openInstance(t);
  const inner = textMessage('zoe@mail.example', texts.spam);
  const closed = encryptedMessage('zoe@mail.example', await encrypt(inner, [instance.owner]));
  await instance.send(closed.replace('<1@example.org>', '<closed@mail.example>'));
  await instance.send(letter('ham', 1));
  await mark(instance, { closed: { $junk: true }, ham1: { $notjunk: true } });
  const entries = await learn(instance);
  assert.deepEqual(
    entries.map(({ isSpam }) => isSpam),
    [false],
  );
});
