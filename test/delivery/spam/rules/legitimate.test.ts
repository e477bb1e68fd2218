import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationFindings } from '../../../../delivery/authenticate/findings.ts';
import type { Message } from '../../../../delivery/message/shape.ts';
import { emptyModel } from '../../../../delivery/spam/model.ts';
import { ruleRows } from '../../../../delivery/spam/rules.ts';
import { scoreMessage } from '../../../../delivery/spam/score.ts';
import { zipOf } from '../attachments/made-archives.ts';
import { messageOf } from '../messages.ts';
import { pngOf } from '../pictures/made-pictures.ts';
import { found, html, withFiles } from './checks.ts';

const link = (href: string, text: string) => `<a href="${href}">${text}</a>`;
const articles = (host: string, names: readonly string[]) =>
  names
    .map(
      (name, at) =>
        `<h2>${link(`https://${host}/ls/click?upn=u001.${at}AbCdEf123456`, name)}</h2><p>Three hundred words about it, and a picture.</p>`,
    )
    .join('');
const footer = (host: string) =>
  `<p>Garden Club, 4 Rue des Lilas, Lyon. You receive this because you joined us. ${link(`https://${host}/ls/click?upn=leave`, 'Unsubscribe')} · ${link(`https://${host}/ls/click?upn=view`, 'View in browser')}</p>`;
const preheader = `<div style="display:none;max-height:0;overflow:hidden">What to plant in March, and our walk on Sunday${'&#847;&zwnj;&nbsp;'.repeat(120)}</div>`;

/** Modern wanted mail of made-up senders: what is usual in it must not look like a trap. */
const wanted: Readonly<Record<string, Message>> = {
  'a newsletter through the click counter of its provider': html(
    `${preheader}${articles('u4711.ct.sendgrid.net', ['www.gardenclub.example', 'Roses', 'Our walk', 'Follow us on Facebook', 'Instagram'])}${footer('u4711.ct.sendgrid.net')}`,
    { From: 'Garden Club <news@gardenclub.example>', Subject: '🌱 What to plant in March' },
  ),
  'a newsletter whose own counter carries the target in its links': html(
    `<p>${link('https://click.gardenclub.example/r?url=https%3A%2F%2Fwww.gardenclub.example%2Froses&id=44', 'www.gardenclub.example/roses')}</p><p>${link('https://click.gardenclub.example/r?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D1', 'Watch our film on YouTube')}</p>${footer('click.gardenclub.example')}`,
    { From: 'Garden Club <news@gardenclub.example>' },
  ),
  'a vote and a shortener among the links of a newsletter': html(
    `<p>Dear members, the choice of the next excursion is open.</p>${link('https://bit.ly/4gC', 'Vote here')} ${link('https://www.gardenclub.example/excursions', 'All excursions')}${footer('www.gardenclub.example')}`,
    { From: 'Garden Club <news@gardenclub.example>' },
  ),
  'a receipt paid with a well-known company and sent by another': html(
    `<h1>Thank you for your order, Bob</h1><p>Order 10045512: two rose trees, 48.00 €. Paid with PayPal. Sent with DHL, tracking number 00340434161094015902.</p>${link('https://www.gardenshop.example/orders/10045512', 'See your order')} ${link('https://www.dhl.de/de/privatkunden.html?piececode=00340434161094015902', 'Track the parcel')}<p>Questions? Write to help@gardenshop.example or call us on 04 72 00 00 00.</p>`,
    { From: 'Garden Shop <orders@gardenshop.example>', Subject: 'Your order 10045512' },
  ),
  'a reset of a password that was asked for': html(
    `<p>Bob, somebody asked for a new password for your account at Garden Club. If it was you, choose one within 60 minutes:</p>${link('https://www.gardenclub.example/reset?token=9f8a7c', 'Choose a new password')}<p>If it was not you, do nothing.</p>`,
    { From: 'Garden Club <no-reply@gardenclub.example>', Subject: 'Choose a new password' },
  ),
  'a notice of a delivery by the company itself': html(
    `<p>Bonjour, votre colis sera livré demain entre 9 h et 11 h.</p>${link('https://www.chronopost.fr/tracking?n=XX1', 'Suivre mon colis')}`,
    { From: 'Chronopost <suivi@chronopost.fr>', Subject: 'Votre colis arrive demain' },
  ),
  'a notice of a bank by the bank': html(
    `<p>Votre relevé de mars est disponible dans votre espace client.</p>${link('https://www.credit-agricole.fr/espace-client', 'Accéder à mon espace')}`,
    { From: 'Crédit Agricole <avis@credit-agricole.fr>' },
  ),
  'a shared document by its service': html(
    `<p>Anna Demo shared a document with you: Minutes of March</p>${link('https://docs.google.com/document/d/1AbC/edit?usp=sharing', 'Open')}${link('https://www.google.com/url?q=https://support.google.com/docs', 'Help')}`,
    { From: 'Anna Demo (via Google Docs) <drive-shares-noreply@google.com>', Subject: 'Minutes of March' },
  ),
  'an invitation to a meeting': messageOf(
    [
      '--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Anna invites you: planning of the walk, Friday 10:00.</p>' +
        '<a href="https://zoom.us/j/123456789?pwd=abc">https://zoom.us/j/123456789?pwd=abc</a>',
      '--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR',
      '--b--',
    ].join('\r\n'),
    { 'Content-Type': 'multipart/alternative; boundary=b', Subject: 'Invitation: planning of the walk' },
  ),
  'a ticket with a code that is no link, and one to the sender’s own site': withFiles([
    ['ticket.png', pngOf('TICKET-0042-LYON'), 'image/png'],
    ['map.png', pngOf('https://www.sender.example/map'), 'image/png'],
    ['ticket.pdf', '%PDF-1.7\n1 0 obj <</Type/Catalog /Pages 2 0 R>> endobj', 'application/pdf'],
  ]),
  'a report in an archive': withFiles([
    [
      'report.zip',
      zipOf([
        ['report.docx', zipOf([['word/document.xml', '<w:document/>']])],
        ['figures.csv', '1;2'],
      ]),
    ],
  ]),
  'talk among developers about companies and scripts': messageOf(
    'Hi all, thanks for the patch. I think Microsoft and Google both changed the server; see https://github.com/demo/demo/issues/4 ' +
      'and http://localhost:8080/. The script in run.sh needs urgent care: verify the source code before the meeting.\r\nAnna wrote:\r\n> cheers',
    { Subject: 'Re: [PATCH] the kernel', References: '<a@b.example>' },
  ),
  'a page of white letters on a dark ground': html(
    `<table bgcolor="#103020" width="600"><tr><td style="color:#ffffff;font-size:16px"><h1>Garden Club</h1>${'The spring programme of our club with walks and talks. '.repeat(12)}${link('https://www.gardenclub.example/spring', 'Read more')}</td></tr></table>`,
    { From: 'Garden Club <news@gardenclub.example>' },
  ),
};

