import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestWeb } from './web.ts';

const mixed = `From: Ada <ada@example.net>
To: owner@example.org
Cc: "B, C" <bc@example.net>
Date: Sun, 1 Mar 2026 14:12:00 +0100
Message-ID: <one@example.net>
In-Reply-To: <zero@example.net>
References: <zero@example.net>
Subject: =?utf-8?q?Caf=C3=A9?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

H=C3=A9llo
--a
Content-Type: text/html; charset=utf-8

<p>H&eacute;llo <a href="https://example.net/x">link</a></p>
--a--
--m
Content-Type: application/pdf; name=a.pdf
Content-Disposition: attachment; filename=a.pdf
Content-Transfer-Encoding: base64

AAECAw==
--m
Content-Type: message/rfc822

Subject: inner

inner body
--m--
`;

test('§4.2 metadata and header properties come as the RFC says', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(mixed);
  const { list } = await web.ask('Email/get', { ids: [id, id] });
  assert.equal(list.length, 1);
  const [email] = list;
  assert.deepEqual(email.from, [{ name: 'Ada', email: 'ada@example.net' }]);
  assert.deepEqual(email.cc, [{ name: 'B, C', email: 'bc@example.net' }]);
  assert.equal(email.bcc, null);
  assert.deepEqual(email.messageId, ['one@example.net']);
  assert.deepEqual(email.inReplyTo, ['zero@example.net']);
  assert.equal(email.subject, 'Café');
  assert.equal(email.sentAt, '2026-03-01T14:12:00+01:00');
  assert.deepEqual(email.mailboxIds, { [await web.mailbox('inbox')]: true });
  assert.deepEqual(email.keywords, {});
  assert.equal(email.hasAttachment, true);
  assert.match(email.preview, /Héllo/);
  assert.deepEqual(email.bodyValues, {});
  assert.equal(email.size, Buffer.byteLength(mixed.replaceAll('\n', '\r\n')));
  assert.equal(email.headers, undefined);
});

test('§4.1.4 the lists of parts, their properties and values', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(mixed);
  const { list } = await web.ask('Email/get', {
    ids: [id],
    properties: ['textBody', 'htmlBody', 'attachments', 'bodyStructure', 'bodyValues'],
    fetchTextBodyValues: true,
    fetchHTMLBodyValues: true,
  });
  const [email] = list;
  assert.deepEqual(Object.keys(email).sort(), [
    'attachments',
    'bodyStructure',
    'bodyValues',
    'htmlBody',
    'id',
    'textBody',
  ]);
  const [text] = email.textBody;
  assert.deepEqual(
    [text.type, text.charset, text.partId, text.disposition],
    ['text/plain', 'utf-8', '1.1', null],
  );
  assert.equal(email.bodyValues[text.partId].value, 'Héllo');
  assert.match(email.bodyValues[email.htmlBody[0].partId].value, /<p>/);
  const [pdf, inner] = email.attachments;
  assert.deepEqual(
    [pdf.name, pdf.type, pdf.size, pdf.disposition],
    ['a.pdf', 'application/pdf', 4, 'attachment'],
  );
  assert.equal(inner.type, 'message/rfc822');
  assert.equal(email.bodyStructure.type, 'multipart/mixed');
  assert.equal(email.bodyStructure.partId, null);
  assert.equal(email.bodyStructure.blobId, null);
  assert.equal(email.bodyStructure.subParts.length, 3);
  assert.equal(email.bodyStructure.subParts[0].subParts.length, 2);
});

test('§4.2 bodyProperties and header properties are given where they are asked for', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(mixed);
  const { list } = await web.ask('Email/get', {
    ids: [id],
    properties: ['header:Cc:asAddresses', 'header:X-None', 'header:From:all', 'attachments', 'headers'],
    bodyProperties: ['type', 'header:Content-Type:asText', 'headers'],
  });
  const [email] = list;
  assert.deepEqual(email['header:Cc:asAddresses'], [{ name: 'B, C', email: 'bc@example.net' }]);
  assert.equal(email['header:X-None'], null);
  assert.deepEqual(email['header:From:all'], [' Ada <ada@example.net>']);
  assert.deepEqual(Object.keys(email.attachments[0]).sort(), [
    'header:Content-Type:asText',
    'headers',
    'type',
  ]);
  assert.equal(email.attachments[0]['header:Content-Type:asText'], 'application/pdf; name=a.pdf');
  assert.deepEqual(email.headers[0], { name: 'From', value: ' Ada <ada@example.net>' });
  assert.equal(await web.refuse('Email/get', { ids: [id], bodyProperties: ['nothing'] }), 'invalidArguments');
});

test('§4.2 values are cut on a character boundary, in HTML outside of tags', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(mixed);
  for (const [octets, text] of [
    [1, 'H'],
    [2, 'H'],
    [3, 'Hé'],
    [6, 'Héllo'],
  ] as const) {
    const { list } = await web.ask('Email/get', {
      ids: [id],
      properties: ['bodyValues', 'textBody'],
      fetchTextBodyValues: true,
      maxBodyValueBytes: octets,
    });
    const value = list[0].bodyValues['1.1'];
    assert.deepEqual([value.value, value.isTruncated], [text, text !== 'Héllo']);
  }
  const { list } = await web.ask('Email/get', {
    ids: [id],
    properties: ['bodyValues'],
    fetchHTMLBodyValues: true,
    maxBodyValueBytes: 25,
  });
  assert.equal(list[0].bodyValues['1.2'].value, '<p>H&eacute;llo ');
});

