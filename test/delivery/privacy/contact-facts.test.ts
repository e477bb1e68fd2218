import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ContactEvidence,
  type ContactKey,
  contactFacts,
  type ExchangedEmail,
} from '../../../delivery/privacy/contact-facts.ts';
import { checkFacts, computeIndex } from '../../../delivery/privacy/index.ts';
import type { Facts } from '../../../delivery/privacy/shape.ts';
import { authentication, friend, notEncrypted, owner, session } from './evidence.ts';

/** A message of a vector: by the contact, unless it says otherwise. */
interface GivenEmail {
  readonly facts: Facts;
  readonly author?: string;
  readonly coAuthor?: string;
  readonly listId?: string;
  /** The account that signed in to send it. */
  readonly user?: string;
  readonly policy?: 'none' | 'quarantine' | 'reject' | null;
  readonly signature?: 'verified' | 'seen' | 'unknownKey';
  readonly signer?: string;
  readonly times?: number;
}

interface Vector {
  readonly name: string;
  readonly addresses?: readonly string[];
  readonly network?: 'instance' | 'other';
  readonly keys?: readonly (Pick<ContactKey, 'source'> & Partial<ContactKey>)[];
  readonly emails?: readonly GivenEmail[];
  readonly facts: Facts;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/privacy/contact-facts.json', import.meta.url), 'utf8'),
) as Vector[];

function emailOf(given: GivenEmail): ExchangedEmail {
  const author = given.author ?? friend;
  const authors = given.coAuthor ? [author, given.coAuthor] : [author];
  const dmarc = { result: given.policy === null ? 'none' : 'pass', policy: given.policy ?? null } as const;
  const domain = author.slice(author.indexOf('@') + 1).toLowerCase();
  const signer = { keyId: '00', fingerprint: '00', address: given.signer ?? null };
  return {
    summary: {
      originators: { from: authors.map(address => ({ name: null, address })), sender: [], replyTo: [] },
      destinations: { to: [{ name: null, address: owner }], cc: [], bcc: [] },
      subject: null,
      messageId: null,
      inReplyTo: [],
      references: [],
      sentAt: null,
      listId: given.listId ?? null,
      preview: null,
      hasAttachment: false,
    },
    findings: {
      session: { ...session, authenticatedUser: given.user ?? null },
      authentication:
        given.policy === undefined
          ? null
          : authentication(dmarc.result, dmarc.policy, { dmarc: { ...dmarc, domain } }),
      decrypt: given.signature ? { ...notEncrypted, signature: given.signature, signer } : notEncrypted,
      facts: given.facts,
    },
  };
}

function evidenceOf({
  addresses,
  network,
  keys = [],
  emails = [],
}: Omit<Vector, 'name' | 'facts'>): ContactEvidence {
  return {
    addresses: addresses ?? [friend],
    ownAddresses: [owner],
    keys: keys.map(key => ({ state: 'usable', strength: 'strong', ...key })),
    emails: emails.flatMap(email => Array.from({ length: email.times ?? 1 }, () => emailOf(email))),
    network: network ?? null,
  };
}

describe('the facts of a contact', () => {
  for (const { name, facts, ...given } of vectors) {
    it(name, () => {
      const found = contactFacts(evidenceOf(given));
      assert.deepEqual(found, facts);
      assert.equal(checkFacts('contact', found), found);
    });
  }
});

const unproven = fc.record({
  sender: fc.constantFrom('none', 'failed', 'unknown'),
  encryption: fc.constantFrom('strong', 'weak', 'none'),
  lastHop: fc.constantFrom('modern', 'dated', 'old', 'none'),
  tracking: fc.constantFrom('clean', 'tracked'),
});
const forgery: fc.Arbitrary<GivenEmail> = fc.record({
  facts: unproven,
  author: fc.constantFrom(friend, owner),
  policy: fc.constantFrom('none', 'quarantine', 'reject', null),
  signature: fc.constantFrom('seen', 'unknownKey'),
  signer: fc.constantFrom(friend, owner),
});
/** Mail of a domain that is not the contact's, however well it is signed. */
const foreign: fc.Arbitrary<GivenEmail> = fc.record({
  facts: unproven.map(facts => ({ ...facts, sender: 'dmarc' })),
  author: fc.constantFrom('else@friend.example', 'friend@else.example', owner),
  policy: fc.constantFrom('none', 'reject'),
});
const genuine: fc.Arbitrary<GivenEmail> = fc.record({
  facts: unproven.map(facts => ({ ...facts, sender: 'dmarc' })),
  policy: fc.constantFrom('none', 'reject'),
});

describe('nobody who is not the contact', () => {
  it('changes its index by writing in its name, or in the name of its owner', () => {
    fc.assert(
      fc.property(
        fc.array(genuine, { maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(20), fc.oneof(forgery, foreign)), { minLength: 1, maxLength: 12 }),
        (mail, forged) => {
          const mixed = [...mail];
          for (const [place, email] of forged) mixed.splice(place, 0, email);
          const value = (emails: GivenEmail[]) =>
            computeIndex('contact', contactFacts(evidenceOf({ emails }))).value;
          assert.equal(value(mixed), value(mail));
        },
      ),
    );
  });
});
