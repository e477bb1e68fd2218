import { drawPng } from '../../bin/demo/pictures.ts';
import { keptIndex } from '../../delivery/privacy/index.ts';
import type { Facts } from '../../delivery/privacy/shape.ts';
import type { NewEmail } from '../../delivery/store/store.ts';
import { noFindings } from '../../webmail/api/jmap/given-findings.ts';
import type { TestWeb } from '../webmail/api/web.ts';
import { madeMessage, pdfPage } from './made-mail.ts';

const owner = 'Owner <owner@example.org>';
const friend = 'Demo Friend <friend@friends.example>';

/** A message of plain text from the friend, in the discussion with them. */
const plain = (from: string, to: string, subject: string, text: string) =>
  `From: ${from}\nTo: ${to}\nSubject: ${subject}\nDate: Mon, 2 Nov 2026 09:00:00 +0100\nMessage-ID: <${subject.replace(/\W+/g, '-')}@friends.example>\n\n${text}\n`;

/** A message of HTML alone. */
const formatted = (from: string, subject: string, body: string) =>
  `From: ${from}\nTo: ${owner}\nSubject: ${subject}\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n${body}\n`;

/** Names by which attachments deceive. */
export const hostileNames = {
  backwards: 'invoice\u202Efdp.exe',
  spaced: `invoice.pdf${' '.repeat(80)}.scr`,
  markup: '<img src=x onerror=alert(1)>.txt',
  long: `${'a very long name '.repeat(12)}.html`,
} as const;

/** Delivers what the tests of reading open, oldest first; gives the ids by what they are. */
export async function deliverInbox(web: TestWeb): Promise<Record<string, string>> {
  const seen: Partial<NewEmail> = { keywords: ['$seen'] };
  const ids: Record<string, string> = {};
  ids.first = await web.deliver(plain(friend, owner, 'Signs', 'Shall we make signs?'), seen);
  ids.answer = await web.deliver(
    plain(
      owner,
      friend,
      'Re: Signs',
      'Six would do.\n\nOn Monday Demo Friend wrote:\n> Shall we make signs?',
    ),
    { ...seen, tags: [{ role: 'sent' }] },
  );
  ids.unread = await web.deliver(plain(friend, owner, 'Re: Signs', 'Six it is.\n\n> Six would do.'));
  ids.last = await web.deliver(plain(friend, owner, 'Re: Signs', 'They are ready.'), seen);
  ids.files = await web.deliver(attached(), seen);
  ids.html = await web.deliver(
    formatted(
      'Demo Planner <planner@work.example>',
      'Re: Plan',
      '<div>Yes, please.</div><div class="gmail_quote"><div class="gmail_attr">On Monday Owner wrote:</div><blockquote class="gmail_quote">Cake at two?</blockquote></div>',
    ),
    seen,
  );
  ids.indexed = await web.deliver(
    plain('Demo Neighbour <neighbour@street.example>', owner, 'Keys', 'They are under the mat.'),
    { ...seen, findings: { ...noFindings, facts: madeFacts }, index: keptIndex('message', madeFacts) },
  );
  ids.forged = await web.deliver(
    formatted(
      'Demo Shop <news@shop.example>',
      'Your order',
      '<p>See <a href="https://account-check.example/now">your order</a>.</p>',
    ),
    { tags: [{ role: 'junk' }], findings: { ...harmfulFindings, score: null, facts: { sender: 'failed' } } },
  );
  ids.harmful = await web.deliver(
    madeMessage(
      ['From: Demo Bank <security@account-check.example>', `To: ${owner}`, 'Subject: Your account'],
      [
        { type: 'text/plain', octets: 'Sign in at https://account-check.example/now' },
        { type: 'image/png', name: 'form.png', octets: drawPng(40, 30) },
      ],
    ),
    { tags: [{ role: 'junk' }], findings: harmfulFindings },
  );
  return ids;
}

/** Facts of a message of which two are not known. */
export const madeFacts: Facts = {
  encryption: 'none',
  signature: 'none',
  lastHop: 'modern',
  sender: 'dmarc',
  tracking: 'clean',
  remoteContent: 'absent',
  audience: 1,
  subject: 'open',
  known: 0,
  weakestContact: 0,
  custody: 'server',
  storage: 'clear',
};

/** What the stages found out about a phishing message. */
const harmfulFindings: NewEmail['findings'] = {
  ...noFindings,
  score: {
    score: 0.999,
    verdict: 'spam',
    harmful: true,
    importance: 'low',
    reasons: [
      { id: 'linkShowsOtherHost', weight: 4 },
      { id: 'formInMessage', weight: 2 },
    ],
    model: 'made',
  },
};

function attached(): string {
  const fields = [
    'From: Demo Archivist <archivist@files.example>',
    `To: ${owner}`,
    'Subject: =?UTF-8?Q?Des_pi=C3=A8ces?=',
    'Date: Mon, 2 Nov 2026 10:15:00 +0900',
    'Message-ID: <files@files.example>',
    'Reply-To: Other <other@files.example>',
    'X-Long: one\n two',
    'X-Long: again',
  ];
  return madeMessage(fields, [
    { type: 'text/plain; charset=utf-8', octets: 'Here are the files.' },
    { type: 'image/png', name: 'hills.png', octets: drawPng(480, 270) },
    {
      type: 'text/plain; charset=windows-1252',
      name: 'été.txt',
      octets: Buffer.from('d\xe9j\xe0 vu \x80', 'latin1'),
    },
    { type: 'application/pdf', name: 'page.pdf', octets: pdfPage },
    { type: 'image/png', name: 'page.png', octets: '<html><script>top.hasRun = true</script></html>' },
    {
      type: 'image/svg+xml',
      name: 'drawing.svg',
      octets: '<svg xmlns="http://www.w3.org/2000/svg" onload="top.hasRun = true"/>',
    },
    { type: 'application/pdf', name: 'fake.pdf', octets: '<script>top.hasRun = true</script>%PDF-' },
    { type: 'text/csv', name: 'long.csv', octets: 'a;b;c\n'.repeat(50_000) },
    { type: 'application/zip', name: hostileNames.backwards, octets: 'PK' },
    { type: 'application/octet-stream', name: hostileNames.spaced, octets: 'MZ' },
    { type: 'text/plain', name: hostileNames.markup, octets: '<script>top.hasRun = true</script>' },
    { type: 'text/html', name: hostileNames.long, octets: '<script>top.hasRun = true</script>' },
  ]);
}
