import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arrival, type Session, unseenSession } from '../../../delivery/delivery.ts';
import { silentLog } from '../../../delivery/log.ts';
import { openResolver } from '../../../delivery/resolver.ts';
import { openSenderSources } from '../../../delivery/sender-sources.ts';
import { testConfig } from '../../support/door-process.ts';
import { startRspamd, startSpamd } from '../../support/filters.ts';
import { requireService } from '../../support/services.ts';

const session: Session = {
  ...unseenSession,
  source: 'live',
  remoteAddress: '192.0.2.7',
  remoteName: 'mail.example.net',
  helo: 'mail.example.net',
  tls: null,
};

/** What every filter takes for spam: their own test message. */
const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';

function arrival(body: string): Arrival {
  const fields = [
    'From: Zoe <zoe@example.net>',
    'To: ada@example.org',
    'Subject: lunch on Friday',
    'Message-ID: <one@example.net>',
    'Date: Mon, 2 Mar 2026 12:00:00 +0000',
  ];
  return {
    door: 'smtp',
    id: 'test',
    raw: Buffer.from(`${fields.join('\r\n')}\r\n\r\n${body}\r\n`),
    reversePath: 'zoe@example.net',
    session,
    receivedAt: new Date('2026-03-02T12:00:01Z'),
    recipients: [{ forwardPath: 'ada@example.org', accountId: 'a' }],
    trustedHops: 0,
  };
}

const filters = [
  { name: 'rspamd', setting: 'filter.rspamd', start: startRspamd, filter: 'rspamd' },
  { name: 'spamd', setting: 'filter.spamd', start: startSpamd, filter: 'spamassassin' },
] as const;

for (const { name, setting, start, filter } of filters) {
  test(`a real ${name} is asked, and its score is read`, async t => {
    const program = requireService(t, name);
    if (!program) return;
    const config = testConfig(t, {
      [setting]: await start(t, program),
      'filter.timeoutMilliseconds': 60_000,
    });
    const resolver = openResolver({ servers: ['127.0.0.1:9'], timeoutMilliseconds: 200 });
    const asked = openSenderSources(config, { resolver, log: silentLog }).filter;
    const spam = await asked?.ask(arrival(gtube));
    assert.equal(spam?.filter, filter);
    assert.ok(spam.score >= spam.required, `${spam.score} of ${spam.required}`);
    assert.ok(spam.symbols.some(symbol => symbol.includes('GTUBE')));
    const ham = await asked?.ask(
      arrival('Shall we have lunch on Friday at noon, the usual place? I will bring the book.'),
    );
    assert.ok(ham && ham.score < ham.required, JSON.stringify(ham));
  });
}
