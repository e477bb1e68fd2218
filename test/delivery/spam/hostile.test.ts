import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../../../delivery/message/message.ts';
import { emptyModel } from '../../../delivery/spam/model.ts';
import { scoreMessage } from '../../../delivery/spam/score.ts';
import { rawMessage } from './messages.ts';

const model = emptyModel();

function secondsFor(raw: Uint8Array): number {
  const message = parseMessage(raw);
  const start = process.cpuUsage();
  const { score } = scoreMessage({
    message,
    authentication: null,
    knownSender: false,
    model,
    junkAt: 0.8,
    rejectAt: 1,
  });
  const { user, system } = process.cpuUsage(start);
  assert.notEqual(score, null);
  return (user + system) / 1e6;
}

const html = (body: string) => rawMessage(body, { 'Content-Type': 'text/html' });

/** Each hostile message by size: ten times the size must not cost more than a bounded look. */
const hostile: Record<string, (size: number) => Uint8Array> = {
  'one long word': size => rawMessage('a'.repeat(size)),
  'one long header field': size => rawMessage('x', { Subject: `=?utf-8?q?${'=41'.repeat(size / 3)}?=` }),
  'many header fields': size =>
    rawMessage(
      'x',
      Object.fromEntries(Array.from({ length: size / 20 }, (_, at) => [`X-Field-${at}`, 'value'])),
    ),
  'open tags': size => html('<a href="http://x.example/">'.repeat(size / 28)),
  'angle brackets': size => html('<'.repeat(size)),
  'spaces before a type': size => html(`<input type${' '.repeat(size)}`),
  'links in plain text': size => rawMessage('http://a.example/b '.repeat(size / 19)),
  'dots in a host': size => rawMessage(`http://${'a.'.repeat(size / 2)}`),
  'at signs in a sender name': size => rawMessage('x', { From: `"${'a@'.repeat(size / 2)}" <a@b.example>` }),
  'combining marks': size => rawMessage('\u0301'.repeat(size / 2)),
  parts: size =>
    rawMessage(`${'--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n'.repeat(size / 40)}--b--`, {
      'Content-Type': 'multipart/mixed; boundary=b',
    }),
  'attachments of archives': size =>
    rawMessage(
      `--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Disposition: attachment\r\n\r\n${'PK\x03\x04'.repeat(size / 4)}\r\n--b--`,
      { 'Content-Type': 'multipart/mixed; boundary=b' },
    ),
};

for (const [name, make] of Object.entries(hostile)) {
  test(`${name}: a look costs no more for 2 MB than for 200 kB, give or take`, () => {
    secondsFor(make(20_000));
    const small = Math.min(secondsFor(make(200_000)), secondsFor(make(200_000)));
    const large = Math.min(secondsFor(make(2_000_000)), secondsFor(make(2_000_000)));
    assert.ok(large < Math.max(small * 4, 0.1), `${small} s, ${large} s`);
  });
}
