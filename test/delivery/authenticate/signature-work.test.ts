import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSignatures } from '../../../delivery/authenticate/dkim.ts';
import { parseMessage } from '../../../delivery/message/message.ts';

const now = new Date('2026-03-01T12:00:00Z');
const resolver = async (): Promise<never> => {
  throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
};

/** A message with as many signatures, each of another length of its body. */
function signed(signatures: number, bodyOctets: number): Buffer {
  const fields = Array.from(
    { length: signatures },
    (_unused, at) =>
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=d${at}.example.net; s=s; l=${bodyOctets - at}; h=from; bh=AAAA; b=AAAA\r\n`,
  );
  return Buffer.from(
    `${fields.join('')}From: a@example.net\r\n\r\n${'a  b \t c\r\n'.repeat(bodyOctets / 10)}`,
  );
}

/** How many signatures were checked, and milliseconds of this thread. */
async function check(raw: Buffer): Promise<{ checked: number; took: number }> {
  const message = parseMessage(raw);
  const before = process.threadCpuUsage();
  const { dkim } = await checkSignatures(message, 'example.net', { resolver, now });
  const { user, system } = process.threadCpuUsage(before);
  return { checked: dkim.length, took: (user + system) / 1000 };
}

test('signatures that walk a large body each are checked up to a bounded work', async () => {
  await check(signed(1, 1_000_000));
  const one = await check(signed(1, 4_000_000));
  const many = await check(signed(10, 4_000_000));
  assert.equal(many.checked, 2);
  assert.ok(many.took < one.took * 6, `${one.took} ms, ${many.took} ms`);
});

test('all ten signatures of an ordinary message are checked', async () => {
  assert.equal((await check(signed(10, 100_000))).checked, 10);
});
