import { createHash } from 'node:crypto';
import type { Arrival } from '../../delivery/delivery.ts';

/** What the people of a kept data folder were sent; all of them plainly made up. */
const header = (name: string, subject: string, to: string, more: readonly string[] = []): string[] => [
  'From: Zoe <zoe@example.net>',
  `To: ${to}`,
  `Subject: ${subject}`,
  `Message-ID: <${name}@example.net>`,
  'Date: Sun, 1 Mar 2026 12:00:00 +0000',
  'MIME-Version: 1.0',
  ...more,
];

const message = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`;

/** Octets that no packing makes smaller, in base64. */
function noise(octets: number): string[] {
  const pieces = Array.from({ length: Math.ceil(octets / 32) }, (_unused, n) =>
    createHash('sha256').update(`noise ${n}`).digest(),
  );
  return (
    Buffer.concat(pieces)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  );
}

/** To an account without a key; a version's `sent` says which. */
export const plainMessages: Readonly<Record<string, string>> = {
  attached: message([
    ...header('attached', 'quincunx and pears', 'ada@example.org', [
      'Content-Type: multipart/mixed; boundary=b',
    ]),
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Un caf=C3=A9 dans le jardin.',
    '--b',
    'Content-Type: application/octet-stream; name=list.bin',
    'Content-Disposition: attachment; filename=list.bin',
    'Content-Transfer-Encoding: base64',
    '',
    'AAECAwQFBgc=',
    '--b--',
  ]),
  reply: message([
    ...header('reply', 'Re: quincunx and pears', 'ada@example.org', [
      'In-Reply-To: <attached@example.net>',
      'References: <attached@example.net>',
    ]),
    '',
    'Yes.',
  ]),
  list: message([
    ...header('list', '=?utf-8?q?h=C3=A9risson?=', 'list@lists.example.net', [
      'List-Id: Gardeners <gardeners.lists.example.net>',
      'Content-Type: text/html; charset=utf-8',
    ]),
    '',
    '<p>Look <a href="https://example.net/">here</a></p><img src="https://example.net/dot.gif" width="1" height="1">',
  ]),
  odd: 'no header at all, and \xff octets\nof no charset',
  long: message([
    ...header('long', 'long', 'ada@example.org'),
    '',
    ...Array(6000).fill('many words of a garden'),
  ]),
  /** More than lies in one piece in Cassandra. */
  heavy: message([
    ...header('heavy', 'heavy', 'ada@example.org', [
      'Content-Type: application/octet-stream',
      'Content-Transfer-Encoding: base64',
    ]),
    '',
    ...noise(70_000),
  ]),
  /** Destroyed by its owner: its delivery key stays. */
  destroyed: message([...header('destroyed', 'forgotten', 'ada@example.org'), '', 'forgotten']),
};

/** To an account whose key only its owner holds: sealed on arrival. */
export const sealedMessages: Readonly<Record<string, string>> = {
  sealed: message([...header('sealed', 'for you alone', 'cleo@example.org'), '', 'sealed on arrival']),
};

/** Encrypted by its sender, to an account whose key the server holds; this is the protected part (RFC 9788). */
export const protectedPart = message([
  'Content-Type: text/plain; charset=utf-8',
  '',
  'the encrypted xylophone',
]);

/** A message as a door would hand it over. */
export function arrivalOf(octets: string, address: string, accountId: string, receivedAt: Date): Arrival {
  return {
    door: 'lmtp',
    id: 'kept',
    raw: Buffer.from(octets, 'latin1'),
    reversePath: 'zoe@example.net',
    session: {
      source: 'live',
      remoteAddress: '192.0.2.1',
      remoteName: null,
      helo: 'mail.example.net',
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
      authenticatedUser: null,
    },
    receivedAt,
    recipients: [{ forwardPath: address, accountId }],
    trustedHops: 0,
  };
}
