import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { openTestWeb } from './web.ts';

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
  const uploaded = await web.fetch(`/jmap/upload/${web.account.id}/`, { method: 'POST', body });
  const { blobId } = (await uploaded.json()) as { blobId: string };
  const { parsed } = await web.ask('Email/parse', { blobIds: [blobId], ...wanted });
  const { bodyValues, textBody, subject, size, hasAttachment } = parsed[blobId];
  assert.equal(bodyValues[textBody[0].partId].value, text);
  assert.deepEqual([subject, size, hasAttachment], ['long', body.length, true]);
});

test('what is no message stays so when it is long', async t => {
  const web = await openTestWeb(t);
  const body = Buffer.alloc(300_000, 0xff);
  const uploaded = await web.fetch(`/jmap/upload/${web.account.id}/`, { method: 'POST', body });
  const { blobId } = (await uploaded.json()) as { blobId: string };
  const { notParsable } = await web.ask('Email/parse', { blobIds: [blobId] });
  assert.deepEqual(notParsable, [blobId]);
});

test('the server answers others while it reads a header of many megabytes', async t => {
  const web = await openTestWeb(t);
  const body = `To: ${'"'.repeat(8_000_000)}\r\nSubject: ${'=?utf-8?q?a?= '.repeat(500_000)}\r\n\r\nx`;
  const uploaded = await web.fetch(`/jmap/upload/${web.account.id}/`, { method: 'POST', body });
  const { blobId } = (await uploaded.json()) as { blobId: string };
  const delay = monitorEventLoopDelay({ resolution: 10 });
  const started = performance.now();
  delay.enable();
  await web.ask('Email/parse', { blobIds: [blobId], properties: ['subject'] });
  delay.disable();
  const taken = performance.now() - started;
  assert.ok(delay.max / 1e6 < Math.max(300, taken / 2), `${delay.max / 1e6} of ${taken} ms`);
});
