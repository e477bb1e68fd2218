import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { type Answer, openTestWeb } from './web.ts';

const text = 'A long letter.\n'.repeat(20_000);
const long = [
  'Subject: long',
  'Content-Type: multipart/mixed; boundary=x',
  '',
  '--x',
  'Content-Type: text/plain',
  '',
  text,
  '--x',
  'Content-Type: image/png',
  'Content-Disposition: attachment; filename=a.png',
  '',
  'PNG',
  '--x--',
  '',
].join('\n');

const wanted = {
  properties: ['subject', 'textBody', 'attachments', 'bodyValues', 'hasAttachment', 'size'],
  fetchTextBodyValues: true,
};

test('a long message is read like a short one, stored or not', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(long);
  const [stored] = (await web.ask('Email/get', { ids: [id], ...wanted })).list;
  assert.equal(stored.bodyValues[stored.textBody[0].partId].value, text);
  const [picture] = stored.attachments;
  const download = await web.fetch(`/jmap/download/${web.account.id}/${picture.blobId}/a.png`);
  assert.equal(await download.text(), 'PNG');
  const body = long.replaceAll('\n', '\r\n');
  const blobId = await web.upload(body);
  const { parsed } = await web.ask('Email/parse', { blobIds: [blobId], ...wanted });
  const { bodyValues, textBody, subject, size, hasAttachment } = parsed[blobId];
  assert.equal(bodyValues[textBody[0].partId].value, text);
  assert.deepEqual([subject, size, hasAttachment], ['long', body.length, true]);
});

test('what is no message stays so when it is long', async t => {
  const web = await openTestWeb(t);
  const body = Buffer.alloc(300_000, 0xff);
  const blobId = await web.upload(body);
  const { notParsable } = await web.ask('Email/parse', { blobIds: [blobId] });
  assert.deepEqual(notParsable, [blobId]);
});

/** The longest that others had to wait while `work` went on, and how long that took. */
async function delayOf(work: () => Promise<unknown>): Promise<{ longest: number; taken: number }> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  const started = performance.now();
  delay.enable();
  await work();
  delay.disable();
  return { longest: delay.max / 1e6, taken: performance.now() - started };
}

test('the server answers others while it reads a header of many megabytes', async t => {
  const web = await openTestWeb(t);
  const body = `To: ${'"'.repeat(8_000_000)}\r\nSubject: ${'=?utf-8?q?a?= '.repeat(500_000)}\r\n\r\nx`;
  const blobId = await web.upload(body);
  const { longest, taken } = await delayOf(() =>
    web.ask('Email/parse', { blobIds: [blobId], properties: ['subject'] }),
  );
  assert.ok(longest < Math.max(300, taken / 2), `${longest} of ${taken} ms`);
});

test('the server answers others while a long message is imported', async t => {
  const web = await openTestWeb(t);
  const inbox = await web.mailbox('inbox');
  const words = 'Ein längerer Brief über vieles, <b>fett</b> und bunt.\r\n'.repeat(300_000);
  const received = 'Received: from a by b; Sun, 1 Mar 2026 10:00:00 +0000';
  const body = `${received}\r\nSubject: quince\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${words}`;
  const emails = { long: { blobId: await web.upload(body), mailboxIds: { [inbox]: true } } };
  let answer: Answer;
  const { longest, taken } = await delayOf(async () => {
    answer = await web.ask('Email/import', { emails });
  });
  assert.ok(longest < Math.max(200, taken / 4), `${longest} of ${taken} ms`);
  const { id, size } = answer.created.long;
  assert.equal(size, Buffer.byteLength(body));
  const [email] = (
    await web.ask('Email/get', { ids: [id], properties: ['subject', 'receivedAt', 'privacy'] })
  ).list;
  assert.deepEqual([email.subject, email.receivedAt], ['quince', '2026-03-01T10:00:00Z']);
  assert.ok(email.privacy);
  assert.deepEqual((await web.ask('Email/query', { filter: { body: 'bunt' } })).ids, [id]);
  const again = await web.ask('Email/import', { emails });
  assert.deepEqual(again.notCreated.long, {
    ...again.notCreated.long,
    type: 'alreadyExists',
    existingId: id,
  });
});

test('a long message that can’t be sealed is refused like a short one', async t => {
  const web = await openTestWeb(t, { custody: 'client' });
  const inbox = await web.mailbox('inbox');
  for (const length of [10, 300_000]) {
    const blobId = await web.upload(`Subject: a\r\n\r\n${'x'.repeat(length)}`);
    const emails = { a: { blobId, mailboxIds: { [inbox]: true } } };
    assert.equal((await web.ask('Email/import', { emails })).notCreated.a.type, 'forbidden');
  }
});
