import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arrival, type Session, unseenSession } from '../../delivery/delivery.ts';
import { findReputation } from '../../delivery/find-reputation.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import { openUpstreamFilter } from '../../delivery/upstream-filter.ts';

const outside =
  'Received: from evil.example (evil.example [203.0.113.9]) by mx.example.org with ESMTP id 1; Mon, 2 Mar 2026 12:00:00 +0000';
const toScanner =
  'Received: from mx.example.org (mx.example.org [192.0.2.5]) by scanner.example.org with ESMTP id 2; Mon, 2 Mar 2026 12:00:01 +0000';
const back =
  'Received: from scanner.example.org (localhost [127.0.0.1])\r\n\tby mx.example.org with ESMTP id 3; Mon, 2 Mar 2026 12:00:02 +0000';
const older =
  'Received: from pc (pc [192.0.2.5]) by evil.example with ESMTP id 0; Mon, 2 Mar 2026 11:59:00 +0000';
const [spam, ham] = ['X-Spam-Status: Yes, score=9 required=5', 'X-Spam-Status: No, score=-100 required=5'];

/** Who speaks to us, and how many trace fields of ours are in the message. */
interface Way {
  readonly client?: string | null;
  readonly trustedHops?: number;
  readonly networks?: readonly string[];
  readonly removesForeign?: boolean;
}

function scoreOf(lines: readonly string[], way: Way = {}): number | null {
  const {
    client = '192.0.2.5',
    trustedHops = 0,
    networks = ['192.0.2.0/24', 'loopback'],
    removesForeign = false,
  } = way;
  const session: Session = { ...unseenSession, source: 'live', remoteAddress: client };
  const message = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\nFrom: a@b.example\r\n\r\ntext\r\n`));
  return (
    openUpstreamFilter({ networks, removesForeign })?.read({ session, trustedHops }, message)?.score ?? null
  );
}

test('a field above the trace field of a trusted server counts, one that came with the message does not', () => {
  const rows: [string, readonly string[], Way, number | null][] = [
    ['a relay that speaks to our SMTP door', [spam, outside], {}, 9],
    ['below its trace field', [outside, ham], {}, null],
    ['above and below', [spam, outside, ham], {}, 9],
    ['below, with the trace field of another', [outside, ham, older], {}, null],
    ['our MTA, behind LMTP', [spam, outside], { client: '203.0.113.9', trustedHops: 1 }, 9],
    [
      'our MTA, behind LMTP: what came with the message',
      [outside, ham],
      { client: '203.0.113.9', trustedHops: 1 },
      null,
    ],
    [
      'a scanner that hands it back',
      [back, spam, toScanner, outside, ham],
      { client: '203.0.113.9', trustedHops: 1 },
      9,
    ],
    [
      'the scanner, and nothing of it',
      [back, toScanner, outside, ham],
      { client: '203.0.113.9', trustedHops: 1 },
      null,
    ],
    [
      'a hop behind one that is not trusted',
      [outside, ham, older],
      { client: '203.0.113.9', trustedHops: 1 },
      null,
    ],
    ['a stranger', [spam, outside], { client: '203.0.113.9' }, null],
    [
      'a stranger whose trace fields name a trusted address',
      [spam, older, spam],
      { client: '203.0.113.9' },
      null,
    ],
    ['nobody is known', [spam, outside], { client: null }, null],
    ['no trace field at all', [spam], {}, null],
    ['no network is trusted', [spam, outside], { networks: [] }, null],
    ['IPv4 as IPv6', [spam, outside], { client: '::ffff:192.0.2.5' }, 9],
  ];
  for (const [name, lines, way, expected] of rows) assert.equal(scoreOf(lines, way), expected, name);
});

test('where the filter removes what came with a message, its fields count below the trace field, too, but none twice', () => {
  const way = { client: '203.0.113.9', trustedHops: 1, removesForeign: true };
  assert.equal(scoreOf([outside, spam], way), 9);
  assert.equal(scoreOf([outside, spam, ham], way), null);
  assert.equal(scoreOf([spam, outside, ham], way), 9);
  assert.equal(scoreOf([outside, spam, 'x-spam-status: No, score=-100 required=5'], way), null);
  assert.equal(scoreOf([spam], { ...way, trustedHops: 0 }), null);
  // SpamAssassin does not know Rspamd's names, so it leaves them in.
  assert.equal(scoreOf([outside, spam, 'X-Spamd-Result: default: False [-100.00 / 15.00]'], way), 9);
  assert.equal(scoreOf([outside, 'X-Spamd-Result: default: False [3.00 / 15.00]', ham], way), 3);
});

test('what it said is the input that asking a filter gives, and nobody is asked then', async () => {
  const upstream = openUpstreamFilter({ networks: ['192.0.2.0/24'], removesForeign: false });
  let asked = 0;
  const filter = {
    async ask() {
      asked++;
      return { filter: 'rspamd' as const, score: 1, required: 6, symbols: [] };
    },
  };
  const found = async (lines: readonly string[], part: Partial<Arrival> = {}) => {
    const raw = Buffer.from(`${lines.join('\r\n')}\r\nFrom: a@b.example\r\n\r\ntext\r\n`);
    const session: Session = { ...unseenSession, source: 'live', remoteAddress: '192.0.2.5' };
    const arrival: Arrival = {
      ...{
        door: 'smtp',
        id: '1',
        raw,
        reversePath: '',
        session,
        receivedAt: new Date(0),
        recipients: [],
        trustedHops: 0,
      },
      ...part,
    };
    const work = { arrival, message: parseMessage(raw), failed: [] };
    return (await findReputation(work, { store: null, senderSources: { lists: null, filter, upstream } }))
      .filter;
  };
  assert.deepEqual(await found([spam, outside]), {
    filter: 'spamassassin',
    score: 9,
    required: 5,
    symbols: [],
  });
  assert.equal(asked, 0);
  assert.equal((await found([outside, ham]))?.filter, 'rspamd');
  assert.equal(asked, 1);
  assert.equal(await found([spam, outside], { door: 'import' }), null);
});
