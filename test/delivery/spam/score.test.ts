import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AuthenticationFindings, AuthWord } from '../../../delivery/authenticate/findings.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import type { Message } from '../../../delivery/message/shape.ts';
import { emptyModel } from '../../../delivery/spam/model.ts';
import { reasonText } from '../../../delivery/spam/reasons.ts';
import { rules } from '../../../delivery/spam/rules.ts';
import { type ScoreRequest, scoreMessage, scoreOf } from '../../../delivery/spam/score.ts';
import { messageOf } from './messages.ts';

const model = emptyModel();

function scored(message: Message, more: Partial<ScoreRequest> = {}) {
  return scoreMessage({
    message,
    authentication: null,
    knownSender: false,
    model,
    junkAt: 0.8,
    rejectAt: 1,
    ...more,
  });
}

function authentication(result: AuthWord): AuthenticationFindings {
  return {
    spf: { result, domain: 'sender.example', aligned: true },
    dkim: [],
    dmarc: { result, policy: 'reject', domain: 'sender.example' },
    arc: { result: 'none', sealer: null },
    iprev: { result: 'pass', name: 'a.example' },
    hops: [],
    authenticationResults: '',
  };
}

const html = (body: string, fields = {}) => messageOf(body, { 'Content-Type': 'text/html', ...fields });

function withAttachment(name: string, content: Uint8Array): Message {
  const parts = [
    '--b\r\nContent-Type: text/plain\r\n\r\nsee the file',
    `--b\r\nContent-Type: application/octet-stream; name="${name}"\r\nContent-Disposition: attachment\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString('base64')}`,
    '--b--',
  ];
  return messageOf(parts.join('\r\n'), { 'Content-Type': 'multipart/mixed; boundary=b' });
}

function archiveOf(name: string): Uint8Array {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 'latin1');
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name)]);
}

