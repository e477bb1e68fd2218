import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { features, type ImportanceEvidence, ownFeatures } from '../../../delivery/importance/features.ts';
import { importanceAt, judgeImportance, oddsOf } from '../../../delivery/importance/judge.ts';
import {
  type ActedMessage,
  type ImportanceAct,
  learnAct,
  learnWritten,
} from '../../../delivery/importance/learn.ts';
import {
  emptyImportance,
  type ImportanceMemory,
  readImportance,
  writeImportance,
} from '../../../delivery/importance/memory.ts';
import { importanceWords } from '../../../delivery/importance/words.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { summarize } from '../../../delivery/message/summary.ts';
import { accountHash } from '../../../delivery/tags/hash.ts';

const hash = accountHash(new Uint8Array(32).fill(3));
const now = new Date('2026-05-20T12:00:00Z');
const ada = 'ada@example.net';

function evidence(
  change: Partial<ImportanceEvidence> = {},
  lines: readonly string[] = [],
): ImportanceEvidence {
  const to = lines.some(line => /^(?:To|Cc):/.test(line)) ? [] : ['To: owner@example.org'];
  const message = parseMessage(
    Buffer.from([`From: ${ada}`, ...to, ...lines, '', 'Dear Olivia,', ''].join('\r\n')),
  );
  return {
    message,
    outer: message,
    summary: summarize(message),
    author: ada,
    isProven: true,
    isContact: false,
    ownAddresses: new Set(['owner@example.org']),
    ownName: null,
    discussionKey: 'd1',
    memory: emptyImportance,
    hash,
    now,
    ...change,
  };
}

const valued = (...given: Parameters<typeof evidence>) => judgeImportance(evidence(...given)).value;

function acted(change: Partial<ActedMessage> = {}): ActedMessage {
  return {
    id: 'e1',
    author: ada,
    discussionKey: 'd1',
    receivedAt: new Date(now.getTime() - 3_600_000),
    value: 0,
    own: ownFeatures(ada, null),
    known: [],
    ...change,
  };
}

function after(
  memory: ImportanceMemory,
  act: ImportanceAct,
  message: Partial<ActedMessage> = {},
): ImportanceMemory {
  return learnAct(memory, { act, message: acted(message), now }, hash);
}

test('what a sender has earned is worth little to who only claims to be them, what they have lost stays', () => {
  const taught = (value: number) =>
    [1, 2, 3].reduce((memory, n) => after(memory, { kind: 'set', value }, { id: `e${n}` }), emptyImportance);
  const gain = (isProven: boolean, value: number) =>
    valued({ isProven, memory: taught(value) }) - valued({ isProven });
  assert.ok(gain(false, 10) > 0 && gain(false, 10) < gain(true, 10), `${gain(false, 10)} ${gain(true, 10)}`);
  assert.ok(gain(false, -10) < -5, `${gain(false, -10)}`);
});

test('who writes, to whom and how many decides, before anything was learned', () => {
  const stranger = valued();
  const contact = valued({ isContact: true });
  const copy = valued({}, ['To: bob@example.net', 'Cc: owner@example.org']);
  const newsletter = valued({}, ['List-Unsubscribe: <https://x.example>', 'List-Id: <news.example>']);
  assert.ok(
    newsletter < copy && copy < stranger && stranger < contact,
    `${[newsletter, copy, stranger, contact]}`,
  );
  assert.ok(newsletter <= -6 && contact >= 6);
  assert.ok(valued({ isContact: true, isProven: false }) < contact);
  const crowd = Array.from({ length: 60 }, (_, n) => `p${n}@example.net`).join(', ');
  assert.ok(
    valued({}, [`To: owner@example.org, ${crowd}`]) < valued({}, ['To: owner@example.org, bob@example.net']),
  );
  assert.ok(valued({ ownName: 'Olivia Martin' }) > stranger);
  assert.ok(valued({ ownName: 'Olive Martin' }) === stranger);
});

