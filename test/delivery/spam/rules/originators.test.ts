import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationFindings } from '../../../../delivery/authenticate/findings.ts';
import { originatorRules } from '../../../../delivery/spam/rules/originators.ts';
import { messageOf } from '../messages.ts';
import { found, html, linked, testRules } from './checks.ts';

const usual = messageOf('Bonjour, à demain.');
const from = (From: string, more: Record<string, string | null> = {}) =>
  messageOf('Bonjour, à demain.', { From, ...more });
const subject = (Subject: string, more: Record<string, string | null> = {}) =>
  messageOf('Bonjour', { Subject, ...more });
const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

testRules(originatorRules, {
  nameShowsOtherAddress: {
    holds: [from('"help@bank.fr" <x@other.example>')],
    not: [usual, from('"anna@sender.example" <anna@mail.sender.example>')],
  },
  brandInName: {
    holds: [
      from('PayPal Service <x@other.example>'),
      from(`${encoded('Crédit Agricole')} <info@bakery.example>`),
      from(`${encoded('𝗡𝗲𝘁𝗳𝗹𝗶𝘅')} <info@bakery.example>`),
      from(`${encoded('P\u0430yPal')} <info@bakery.example>`),
    ],
    not: [
      usual,
      from('PayPal <service@paypal.fr>'),
      from('Amazon.fr <a@amazon.fr>'),
      from('Anna Orange <anna@sender.example>'),
      from('Facebook <x@lists.example>', { 'List-Id': '<l.lists.example>' }),
    ],
  },
  brandInSubject: {
    holds: [linked('https://evil.example/', 'x', { Subject: 'Your Netflix account' })],
    not: [
      usual,
      linked('https://www.netflix.com/', 'x', { Subject: 'Your Netflix account' }),
      subject('Your Netflix account'),
      linked('https://blog.example/', 'x', { Subject: 'Re: Netflix', 'In-Reply-To': '<a@b.example>' }),
    ],
  },
  lookAlikeSender: {
    holds: [from('x <a@paypa1.com>'), from('x <a@mail.rnicrosoft.com>')],
    not: [usual, from('x <a@paypal.com>')],
  },
  nameOfRecipient: {
    holds: [from('"caliopen.example Support" <x@other.example>')],
    not: [
      usual,
      from('"caliopen.example Support" <x@caliopen.example>'),
      from('gmail.com <x@other.example>', { To: 'bob@gmail.com' }),
    ],
  },
  replyToDrift: {
    holds: [messageOf('x', { 'Reply-To': 'boss.demo@gmail.com' })],
    not: [
      usual,
      messageOf('x', { 'Reply-To': 'help@desk.sender.example' }),
      from('a@gmail.com', { 'Reply-To': 'b@gmail.com' }),
    ],
  },
  replyToLookAlike: {
    holds: [
      messageOf('x', { 'Reply-To': 'anna@sendder.example' }),
      messageOf('x', { 'Reply-To': 'anna@sender.co' }),
    ],
    not: [
      usual,
      messageOf('x', { 'Reply-To': 'anna@desk.sender.example' }),
      messageOf('x', { 'Reply-To': 'anna@garden.example' }),
    ],
  },
  mixedScriptName: {
    holds: [subject(encoded('P\u0430yment'))],
    not: [usual, subject(encoded('Привет')), subject(encoded('Réunion à 10 h'))],
  },
  maskedName: {
    holds: [
      subject(encoded('Pay\u200bment')),
      subject(encoded('𝗣𝗮𝘆𝗺𝗲𝗻𝘁')),
      from(`${encoded('Co\u{e0139}in')} <a@sender.example>`),
    ],
    not: [
      usual,
      subject(encoded('Été 👩‍🚀 à la mer')),
      subject(encoded('नमस्ते क्‍ष')),
      subject(encoded('H₂O and ½')),
    ],
  },
  recipientInSubject: {
    holds: [subject('Notice for bob@caliopen.example')],
    not: [usual, subject('Notice for Bob')],
  },
  shoutingSubject: { holds: [subject('READ THIS AT ONCE')], not: [usual, subject('RFC 5322')] },
  missingDate: {
    holds: [messageOf('x', { Date: 'yesterday' })],
    not: [usual, messageOf('x', { Date: null })],
  },
  missingMessageId: { holds: [messageOf('x', { 'Message-ID': null })], not: [usual] },
  missingSender: { holds: [messageOf('x', { From: null })], not: [usual] },
  forgedReply: {
    holds: [subject('Re: our talk')],
    not: [usual, subject('Re: our talk', { 'In-Reply-To': '<a@b.example>' })],
  },
  answer: { holds: [subject('Re: our talk', { References: '<a@b.example>' })], not: [usual] },
});

test('a brand that vouches for the message itself is not imitated by it', () => {
  const message = html('<a href="https://www.docusign.net/x">Review</a>', {
    From: 'Anna via DocuSign <dse@eumail.other.example>',
  });
  const signed = {
    result: 'pass',
    domain: 'docusign.net',
    selector: 's',
    algorithm: null,
    keyBits: null,
    aligned: false,
  } as const;
  const authentication = {
    dkim: [signed],
    spf: { result: 'none' },
    dmarc: { result: 'none' },
    iprev: { result: 'none' },
  } as unknown as AuthenticationFindings;
  assert.ok(found(message).has('brandInName'));
  assert.ok(!found(message, { authentication }).has('brandInName'));
});
