import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMessage } from '../../../delivery/message/message.ts';
import { type FeatureClass, featureClasses, readClasses } from '../../../delivery/spam/classes.ts';
import { extractFeatures } from '../../../delivery/spam/features.ts';
import { messageOf, rawMessage } from './messages.ts';

const without = (name: FeatureClass) => ({ only: new Set(featureClasses.filter(other => other !== name)) });
const only = (list: string) => ({ only: readClasses(list) ?? new Set<FeatureClass>() });

test('any octets give features, the same every time', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), octets => {
      const features = extractFeatures(parseMessage(octets));
      assert.deepEqual(extractFeatures(parseMessage(octets)), features);
      assert.equal(new Set(features.views.allWords).size, features.views.allWords.length);
      assert.equal(new Set(features.views.textGrams).size, features.views.textGrams.length);
    }),
    { numRuns: 200 },
  );
});

test('what the way to the mailbox adds changes the view of traces alone, never the identity', () => {
  const plain = extractFeatures(messageOf('Some words to read\r\n'));
  const raw = Buffer.from(rawMessage('Some words to read\r\n'));
  const trace =
    'Received: from a.example by b.example; Mon, 3 Mar 2025 10:00:01 +0000\r\n' +
    'Return-Path: <anna@sender.example>\r\nDelivered-To: bob@caliopen.example\r\nX-Spam-Status: Yes\r\n' +
    'Authentication-Results: b.example; dkim=pass\r\n';
  const carried = extractFeatures(parseMessage(Buffer.concat([Buffer.from(trace), raw])));
  assert.deepEqual({ ...carried, views: { ...carried.views, traceWords: plain.views.traceWords } }, plain);
  assert.ok(carried.views.traceWords.length > plain.views.traceWords.length);
  const mailbox =
    'Return-Path: <anna@sender.example>\r\nX-Spam-Status: Yes\r\nDelivered-To: bob@caliopen.example\r\n';
  assert.deepEqual(extractFeatures(parseMessage(Buffer.concat([Buffer.from(mailbox), raw]))), plain);
  const unix = Buffer.from(raw.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  assert.equal(extractFeatures(parseMessage(unix)).id, plain.id);
});

test('two messages that differ in their text have identities of their own', () => {
  assert.notEqual(extractFeatures(messageOf('one')).id, extractFeatures(messageOf('two')).id);
});

test('content and links alone are blind to header fields, and to what the message is built of', () => {
  const text = 'See http://shop.example/offer now';
  const one = extractFeatures(messageOf(text), only('content,links'));
  const other = extractFeatures(
    messageOf(text, {
      Subject: 'URGENT ACTION',
      From: 'x@other.example',
      'Message-ID': null,
      'X-Mailer': 'Demo',
    }),
    only('content,links'),
  );
  assert.deepEqual({ ...other, id: '' }, { ...one, id: '' });
});

test('every class but the rules has features that vanish with it', () => {
  const parts = [
    '--b\r\nContent-Type: text/html\r\n\r\n<p>Hello <a href="http://shop.example/x">there</a></p>',
    '--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Disposition: attachment\r\n\r\nPK',
    '--b--',
  ];
  const message = messageOf(parts.join('\r\n'), { 'Content-Type': 'multipart/mixed; boundary=b' });
  const all = extractFeatures(message);
  for (const name of ['content', 'links', 'headers', 'structure', 'attachments'] as const) {
    assert.ok(
      extractFeatures(message, without(name)).views.allWords.length < all.views.allWords.length,
      name,
    );
  }
});

test('a list of classes with a word that is none is not understood', () => {
  assert.equal(readClasses('content,lynx'), null);
  assert.deepEqual(readClasses('content, links'), new Set(['content', 'links']));
});
