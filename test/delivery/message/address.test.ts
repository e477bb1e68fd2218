import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  domainOf,
  flatten,
  formatAddressList,
  formatMailbox,
  normalizeAddress,
  parseAddressList,
} from '../../../delivery/message/address.ts';
import type { MailboxGroup } from '../../../delivery/message/shape.ts';
import { addrSpec, plainText } from './arbitrary.ts';

type Row = readonly [
  value: string,
  groups: ReadonlyArray<readonly [string | null, ReadonlyArray<readonly [string | null, string]>]>,
];
const vectors = JSON.parse(readFileSync('test/vectors/message/addresses.json', 'utf8')) as Row[];

const mailbox = fc.record(
  { name: fc.option(plainText.map(name => name || 'x')), address: addrSpec },
  { noNullPrototype: true },
);

describe('parseAddressList', () => {
  for (const [value, groups] of vectors) {
    it(`reads ${JSON.stringify(value)}`, () => {
      const expected = groups.map(([name, mailboxes]) => ({
        name,
        mailboxes: mailboxes.map(([own, address]) => ({ name: own, address })),
      }));
      assert.deepEqual(parseAddressList(value), expected);
    });
  }

  it('reads anything without throwing', () => {
    const specials = fc.string({ unit: fc.constantFrom(...'a@."\\<>()[],:; =?q\t'), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(specials, fc.string()), value => {
        for (const { address } of flatten(parseAddressList(value))) assert.equal(typeof address, 'string');
      }),
      { numRuns: 2000 },
    );
  });

  it('reads back what formatMailbox wrote', () => {
    fc.assert(
      fc.property(mailbox, each => {
        assert.deepEqual(flatten(parseAddressList(formatMailbox(each))), [each]);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads back whole lists with groups', () => {
    const groups = fc.array(
      fc.record(
        { name: plainText.map(name => name || 'g'), mailboxes: fc.array(mailbox, { maxLength: 4 }) },
        { noNullPrototype: true },
      ),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.array(mailbox, { minLength: 1, maxLength: 4 }), groups, (mailboxes, named) => {
        const list: MailboxGroup[] = [{ name: null, mailboxes }, ...named];
        const expected = list.filter(group => group.name?.toLowerCase() !== 'mailto');
        if (expected.length === list.length)
          assert.deepEqual(parseAddressList(formatAddressList(list)), list);
      }),
    );
  });
});

describe('normalizeAddress', () => {
  const rows: ReadonlyArray<readonly [string, string]> = [
    ['Jane@Example.ORG', 'jane@example.org'],
    [' jane@exämple.org ', 'jane@xn--exmple-cua.org'],
    ['"jane"@example.org.', 'jane@example.org'],
    ['"a b"@Example.org', '"a b"@example.org'],
    ['u@[IPv6:2001:DB8::1]', 'u@[ipv6:2001:db8::1]'],
    ['Nobody', 'nobody'],
    ['', ''],
  ];
  for (const [address, expected] of rows) {
    it(`gives ${JSON.stringify(expected)} for ${JSON.stringify(address)}`, () => {
      assert.equal(normalizeAddress(address), expected);
      assert.equal(normalizeAddress(expected), expected);
    });
  }

  it('gives the domain as A-labels, empty when there is none', () => {
    assert.equal(domainOf('a@EXÄMPLE.org'), 'xn--exmple-cua.org');
    assert.equal(domainOf('nobody'), '');
  });
});
