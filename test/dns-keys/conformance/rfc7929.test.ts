import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { nameText } from '../../../dns-keys/name.ts';
import { publishedOwnerNames } from '../../../dns-keys/owner-name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { queryOctets } from '../answer/queries.ts';
import { hashedOwner, keyOctets } from '../zone/key-zones.ts';
import { must, online, openAsking } from './asking.ts';

const asking = openAsking();
const { apex } = online;
const large = hashedOwner('large', apex);

test('§3: the owner is the first 28 octets of SHA-256 of the local part in hexadecimal', () => {
  const owners = publishedOwnerNames('hugh', apex).map(nameText);
  // The example of §3.
  assert.deepEqual(owners, [
    `c93f1e400f26708f98cb19d936620da35eec8f72e57f9eec01c1afd6._openpgpkey.example.org.`,
  ]);
});

test('§3: the form that was registered is published beside the lower-case one, NFC, not otherwise changed', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 56);
  const labels = (text: string) => publishedOwnerNames(text, apex).map(name => nameText(name).slice(0, 56));
  assert.deepEqual(new Set(labels('Zoe.Q')), new Set([hash('zoe.q'), hash('Zoe.Q')]));
  assert.deepEqual(labels('zoe\u0301'), [hash('zo\u00e9')]);
});

test('§2.1: OPENPGPKEY is type 61, its data the octets of the key alone', async t => {
  assert.equal(rrTypes.OPENPGPKEY, 61);
  const [heard] = await asking.tcp(t, queryOctets(large, { type: 61 }));
  assert.deepEqual(
    heard?.message.answers.map(({ rdata }) => Buffer.from(rdata)),
    [keyOctets('large', 50_000)],
  );
});

test('§7.3: a key that is not sent over UDP is TC with nothing in it, and NOERROR', async () => {
  for (const udpPayloadOctets of [512, 1232, 4096, 65_535]) {
    const { message, rcode, octets } = must(
      await asking.udp(queryOctets(large, { edns: { udpPayloadOctets } })),
    );
    assert.deepEqual([rcode, message.isTruncated, message.answers.length], [0, true, 0]);
    assert.ok(octets.length < 150);
  }
});
