import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMessage } from '../../../delivery/message/message.ts';
import { lookThrough } from '../../../delivery/privacy/look.ts';
import { messageOf } from './evidence.ts';

const clean = { tracked: false, remote: false, complete: true };
const token = '9f86d081884c7d659a2feaa0';

function html(body: string, fields: readonly string[] = []): ReturnType<typeof lookThrough> {
  return lookThrough(messageOf([...fields, 'Content-Type: text/html; charset=utf-8', '', body]));
}

function text(body: string, fields: readonly string[] = []): ReturnType<typeof lookThrough> {
  return lookThrough(messageOf([...fields, '', body]));
}

test('plain text and plain HTML are clean', () => {
  assert.deepEqual(text('Hello, see https://example.org/page'), clean);
  assert.deepEqual(html('<p>Hello <a href="https://www.example.org/page">example.org</a>'), clean);
  assert.deepEqual(
    html('<p>Hello <a href="mailto:a@b.example">a@b.example</a> <a href="#top">www.x.example</a>'),
    clean,
  );
  assert.deepEqual(
    html('<img src="cid:1" width=1 height=1><img src="data:image/png;base64,AA" hidden>'),
    clean,
  );
});

test('a remote picture of one point, or a hidden one, tracks', () => {
  const tracked = { tracked: true, remote: true, complete: true };
  assert.deepEqual(html('<img src="https://x.example/a.gif" width="1" height="1">'), tracked);
  assert.deepEqual(html('<img src="//x.example/a.gif" width="1">'), tracked);
  assert.deepEqual(html('<img src="https://x.example/a.gif" style="width:1px;height:1px">'), tracked);
  assert.deepEqual(html('<img src="https://x.example/a.gif" style="display:none">'), tracked);
  assert.deepEqual(html('<div style="display:none"><img src="https://x.example/a.gif"></div>'), tracked);
  assert.deepEqual(html('<img width=0 height=0 srcset="https://x.example/a.gif 1x">'), tracked);
});

test('a remote picture that is seen is remote content, no tracking', () => {
  const remote = { tracked: false, remote: true, complete: true };
  assert.deepEqual(html('<img src="https://x.example/a.png" width="600" height="200">'), remote);
  assert.deepEqual(html('<img src="https://x.example/a.png">'), remote);
  assert.deepEqual(html('<td background="https://x.example/a.png">'), remote);
  assert.deepEqual(html('<style>@import url(https://x.example/a.css)</style>'), remote);
});

test('a read-receipt field tracks, whatever it holds', () => {
  for (const field of ['Disposition-Notification-To', 'return-receipt-to', 'X-Confirm-Reading-To']) {
    assert.equal(text('hello', [`${field}: a@b.example`]).tracked, true);
    assert.equal(text('hello', [`${field}:`]).tracked, true);
  }
});

test('a link whose host is not the one shown tracks', () => {
  assert.equal(html('<a href="https://click.example/">www.example.org</a>').tracked, true);
  assert.equal(html('<a href="https://click.example.org/">https://example.org/page</a>').tracked, true);
  assert.equal(html('<a href="https://example.org/page">Example.org</a>').tracked, false);
  assert.equal(html('<a href="https://example.org/">click here</a>').tracked, false);
});

test('a link with a token tracks, in HTML, in its text and in plain text', () => {
  assert.equal(html(`<a href="https://x.example/?u=${token}">here</a>`).tracked, true);
  assert.equal(html(`<p>https://x.example/${token}</p>`).tracked, true);
  assert.equal(text(`Go to https://x.example/${token}.`).tracked, true);
  assert.equal(text(`The sum is ${token}.`).tracked, false);
});

test('the field List-Unsubscribe is apart, and does not excuse the same link in the body', () => {
  const field = `List-Unsubscribe: <https://x.example/${token}>`;
  assert.equal(text('hello', [field]).tracked, false);
  assert.equal(text(`https://x.example/${token}`, [field]).tracked, true);
});

test('every HTML entity is looked through, also the second, the attached and the nested', () => {
  const pixel = '<img src="https://x.example/a.gif" width=1 height=1>';
  const parts = (fields: readonly string[]) =>
    lookThrough(
      messageOf([
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'hello',
        '--b',
        'Content-Type: multipart/alternative; boundary=c',
        '',
        '--c',
        ...fields,
        '',
        pixel,
        '--c--',
        '--b--',
      ]),
    );
  assert.equal(parts(['Content-Type: text/html']).tracked, true);
  assert.equal(
    parts(['Content-Type: text/html; name=a.html', 'Content-Disposition: attachment']).tracked,
    true,
  );
  assert.equal(parts(['Content-Type: application/xhtml+xml']).tracked, true);
  assert.equal(parts(['Content-Type: text/plain', 'Content-Disposition: attachment']).tracked, false);
});

test('what is closed, wrapped or ambiguous leaves the look incomplete', () => {
  const complete = (fields: readonly string[]) =>
    lookThrough(messageOf([...fields, '', '--b', '', 'x', '--b--'])).complete;
  assert.equal(complete(['Content-Type: text/plain']), true);
  assert.equal(
    complete(['Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b']),
    false,
  );
  assert.equal(complete(['Content-Type: application/pkcs7-mime; smime-type=signed-data']), false);
  assert.equal(complete(['Content-Type: text/html', 'Content-Type: text/plain']), false);
  assert.equal(complete(['Content-Transfer-Encoding: 7bit', 'Content-Transfer-Encoding: base64']), false);
});

test('a body too long to look through is not complete', () => {
  assert.equal(text('a '.repeat(1_000_001)).complete, false);
  assert.equal(html('<p>a</p>'.repeat(250_001)).complete, false);
  assert.equal(html('<a href="https://x.example/">a</a>'.repeat(10_000)).complete, false);
  assert.equal(text('a '.repeat(900_000)).complete, true);
});

test('the time for a look has an end, however many addresses and parts there are', () => {
  const part = ['--b', 'Content-Type: text/html', '', 'http://a.example '.repeat(60_000)];
  const parts = Array.from({ length: 10 }, () => part).flat();
  const message = messageOf(['Content-Type: multipart/mixed; boundary=b', '', ...parts, '--b--']);
  const before = process.cpuUsage();
  const { complete } = lookThrough(message);
  assert.equal(complete, false);
  assert.ok(process.cpuUsage(before).user < 2_000_000);
});

test('any octets can be looked through', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), octets => {
      assert.equal(typeof lookThrough(parseMessage(octets)).complete, 'boolean');
    }),
  );
});