test('§6.2 a part is downloaded by its blob id', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(mixed);
  const { list } = await web.ask('Email/get', { ids: [id], properties: ['attachments', 'blobId'] });
  const { attachments, blobId } = list[0];
  const part = await web.fetch(`/jmap/download/${web.account.id}/${attachments[0].blobId}/a.pdf`);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), Buffer.from([0, 1, 2, 3]));
  assert.equal(part.headers.get('content-type'), 'application/pdf');
  const whole = await web.fetch(`/jmap/download/${web.account.id}/${blobId}/m.eml?type=message/rfc822`);
  assert.equal(await whole.text(), mixed.replaceAll('\n', '\r\n'));
});

test('§4.9 a blob is parsed as a message without being stored', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(mixed);
  const { list } = await web.ask('Email/get', { ids: [id], properties: ['attachments'] });
  const inner = list[0].attachments[1].blobId;
  const init = { method: 'POST', body: Buffer.from([0xff, 0xd8, 0, 1]) };
  const binary = await (await web.fetch(`/jmap/upload/${web.account.id}/`, init)).json();
  const answer = await web.ask('Email/parse', {
    blobIds: [inner, 'none', binary.blobId],
    properties: ['id', 'subject', 'bodyValues', 'textBody', 'preview', 'mailboxIds'],
    fetchTextBodyValues: true,
  });
  const parsed = answer.parsed[inner];
  assert.equal(parsed.subject, 'inner');
  assert.equal(parsed.id, null);
  assert.equal(parsed.mailboxIds, null);
  assert.equal(parsed.bodyValues[parsed.textBody[0].partId].value, 'inner body');
  assert.deepEqual(answer.notFound, ['none']);
  assert.deepEqual(answer.notParsable, [binary.blobId]);
});

test('§3.1 an answer is in the thread of what it answers', async t => {
  const web = await openTestWeb(t);
  const one = await web.deliver('Message-ID: <a@example.net>\nSubject: one\n\nx\n');
  const two = await web.deliver(
    'Message-ID: <b@example.net>\nIn-Reply-To: <a@example.net>\nReferences: <a@example.net>\nSubject: Re: one\n\nx\n',
  );
  const { list } = await web.ask('Email/get', { ids: [one, two], properties: ['threadId'] });
  assert.equal(list[0].threadId, list[1].threadId);
  const { list: threads, notFound } = await web.ask('Thread/get', { ids: [list[0].threadId, 'none'] });
  assert.deepEqual(threads, [{ id: list[0].threadId, emailIds: [one, two] }]);
  assert.deepEqual(notFound, ['none']);
});

test('§4.9 Email/parse tells the size of the blob', async t => {
  const web = await openTestWeb(t);
  const octets = 'Subject: parsed\r\n\r\nx\r\n';
  const uploaded = await web.fetch(`/jmap/upload/${web.account.id}/`, { method: 'POST', body: octets });
  const { blobId } = (await uploaded.json()) as { blobId: string };
  const { parsed } = await web.ask('Email/parse', { blobIds: [blobId], properties: ['blobId', 'size'] });
  assert.deepEqual(parsed[blobId], { blobId, size: octets.length });
});

test('§4.1.1 receivedAt is told in whole seconds', async t => {
  const web = await openTestWeb(t);
  const receivedAt = new Date('2026-02-03T04:05:06.789Z');
  const id = await web.deliver('Subject: x\n\nx\n', { receivedAt });
  const [email] = (await web.ask('Email/get', { ids: [id], properties: ['receivedAt'] })).list;
  assert.equal(email.receivedAt, '2026-02-03T04:05:06Z');
});

test('§4.1.2.2 as Text, an encoded word that touches other text stays as it is', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver('X-Words: a=?utf-8?q?b?= =?utf-8?q?c?=\nSubject: x\n\nx\n');
  const properties = ['header:X-Words:asText'];
  const [email] = (await web.ask('Email/get', { ids: [id], properties })).list;
  assert.match(email['header:X-Words:asText'], /^a=\?utf-8\?q\?b\?=/);
});

test('§4.2, §4.9 the properties that come when none are asked for are those of the RFC', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver('Subject: a\n\nx\n');
  const [email] = (await web.ask('Email/get', { ids: [id] })).list;
  const stored = ['id', 'blobId', 'threadId', 'mailboxIds', 'keywords', 'size', 'receivedAt'];
  const read = [
    ...['messageId', 'inReplyTo', 'references', 'sender', 'from', 'to', 'cc', 'bcc', 'replyTo', 'subject'],
    ...['sentAt', 'hasAttachment', 'preview', 'bodyValues', 'textBody', 'htmlBody', 'attachments'],
  ];
  assert.deepEqual(Object.keys(email), [...stored, ...read]);
  const { parsed } = await web.ask('Email/parse', { blobIds: [email.blobId] });
  assert.deepEqual(Object.keys(parsed[email.blobId]), read);
});