const cases: ReadonlyArray<readonly [rule: string, message: Message]> = [
  ['nameShowsOtherAddress', messageOf('hi', { From: '"help@bank.example" <x@other.example>' })],
  ['linkShowsOtherHost', html('<a href="http://other.example/x">www.bank.example</a>')],
  ['numericLink', messageOf('go to http://192.0.2.4/x now')],
  ['linkWithUser', messageOf('go to http://bank.example@other.example/x now')],
  ['mixedScriptLink', html('<a href="http://b\u0430nk.example/">bank</a>')],
  ['punycodeLink', messageOf('go to http://xn--bnk-5cd.example/ now')],
  ['dataLink', html('<a href="data:text/html,hello">open</a>')],
  ['formInMessage', html('<form action="http://x.example"><input name=a></form>')],
  ['hiddenText', html(`<p>seen</p><div style="display:none">${'unseen words of salad '.repeat(40)}</div>`)],
  ['scriptInAttachment', withAttachment('page.html', Buffer.from('<script>1</script>'))],
  ['executableName', withAttachment('invoice.pdf.exe', Buffer.from('anything'))],
  ['executableName', withAttachment('invoice.zip', archiveOf('invoice.js'))],
  ['executableContent', withAttachment('photo.jpg', Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'))],
  ['macros', withAttachment('letter.docx', archiveOf('word/vbaProject.bin'))],
  ['replyToDrift', messageOf('hi', { 'Reply-To': 'boss.demo@gmail.com' })],
  ['shoutingSubject', messageOf('hi', { Subject: 'READ THIS AT ONCE' })],
  ['missingMessageId', messageOf('hi', { 'Message-ID': null })],
  ['askPassword', messageOf('Merci de vérifier votre identité et de confirmer votre compte.')],
  ['askPassword', messageOf('Please verify your account and enter your password.')],
  ['askMoney', messageOf('A fund of ten million dollars awaits its next of kin. Strictly confidential.')],
];

for (const [rule, message] of cases) {
  test(`the rule ${rule} holds for what it names and says so`, () => {
    const { reasons } = scored(message);
    const reason = reasons.find(({ id }) => id === rule);
    assert.ok(reason && reason.weight > 0, JSON.stringify(reasons));
  });
}

test('a plain message gives no rule a reason', () => {
  const ids = scored(messageOf('Bonjour, à demain pour la réunion.')).reasons.map(({ id }) => id);
  assert.deepEqual(
    ids.filter(id => !['prior', 'discussion', 'learned'].includes(id)),
    [],
  );
});

test('every rule has words in both languages and an id of its own', () => {
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  for (const { id } of rules) {
    assert.notEqual(reasonText(id, 'fr'), reasonText(id, 'en'));
    assert.notEqual(reasonText(id, 'en'), id);
  }
  assert.equal(reasonText('of-a-later-version', 'en'), 'of-a-later-version');
});

test('a mail that its domain disowns scores higher than one that its domain proves', () => {
  const message = messageOf('Bonjour');
  const forged = scored(message, { authentication: authentication('fail') });
  const proven = scored(message, { authentication: authentication('pass') });
  assert.ok((forged.score ?? 0) > (proven.score ?? 1));
  assert.ok(forged.reasons.some(({ id }) => id === 'forged'));
});

test('a known correspondent counts when the address is proven, and a bare From never does', () => {
  const message = messageOf('Act now, order today, risk free!');
  const stranger = scored(message, { authentication: authentication('pass') });
  const known = scored(message, { authentication: authentication('pass'), knownSender: true });
  assert.ok((known.score ?? 1) < (stranger.score ?? 0));
  for (const result of ['none', 'fail', 'temperror'] as const) {
    const findings = authentication(result);
    assert.equal(
      scored(message, { authentication: findings, knownSender: true }).score,
      scored(message, { authentication: findings }).score,
    );
  }
  assert.equal(scored(message, { knownSender: true }).score, scored(message).score);
});

test('the verdict follows the thresholds', () => {
  const message = messageOf('Bonjour, à demain.');
  assert.equal(scored(message).verdict, 'ham');
  assert.equal(scored(message, { junkAt: 0 }).verdict, 'spam');
  assert.equal(scored(message, { junkAt: 0, rejectAt: 0 }).verdict, 'reject');
});

test('harmful needs strong signs together: a program, or a trap for passwords', () => {
  const program = withAttachment('photo.jpg', Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'));
  const trap = html(
    'Your account has been suspended. Verify your account and confirm your password within 24 hours: ' +
      '<a href="http://192.0.2.7/x">www.bank.example</a>',
  );
  assert.equal(scored(program).harmful, true);
  assert.equal(scored(trap).harmful, true);
  assert.equal(scored(messageOf('Order now, limited time offer, buy now!')).harmful, false);
  assert.equal(
    scored(html('<a href="http://click.list.example/x">www.shop.example</a> news')).harmful,
    false,
  );
});

test('importance is high for proven correspondents, low for bulk mail, normal otherwise', () => {
  const known = { authentication: authentication('pass'), knownSender: true };
  assert.equal(scored(messageOf('Bonjour'), known).importance, 'high');
  assert.equal(scored(messageOf('Bonjour')).importance, 'normal');
  for (const fields of [
    { 'List-Id': '<a.example>' },
    { Precedence: 'bulk' },
    { 'Auto-Submitted': 'auto-generated' },
  ]) {
    assert.equal(scored(messageOf('Bonjour', fields), known).importance, 'low');
  }
});

test('any octets are scored, and the same octets alike', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), octets => {
      const message = parseMessage(octets);
      const findings = scored(message);
      assert.ok(findings.score !== null && findings.score >= 0 && findings.score <= 1);
      assert.deepEqual(scored(message), findings);
    }),
    { numRuns: 200 },
  );
});

test('a message that can not be judged passes unscored', () => {
  const broken = {
    get root(): never {
      throw new Error('broken');
    },
  } as unknown as Message; // what a parser's fault would look like
  assert.deepEqual(scored(broken), {
    score: null,
    verdict: 'unknown',
    harmful: false,
    importance: 'normal',
    reasons: [],
    model: '2:prior:0+0',
  });
});

test('the score is recomputed to the last bit from what is kept with the message', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 300 }),
      fc.boolean(),
      fc.double({ min: -20, max: 20, noNaN: true }),
      (text, knownSender, personal) => {
        const opinion = () => ({ personal, shared: -personal / 3 });
        const found = scored(messageOf(`free viagra ${text}`), {
          authentication: authentication('pass'),
          knownSender,
          opinion,
        });
        // As the store keeps it: JSON.
        const kept = JSON.parse(JSON.stringify(found.evidence));
        assert.equal(scoreOf(kept), found.score);
        const own = kept.find(([id]: [string]) => id === 'personal');
        assert.ok(Math.abs((own?.[2] ?? 0) - personal) < 1e-6);
      },
    ),
    { numRuns: 100 },
  );
});