test('whoever was answered, or written to, matters more, also in the same thread', () => {
  const answered = after(emptyImportance, { kind: 'answered' });
  const before = valued();
  const reasons = judgeImportance(evidence({ memory: answered })).reasons.map(({ id }) => id);
  for (const id of ['answered', 'answeredFast', 'lately', 'ownDiscussion'])
    assert.ok(reasons.includes(id), id);
  assert.ok(valued({ memory: answered }) > before);
  assert.ok(valued({ memory: answered, isProven: false }) < valued({ memory: answered }));
  assert.ok(valued({ memory: answered, author: 'bob@example.net', discussionKey: 'd2' }) === before);
  const slow = after(emptyImportance, { kind: 'answered' }, { receivedAt: new Date('2026-01-01') });
  assert.ok(valued({ memory: slow }) < valued({ memory: answered }));
  const written = { messageId: 'm1@example.org', recipients: [ada], discussionKey: 'd9' };
  const wrote = learnWritten(emptyImportance, { written, now }, hash);
  assert.ok(valued({ memory: wrote }) > before);
  assert.ok(valued({ memory: wrote }, ['In-Reply-To: <m1@example.org>']) > valued({ memory: wrote }));
  assert.deepEqual(learnWritten(wrote, { written, now }, hash), wrote);
});

test('stars and words of the owner move what comes from the same sender, each act once', () => {
  const flagged = after(emptyImportance, { kind: 'flagged' });
  assert.ok(valued({ memory: flagged }) > valued());
  assert.equal(after(flagged, { kind: 'flagged' }), flagged);
  let memory = emptyImportance;
  for (let n = 0; n < 6; n++)
    memory = after(memory, { kind: 'set', value: -10 }, { id: `e${n}`, value: valued({ memory }) });
  assert.ok(valued({ memory }) <= -5, String(valued({ memory })));
  assert.equal(
    judgeImportance(evidence({ memory })).reasons.some(({ id }) => id === 'personal'),
    true,
  );
  const bob = evidence({ memory, author: 'bob@else.example' });
  assert.equal(judgeImportance(bob).value, valued());
});

test('value and log-odds belong together', () => {
  for (let value = -9; value <= 9; value++) assert.equal(importanceAt(oddsOf(value)), value);
  assert.deepEqual([importanceAt(99), importanceAt(-99), importanceAt(0)], [10, -10, 0]);
});

test('every feature has its words in both languages', () => {
  for (const { id } of features) {
    const { en, fr } = importanceWords(id);
    assert.ok(en !== id && fr !== id && en !== fr, id);
  }
});

test('what was learned is read as it was written, and stays small', () => {
  let memory = emptyImportance;
  for (let n = 0; n < 2500; n++) {
    const author = `a${n}@b${n}.example`;
    const message = { id: `e${n}`, author, discussionKey: `d${n}`, own: ownFeatures(author, null) };
    memory = after(memory, { kind: n % 2 ? 'answered' : 'flagged' }, message);
    const written = { messageId: `m${n}`, recipients: [author], discussionKey: `d${n}` };
    memory = learnWritten(memory, { written, now }, hash);
    // Each process reads what the last one wrote.
    if (n % 100 === 0) memory = readImportance(writeImportance(memory));
  }
  const octets = writeImportance(memory);
  assert.ok(octets.byteLength < 256 * 1024, `${octets.byteLength} octets`);
  const read = readImportance(octets);
  assert.deepEqual(writeImportance(read), octets);
  assert.ok(read.people.size === 1500 && read.written.has(hash('message|m2499')));
});

test('any octets are a memory, and judge something from -10 to 10', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), json => {
      const text = `{"version":1,"people":${json},"weights":[[1,2],${json}],"acts":${json}}`;
      for (const stored of [text, json]) {
        const value = valued({ memory: readImportance(Buffer.from(stored)) });
        assert.ok(Number.isInteger(value) && Math.abs(value) <= 10);
      }
    }),
  );
});