const proven: AuthenticationFindings = {
  spf: { result: 'pass', domain: 'sender.example', aligned: true },
  dkim: [],
  dmarc: { result: 'pass', policy: 'reject', domain: 'sender.example' },
  arc: { result: 'none', sealer: null },
  iprev: { result: 'pass', name: 'a.example' },
  hops: [],
  authenticationResults: '',
};
const harms = new Map(ruleRows.map(({ id, harm }) => [id, harm ?? 0]));
const model = emptyModel();

for (const [name, message] of Object.entries(wanted)) {
  test(`${name} holds no sign of phishing worth a warning, and is not junk`, () => {
    const ids = [...found(message).keys()];
    const harm = ids.reduce((sum, id) => sum + (harms.get(id) ?? 0), 0);
    assert.ok(harm <= 0.5, ids.filter(id => harms.get(id)).join(', '));
    const request = { message, authentication: proven, knownSender: false, model, junkAt: 0.8, rejectAt: 1 };
    const { harmful, verdict, score } = scoreMessage(request);
    assert.deepEqual({ harmful, verdict }, { harmful: false, verdict: 'ham' }, String(score));
  });
}

/** Rules that would cost wanted mail if they held for any of these. */
const traps = [
  'linkShowsOtherHost',
  'brandElsewhere',
  'brandInName',
  'redirectedLink',
  'hiddenText',
  'onlyShortened',
  'pictureLink',
  'callBackScam',
  'recipientInLink',
];

test('the rules against traps hold for none of the wanted messages', () => {
  for (const [name, message] of Object.entries(wanted)) {
    assert.deepEqual(
      [...found(message).keys()].filter(id => traps.includes(id)),
      [],
      name,
    );
  }
});
