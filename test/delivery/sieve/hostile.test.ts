import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../../../delivery/message/message.ts';
import { runScript } from '../../../delivery/sieve/run-script.ts';
import { hostileMail } from '../../fixtures/hostile/mail.ts';
import { scriptOf } from './run.ts';

/** One test of each kind that looks at the message, none of which holds, so that each is looked through. */
const looksEverywhere = scriptOf(`
require ["body", "envelope", "relational", "date", "index", "subaddress", "variables", "comparator-i;ascii-numeric"];
if anyof (
  header :matches ["subject", "x-long", "x", "from", "to", "received", "x-folded"] "*a*b*c?d*zz",
  header :contains ["subject", "x-long", "to", "received"] "zz-not",
  address :all :contains ["from", "to", "cc"] "zz-not",
  address :detail :matches "to" "*q*zz",
  body :raw :contains "zz-not-there",
  body :text :matches "*a*b?c*zz-not*",
  body :content ["text", "message", "multipart", "application"] :contains ["zz1-not", "zz2-not"],
  date :is "date" "year" "1",
  header :count "gt" :comparator "i;ascii-numeric" "x" "99999999",
  address :count "gt" :comparator "i;ascii-numeric" "to" "99999999"
) { discard; }`);

const context = {
  now: new Date('2026-03-04T05:06:07Z'),
  localOffsetMinutes: () => 0,
  mailboxExists: () => true,
  hasSpecialUse: () => true,
  spamProbability: 0.5,
  environment: {},
};

for (const [name, make] of Object.entries(hostileMail)) {
  test(`a script looks through ${name} in less than a second of CPU`, async () => {
    const raw = await make();
    const message = parseMessage(raw);
    const input = { message, sizeOctets: raw.byteLength, envelope: { reversePath: '', forwardPath: null } };
    const before = process.cpuUsage();
    const { actions, failure } = runScript(looksEverywhere, input, context);
    const { user, system } = process.cpuUsage(before);
    assert.equal(failure, null);
    assert.deepEqual(actions, [{ kind: 'keep', flags: [], line: null }]);
    assert.ok((user + system) / 1e6 < 1, `${(user + system) / 1e6} s`);
  });
}

const manyAddresses = Array.from({ length: 6000 }, (_, at) => `"U ${at}" <u${at}@example.org>`).join(
  ',\r\n ',
);
const manyWords = Array.from({ length: 6000 }, (_, at) => `=?utf-8?q?caf=C3=A9_${at}?=`).join('\r\n ');
const longFields = `To: ${manyAddresses}\r\nSubject: ${manyWords}\r\n\r\nhi\r\n`;

for (const look of ['address :is "to"', 'address :domain :is "to"', 'header :contains "subject"']) {
  test(`three hundred rules that ask ${look} of a field of 150,000 octets cost less than a second of CPU`, () => {
    const rules = Array.from({ length: 300 }, (_, at) => `if ${look} "zz${at}" { discard; }`);
    const script = scriptOf(rules.join('\n'));
    const message = parseMessage(Buffer.from(longFields));
    const envelope = { reversePath: '', forwardPath: null };
    const before = process.cpuUsage();
    const { failure } = runScript(script, { message, sizeOctets: longFields.length, envelope }, context);
    const { user, system } = process.cpuUsage(before);
    assert.equal(failure, null);
    assert.ok((user + system) / 1e6 < 1, `${(user + system) / 1e6} s`);
  });
}

test('long keys beside many short fields count as work', () => {
  const digits = '9'.repeat(4096);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Sieve looks like one of a template
  const key = '${a}'.repeat(15);
  for (const how of [':value "gt"', ':is :comparator "i;ascii-numeric"']) {
    const script = scriptOf(`require ["variables", "relational", "comparator-i;ascii-numeric"];
      set "a" "${digits}";
      ${`if header ${how} "x" "${key}" { discard; }\n`.repeat(50)}`);
    const raw = Buffer.from(`${'X: 1\r\n'.repeat(1000)}\r\nhi\r\n`);
    const envelope = { reversePath: '', forwardPath: null };
    const input = { message: parseMessage(raw), sizeOctets: raw.byteLength, envelope };
    const { failure } = runScript(script, input, context);
    assert.equal(failure?.text, 'the script takes too long on this message', how);
  }
});

test('one field named again and again counts as work, though it is empty', () => {
  const names = Array.from({ length: 3000 }, () => '"x"').join();
  const script = scriptOf(`if header :contains [${names}] "q" { discard; }`);
  const raw = Buffer.from(`${'X:\r\n'.repeat(3000)}\r\nhi\r\n`);
  const envelope = { reversePath: '', forwardPath: null };
  const input = { message: parseMessage(raw), sizeOctets: raw.byteLength, envelope };
  assert.equal(runScript(script, input, context).failure?.text, 'the script takes too long on this message');
});
