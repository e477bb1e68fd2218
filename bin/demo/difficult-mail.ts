import { Buffer } from 'node:buffer';
import iconv from 'iconv-lite';
import { type DemoMessage, handwrittenHead, lines } from './demo-message.ts';

/** Mail that is old-fashioned, broken, or sent without care. */
export const difficultMail: readonly DemoMessage[] = [
  {
    id: 'japanese',
    sender: 'tomo',
    recipients: ['serverKey', 'noKey'],
    write: writing => ({ raw: japanese(writing) }),
  },
  {
    id: 'scan',
    sender: 'scanner',
    recipients: ['serverKey', 'noKey'],
    isInClear: true,
    write: ({ hoursAgo }) => ({
      subject: 'Scan 0042',
      date: hoursAgo(14),
      text: 'A page was scanned for you.',
      attachments: [
        { filename: 'scan-0042.pdf', content: onePage('Scan 0042'), contentType: 'application/pdf' },
      ],
    }),
  },
  {
    id: 'broken-mime',
    sender: 'cook',
    recipients: ['serverKey'],
    isUnsigned: true,
    write: writing => ({
      raw:
        handwrittenHead(
          { id: 'broken-mime', sender: 'cook', subject: '=?utf-8?Q?A_recipe_that_got_torn=' },
          writing,
        ) +
        lines(
          'Content-Type: multipart/mixed; boundary="torn',
          '',
          '--torn',
          'Content-Type: text/plain; charset=x-unknown-kitchen',
          'Content-Transfer-Encoding: quoted-printable',
          '',
          'Cut the bread =3D thick slices. This line ends wi=',
          'th a soft break, and this one with a bad escape: =ZZ',
          '--torn',
          'Content-Type: application/octet-stream; name="recipe.bin',
          'Content-Transfer-Encoding: base64',
          '',
          'VGhlIHJlc3Qgb2YgdGhlIHJlY2lwZSBpcyBsb3N0!!!',
          '--torn-but-not-closed',
        ),
    }),
  },
  {
    id: 'wild-html',
    sender: 'stranger',
    recipients: ['serverKey'],
    write: ({ hoursAgo }) => ({
      subject: 'A page that tries everything',
      date: hoursAgo(6),
      html: `<body background="https://remote.example/body.png" onload="alert(1)"><h2>This page tries to run and to load things</h2>
<script>document.title = 'run by a script'</script><img src="https://remote.example/picture.png" onerror="alert(2)" alt="a picture from elsewhere">
<svg onload="alert(3)"><image href="https://remote.example/svg.png"/></svg><iframe src="https://remote.example/frame"></iframe>
<form action="https://remote.example/form"><input name="password"><button>Send</button></form>
<p style="background:url(https://remote.example/style.png)">Nothing of it should happen. <a href="javascript:alert(4)">This link</a> leads nowhere, <a href="https://friends.example/">this one</a> opens in a tab of its own.</p>
<video src="https://remote.example/film.mp4" autoplay></video><link rel="stylesheet" href="https://remote.example/sheet.css"><meta http-equiv="refresh" content="0;url=https://remote.example/"></body>`,
    }),
  },
  {
    id: 'bidi-name',
    sender: 'stranger',
    recipients: ['serverKey'],
    write: ({ hoursAgo }) => ({
      subject: 'An attachment whose name reads backwards',
      date: hoursAgo(5),
      text: 'Its name holds a mark that turns the reading direction, so that some programs show another ending.',
      attachments: [{ filename: 'letter\u202Etxt.html', content: '<p>Hello</p>', contentType: 'text/html' }],
    }),
  },
];

