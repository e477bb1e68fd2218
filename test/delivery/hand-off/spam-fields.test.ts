import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSpamFields } from '../../../delivery/hand-off/spam-fields.ts';

/** `Name: value` lines as fields. */
function read(...lines: string[]): string | null {
  const fields = lines.map(line => ({
    name: line.slice(0, line.indexOf(':')),
    value: line.slice(line.indexOf(':') + 1),
  }));
  const found = readSpamFields(fields);
  return found && [`${found.filter} ${found.score}/${found.required}`, ...found.symbols].join(' ');
}

test('fields of SpamAssassin and of what calls it are read', () => {
  const rows: [string[], string | null][] = [
    [
      [
        'X-Spam-Status: Yes, score=15.3 required=5.0 tests=BAYES_99,HTML_MESSAGE,\r\n\tURIBL_BLACK autolearn=no version=3.4.6',
      ],
      'spamassassin 15.3/5 BAYES_99 HTML_MESSAGE URIBL_BLACK',
    ],
    [['X-Spam-Status: No, hits=-104.9 required=6.3 tests=none'], 'spamassassin -104.9/6.3'],
    [
      [
        'X-Spam-Status: No, score=-2.901 tagged_above=-999 required=6.31\r\n\ttests=[ALL_TRUSTED=-1, BAYES_00=-1.9,\r\n\tT_X=-0.001] autolearn=ham',
      ],
      'spamassassin -2.901/6.31 ALL_TRUSTED BAYES_00 T_X',
    ],
    [['X-Spam-Status: No,\r\n score\r\n =-1.0\r\n required=5.0'], 'spamassassin -1/5'],
    [['x-spam-status: yes, SCORE=1234567.891 REQUIRED=5'], 'spamassassin 1000000/5'],
    [[`X-Spam-Status: Yes, score=${'9'.repeat(500)} required=5`], 'spamassassin 1000000/5'],
    [
      [`X-Spam-Status: No, score=-${'9'.repeat(500)}.${'9'.repeat(500)} required=5`],
      'spamassassin -1000000/5',
    ],
    [['X-Spam-Status: No, score=-.5 required=5.'], 'spamassassin -0.5/5'],
    // What it came to counts more than the number: lists of senders decide without one.
    [['X-Spam-Status: Yes, score=1 required=5'], 'spamassassin 5/5'],
    [['X-Spam-Status: No, score=9 required=5'], 'spamassassin 5/5'],
    [['X-Spam-Status: Yes'], 'spamassassin 1/1'],
    [['X-Spam-Status: No, score=0 required=0'], 'spamassassin 0/1'],
    [['X-Spam-Flag: YES'], 'spamassassin 1/1'],
    [['X-Spam-Flag: NO', 'X-Spam-Score: -3.2'], 'spamassassin -3.2/5'],
    [['X-Spam-Flag: YES', 'X-Spam-Score: 4.2 (++++)'], 'spamassassin 5/5'],
    [['X-Spam-Level: *******'], 'spamassassin 7/5'],
    [['X-Spam-Status: maybe', 'X-Spam-Flag: perhaps', 'X-Spam-Score: high', 'X-Spam-Level: '], null],
    [['X-Spam-Status: Yes, score=1.2.3 required=5.0.0'], 'spamassassin 1/1'],
    [['X-Spam-Checker-Version: SpamAssassin 4.0.0', 'Subject: X-Spam-Flag: YES'], null],
    // The topmost of one name is the last that was written.
    [['X-Spam-Flag: NO', 'X-Spam-Flag: YES'], 'spamassassin 0/1'],
  ];
  for (const [lines, expected] of rows) assert.equal(read(...lines), expected, lines.join('\n'));
});

test('fields of Rspamd are read', () => {
  const rows: [string[], string | null][] = [
    [
      [
        'X-Spamd-Result: default: False [-2.10 / 15.00];\r\n\tBAYES_HAM(-3.00)[99.99%];\r\n\tR_SPF_ALLOW(-0.20)[+ip4:192.0.2.0/24];\r\n\tMIME_GOOD(-0.10)[text/plain]',
      ],
      'rspamd -2.1/6 BAYES_HAM R_SPF_ALLOW MIME_GOOD',
    ],
    [['X-Spamd-Result: default: True [1603.50 / 15.00]'], 'rspamd 1603.5/6'],
    [['X-Spamd-Result: default: False [7.00 / 15.00]', 'X-Spam: Yes'], 'rspamd 7/6'],
    [['X-Spamd-Result: default: False [nan / 15.00]', 'X-Rspamd-Score: -4'], 'rspamd -4/6'],
    [['X-Rspamd-Score: 12.34'], 'rspamd 12.34/6'],
    [['X-Rspamd-Score: 5.9', 'X-Spam: Yes'], 'rspamd 6/6'],
    [['X-Spamd-Bar: ++++++++'], 'rspamd 8/6'],
    [['X-Spamd-Bar: ---'], 'rspamd -3/6'],
    [['X-Spamd-Bar: /'], 'rspamd 0/6'],
    [
      [
        'X-Spam: yes',
        'X-Spam-Action: add header',
        'X-Spam-Score: 8.40 / 15.00',
        'X-Spam-Symbols: ARC_NA,\r\n\tHAS_REPLYTO',
      ],
      'rspamd 8.4/6 ARC_NA HAS_REPLYTO',
    ],
    [['X-Rspamd-Action: greylist', 'X-Rspamd-Score: 7'], 'rspamd 6/6'],
    [['X-Rspamd-Action: reject'], 'rspamd 1/1'],
    [['X-Rspamd-Action: soft reject'], null],
    [['X-Spam: Yes'], 'spamassassin 1/1'],
    [['X-Rspamd-Server: mx', 'X-Rspamd-Queue-Id: 1'], null],
  ];
  for (const [lines, expected] of rows) assert.equal(read(...lines), expected, lines.join('\n'));
});

test('whatever stands in such fields, the answer is a score that can be reckoned with, and at most 40 symbols', () => {
  const names = [
    'X-Spam-Status',
    'X-Spamd-Result',
    'X-Spam-Score',
    'X-Spam-Flag',
    'X-Spamd-Bar',
    'X-Rspamd-Score',
  ];
  const piece = fc.constantFrom(
    'Yes',
    'No,',
    ' score=',
    '-',
    '1',
    '.',
    ' required=',
    'default: True [',
    ' / ',
    ']',
    ';A_B(',
    '\r\n\t',
    '+',
    'tests=',
    'é',
    '\0',
  );
  const field = fc.record({
    name: fc.constantFrom(...names),
    value: fc.oneof(
      fc.array(piece, { maxLength: 60 }).map(parts => parts.join('')),
      fc.string(),
    ),
  });
  fc.assert(
    fc.property(fc.array(field, { maxLength: 4 }), fields => {
      const found = readSpamFields(fields);
      return (
        found === null ||
        (Math.abs(found.score) <= 1e6 &&
          found.required > 0 &&
          Number.isFinite(found.required) &&
          found.symbols.length <= 40)
      );
    }),
  );
  const long = ['Yes, score=', 'No, tests=[', 'default: True [', '+', ' ', 'A_B('];
  const start = process.cpuUsage().user;
  for (const text of long) for (const name of names) readSpamFields([{ name, value: text.repeat(100_000) }]);
  assert.ok(process.cpuUsage().user - start < 1e6);
});
