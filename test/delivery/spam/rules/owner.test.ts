import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationFindings } from '../../../../delivery/authenticate/findings.ts';
import type { Message } from '../../../../delivery/message/shape.ts';
import { allClasses } from '../../../../delivery/spam/classes.ts';
import { judgedFeatures } from '../../../../delivery/spam/features.ts';
import { emptyModel } from '../../../../delivery/spam/model.ts';
import { type OwnerEvidence, ownerRules } from '../../../../delivery/spam/rules/owner.ts';
import { scoreMessage } from '../../../../delivery/spam/score.ts';
import { ownerSignalsOf } from '../../../../delivery/spam/signals.ts';
import { messageOf } from '../messages.ts';
import { linked, testRows } from './checks.ts';

const owner: OwnerEvidence = {
  contacts: [
    {
      name: 'Élise Durand',
      addresses: ['email:elise@bakery-durand.example', 'email:elise.durand@gmail.com'],
    },
    { name: 'Bo', addresses: ['email:bo@town.example'] },
  ],
  ownAddresses: ['bob@caliopen.example'],
};

function authentication(result: 'pass' | 'none'): AuthenticationFindings {
  return {
    spf: { result, domain: 'caliopen.example', aligned: true },
    dkim: [],
    dmarc: { result, policy: null, domain: 'caliopen.example' },
    arc: { result: 'none', sealer: null },
    iprev: { result: 'pass', name: 'a.example' },
    hops: [],
    authenticationResults: '',
  };
}

function find(message: Message, proven: 'pass' | 'none' = 'none') {
  const hosts = judgedFeatures(message).webHosts ?? [];
  const evidence = { authentication: authentication(proven) };
  const signals = ownerSignalsOf({ message, hosts, owner, evidence }, allClasses);
  return new Map(signals.map(({ id, detail }) => [id, detail]));
}

const usual = messageOf('Bonjour, à demain.');
const from = (From: string, more: Record<string, string | null> = {}) =>
  messageOf('Bonjour', { From, ...more });
const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

testRows(
  ownerRules,
  {
    contactImitated: {
      holds: [
        from(`${encoded('Élise Durand')} <x91@gmail.com>`),
        from('Elise Durand <boss@other.example>'),
        from('"Durand, Elise" <boss@other.example>'),
        from(`${encoded('Elis\u0435 Durand')} <boss@other.example>`),
      ],
      not: [
        usual,
        from(`${encoded('Élise Durand')} <elise@bakery-durand.example>`),
        from('Elise Durand <elise.durand@gmail.com>'),
        from('Elise Durand <shop@bakery-durand.example>'),
        from('Elise Durand <list@forum.example>', { 'List-Id': '<l.forum.example>' }),
        from('Bo <bo@other.example>'),
        from('Elise Martin <elise@other.example>'),
      ],
    },
    contactDomainImitated: {
      holds: [
        from('x <a@bakery-duramd.example>'),
        from('x <a@bakery-durand.co>'),
        from('x <a@bakery-durnad.example>'),
      ],
      not: [
        usual,
        from('x <a@bakery-durand.example>'),
        from('x <a@mail.bakery-durand.example>'),
        from('x <a@bakery.example>'),
        from('x <a@gmaill.com>'),
      ],
    },
    ownAddressForged: {
      holds: [from('bob@caliopen.example')],
      not: [usual, from('anna@caliopen.example')],
    },
    ownDomainImitated: {
      holds: [from('x <it@ca1iopen.example>'), from('x <it@caliopenn.example>'), from('x <it@caliopen.co>')],
      not: [usual, from('x <it@caliopen.example>'), from('x <it@desk.caliopen.example>')],
    },
    ownDomainInName: {
      holds: [
        from('"caliopen.example Admin" <x@other.example>'),
        from('"bob@caliopen.example" <x@other.example>'),
      ],
      not: [
        usual,
        from('"caliopen.example Admin" <admin@caliopen.example>'),
        from('"bob@caliopen.example" <bob@caliopen.example>'),
      ],
    },
    ownDomainInLink: {
      holds: [
        linked('https://caliopen.example.login.other.example/'),
        linked('https://caliopen-example.pages.dev/'),
        linked('https://ca1iopen.example/'),
      ],
      not: [
        usual,
        linked('https://mail.caliopen.example/'),
        linked('https://other.example/?d=caliopen.example'),
      ],
    },
  },
  message => find(message),
);

test('somebody’s own mail, proven, is not forged', () => {
  assert.ok(!find(from('bob@caliopen.example'), 'pass').has('ownAddressForged'));
});

test('what is known of one owner changes nothing for another', () => {
  const message = from('Elise Durand <boss@other.example>');
  const features = judgedFeatures(message);
  const request = {
    message,
    authentication: null,
    knownSender: false,
    model: emptyModel(),
    junkAt: 0.8,
    rejectAt: 1,
    features: () => features,
  };
  const stranger = scoreMessage(request);
  const friend = scoreMessage({ ...request, owner });
  assert.ok((friend.score ?? 0) > (stranger.score ?? 1));
  assert.ok(friend.reasons.some(({ id }) => id === 'contactImitated'));
  assert.deepEqual(scoreMessage(request), stranger);
});

test('two thousand contacts are looked through in little time', () => {
  const contacts = Array.from({ length: 2000 }, (_, at) => ({
    name: `Person Number ${at}`,
    addresses: [`email:person${at}@town-${at}.example`],
  }));
  const message = from('Person Nummber 7 <x@town-77777.example>');
  const view = { message, hosts: [], owner: { contacts, ownAddresses: [] }, evidence: {} };
  ownerSignalsOf(view, allClasses);
  const start = process.cpuUsage();
  for (let round = 0; round < 10; round++) ownerSignalsOf(view, allClasses);
  const { user, system } = process.cpuUsage(start);
  assert.ok((user + system) / 10 < 60_000, `${(user + system) / 10} µs`);
});