/** Mail that means harm, harmless here: its domains belong to nobody. */
export const badMail: readonly DemoMessage[] = [
  {
    id: 'forged',
    sender: 'bank',
    recipients: ['serverKey', 'noKey'],
    reversePath: 'mailer@bulk.example',
    isUnsigned: true,
    write: ({ hoursAgo }) => ({
      subject: 'Your statement is ready',
      date: hoursAgo(4),
      text: 'Dear customer,\n\nyour statement is ready. This message says that it comes from bank.example, but it was sent by somebody else: the rules of bank.example tell so.\n\nDemo Bank',
    }),
  },
  {
    id: 'spam',
    sender: 'lottery',
    recipients: ['serverKey', 'noKey'],
    isInClear: true,
    write: ({ hoursAgo }) => ({
      subject: 'CONGRATULATIONS!!! YOU HAVE WON $5,000,000.00 CASH',
      date: hoursAgo(3),
      text: 'DEAR LUCKY WINNER,\n\nYOUR EMAIL ADDRESS WAS SELECTED IN OUR INTERNATIONAL LOTTERY. YOU HAVE WON FIVE MILLION DOLLARS ($5,000,000.00)!!! TO CLAIM YOUR PRIZE MONEY CONTACT OUR AGENT TODAY WITH YOUR FULL NAME, ADDRESS, TELEPHONE AND BANK ACCOUNT. 100% RISK FREE GUARANTEED! ACT NOW, THIS OFFER EXPIRES IN 24 HOURS. CHEAP VIAGRA AND REPLICA WATCHES FOR EVERY WINNER. CLICK HERE: http://192.0.2.7/claim?winner=1\n\nCASH PRIZE DEPARTMENT',
      html: '<font size="7" color="red"><b>CONGRATULATIONS!!! YOU HAVE WON $5,000,000.00 CASH</b></font><p>YOUR EMAIL ADDRESS WAS SELECTED IN OUR INTERNATIONAL LOTTERY. TO CLAIM YOUR PRIZE MONEY <a href="http://192.0.2.7/claim?winner=1">CLICK HERE</a> TODAY!!! 100% RISK FREE GUARANTEED! CHEAP VIAGRA AND REPLICA WATCHES FOR EVERY WINNER. ACT NOW, THIS OFFER EXPIRES IN 24 HOURS.</p><img src="http://192.0.2.7/o.gif" width="1" height="1">',
    }),
  },
  {
    id: 'phishing',
    sender: 'thief',
    recipients: ['serverKey', 'noKey'],
    write: ({ hoursAgo }) => ({
      from: { name: 'Demo Bank Security service@bank.example', address: 'security@account-check.example' },
      subject: 'URGENT: your account will be closed today',
      date: hoursAgo(2),
      replyTo: 'collect@bulk.example',
      text: 'Dear customer, we detected unusual activity. Your account has been suspended. Verify your password and card number within 24 hours or your account will be closed: http://192.0.2.9/bank.example/login',
      html: '<p>Dear customer,</p><p>we detected unusual activity. Your account has been <b>suspended</b>. Please confirm your identity: verify your password, PIN and card number within 24 hours or your account will be closed.</p><p><a href="http://192.0.2.9/bank.example/login">https://www.bank.example/login</a></p><form action="http://192.0.2.9/take"><input name="password" type="password"></form>',
      attachments: [{ filename: 'account-form.pdf.exe', content: Buffer.from('MZ demo, not a program') }],
    }),
  },
];

function japanese(writing: Parameters<DemoMessage['write']>[0]): string {
  const word = (text: string) =>
    `=?ISO-2022-JP?B?${Buffer.from(iso2022jp(text), 'latin1').toString('base64')}?=`;
  const head = handwrittenHead(
    { id: 'japanese', sender: 'tomo', subject: word('来週の花見について') },
    writing,
  );
  return (
    head.replace('"デモの友人"', word('デモの友人')) +
    lines('Content-Type: text/plain; charset=ISO-2022-JP', 'Content-Transfer-Encoding: 7bit', '') +
    lines(
      ...[
        'こんにちは。',
        '',
        '来週の土曜日、川のそばで花見をしませんか。',
        'お弁当は私が作ります。',
        '',
        'デモの友人',
      ].map(iso2022jp),
    )
  );
}

/** ISO-2022-JP (RFC 1468) out of EUC-JP: the same two octets with their high bits off, between escape sequences. */
function iso2022jp(text: string): string {
  const euc = iconv.encode(text, 'euc-jp').toString('latin1');
  return euc.replace(/[\u0080-\u00ff]+/g, run => {
    const codes = Array.from(run, letter => String.fromCharCode(letter.charCodeAt(0) & 0x7f));
    return `\u001b$B${codes.join('')}\u001b(B`;
  });
}

/** The smallest PDF with one line of text. */
function onePage(text: string): Buffer {
  const stream = `BT /F1 24 Tf 72 720 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, place) => {
    const offset = file.length;
    file += `${place + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  file += `xref\n0 6\n0000000000 65535 f \n${table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
