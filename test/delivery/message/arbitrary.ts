import fc from 'fast-check';

/** Lines that mail is made of, so that random messages come near to real ones. */
const lines = [
  'From: =?utf-8?q?Z=C3=A9?= <zoe@example.org>',
  'From ',
  'Subject: =?iso-2022-jp?b?GyRCRnxLXBsoQg==?=',
  'Subject: caf\u00e9',
  ' folded',
  'Date: Thu, 1 Jan 2026 10:00:00 +0100',
  'To: "a, b" <a@example.org>, g: c@example.org;',
  'List-Id: Demo <demo.example.org>',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: multipart/alternative; boundary="b b"',
  'Content-Type: multipart/related',
  'Content-Type: text/html; charset=utf-16',
  'Content-Type: text/plain; charset=x-unknown',
  'Content-Type: message/rfc822',
  "Content-Disposition: attachment; filename*0*=utf-8''%C3%A9; filename*1=b",
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  '--b',
  '--b--',
  '--b b',
  '--bb',
  '--',
  '',
  '',
  '<p style="display:none">x<img src=//example.org/a width=1 height=1></p>',
  '<a href="https://example.org">y</a>&eacute;&#x',
  'caf=C3=A9=',
  'YWJj=ZGVm',
  'text',
  '\0',
];

const line = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...lines).map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map(octets => Buffer.from(octets)) },
);
const ending = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n').map(text => Buffer.from(text));

/** Octets that look like a message, more or less. */
export const messageOctets: fc.Arbitrary<Buffer> = fc
  .array(fc.tuple(line, ending), { maxLength: 60 })
  .map(pairs => Buffer.concat(pairs.flat()));

/** Text without control characters and lone surrogates, in NFC, without spaces at its ends. */
export const plainText: fc.Arbitrary<string> = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.string({ maxLength: 80 }))
  .map(text =>
    text
      .replace(/[\p{Cc}\p{Cs}]/gu, '')
      .normalize('NFC')
      .trim(),
  );

/** A word of letters and digits. */
export const word: fc.Arbitrary<string> = fc.stringMatching(/^[a-z0-9]{1,12}$/);

/** An addr-spec. */
export const addrSpec: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(word, word).map(([local, domain]) => `${local}.x@${domain}.example`),
  fc
    .tuple(fc.stringMatching(/^[ -~]{1,20}$/), word)
    .map(([local, domain]) => `"${local.replace(/["\\]/g, '\\$&')}"@${domain}.example`),
  word.map(local => `${local}@[192.0.2.1]`),
);
