import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { build } from 'esbuild';
import fc from 'fast-check';
import { protectionOf } from '../../../delivery/crypto/protection.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import type { Message } from '../../../delivery/message/shape.ts';
import { type Look, lookThrough } from '../../../delivery/privacy/look.ts';
import { deviceBuild } from '../../../webmail/api/build-worker.ts';
import { shownMail } from '../../../webmail/device/shown-mail.ts';
import { hostileMail, moreHostileMail } from '../../fixtures/hostile/mail.ts';

interface Reading {
  parseMessage(octets: Uint8Array): Message;
  lookThrough(message: Message): Look;
  shownMail: typeof shownMail;
  protectionOf(message: Message): { readonly form: string };
}

/** The parsers as the browser gets them, without Node's Buffer, converters and domain names. */
async function builtReading(): Promise<Reading> {
  const contents = `
    export { parseMessage } from '../../delivery/message/message.ts';
    export { lookThrough } from '../../delivery/privacy/look.ts';
    export { protectionOf } from '../../delivery/crypto/protection.ts';
    export { shownMail } from './shown-mail.ts';`;
  const { outputFiles } = await build({
    ...deviceBuild,
    stdin: { contents, resolveDir: deviceBuild.absWorkingDir, loader: 'ts' },
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? '').toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}

const here: Reading = { parseMessage, lookThrough, shownMail, protectionOf };
const there = await builtReading();

async function readBy(reading: Reading, octets: Uint8Array): Promise<unknown> {
  const message = reading.parseMessage(octets);
  const { blobs, ...mail } = reading.shownMail(message);
  const files = await Promise.all(
    Object.entries(blobs).map(async ([id, blob]) => [
      id,
      Buffer.from(await blob.arrayBuffer()).toString('latin1'),
    ]),
  );
  return { mail, files, look: reading.lookThrough(message), form: reading.protectionOf(message).form };
}

async function assertSame(octets: Uint8Array, name?: string): Promise<void> {
  const [theirs, ours] = [await readBy(there, new Uint8Array(octets)), await readBy(here, octets)];
  // Not shown: some are megabytes.
  assert.ok(isDeepStrictEqual(theirs, ours), name);
}

const vectors = (file: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../vectors/message', file), 'utf8'));

test('the device reads the messages of the vectors as the server does', async () => {
  for (const { name, lines } of vectors('messages.json') as { name: string; lines: string[] }[]) {
    await assertSame(Buffer.from(lines.join('\r\n'), 'latin1'), name);
    await assertSame(Buffer.from(lines.join('\n')), name);
  }
});

test('the device judges HTML as the server does', async () => {
  for (const [html] of vectors('html.json') as [string, unknown][]) {
    await assertSame(Buffer.from(`Content-Type: text/html; charset=utf-8\r\n\r\n${html}`), html);
  }
});

/** Mail in every charset, those among them that browsers don't know: they are read as unlabelled there. */
const inCharset = /^1 MB in |each charset/;

test('the device reads hostile mail as the server does', async () => {
  for (const [name, make] of Object.entries({ ...hostileMail, ...moreHostileMail })) {
    if (!inCharset.test(name)) await assertSame(make(), name);
  }
});

test('the device knows a charset by what the server knows of a misspelled label', async () => {
  const labels = [
    ...['utf-7é', 'iso-8859-1\u0000', 'iso_8859_1', 'koi8-r_', 'koi8_r', 'cp_1252', 'windows1252'],
    ...['-utf-8-', 'UTF_7', 'utf-8é', '=?', '"\'utf-8\'"', 'shift-jis', 'x-nothing', 'big5_hkscs'],
  ];
  for (const label of labels) {
    for (const text of ['+AOk-', '\u00e9', 'plain']) {
      await assertSame(Buffer.from(`Content-Type: text/plain; charset=${label}\r\n\r\n${text}`), label);
      await assertSame(Buffer.from(`Subject: =?${label}?Q?${text}?=\r\n\r\n`, 'latin1'), label);
    }
  }
});

test('the device reads any octets as the server does', async () => {
  const pieces = fc.constantFrom(
    ...[
      '\r\n',
      '\n',
      '\r\n\r\n',
      '--b',
      '--b--',
      'Content-Type: ',
      'multipart/mixed; boundary=b',
      'text/html',
    ],
    ...[
      'Subject: =?utf-8?B?w4k=?=',
      '; charset=iso-8859-1',
      'é',
      '\u0000',
      'Content-Transfer-Encoding: base64',
    ],
    ...[
      'w6k=',
      '=C3=A9',
      'Content-Transfer-Encoding: quoted-printable',
      '-----BEGIN PGP MESSAGE-----',
      'From: a@é.fr',
    ],
    ...[
      "Content-Disposition: attachment; filename*=utf-8''%C3%A9",
      '<img src=//t.example>',
      '; charset=utf-7',
      '; charset=koi8-r',
      '; charset="',
      '_',
      "'",
      '+AOk-',
    ],
  );
  const octets = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map(list => Buffer.from(list.join(''))),
    fc.uint8Array({ maxLength: 300 }),
  );
  await fc.assert(
    fc.asyncProperty(octets, given => assertSame(given)),
    { numRuns: 400 },
  );
});
