import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cardOf, checkCard, contactOf } from '../../../webmail/api/jmap/card.ts';
import { SetError } from '../../../webmail/api/jmap/errors.ts';
import { applyPatch } from '../../../webmail/api/jmap/patch.ts';
import { openTestWeb, type TestWeb } from './web.ts';

const zoe = {
  name: {
    full: 'Zoe Demo',
    components: [
      { kind: 'given', value: 'Zoe' },
      { kind: 'surname', value: 'Demo' },
    ],
  },
  emails: { e1: { address: 'Zoe@Friend.example' } },
  notes: { n1: { note: 'Likes teapots' } },
};
const yan = { name: { full: 'Yan' }, kind: 'org', emails: { e1: { address: 'yan@work.example' } } };

async function create(web: TestWeb, ...cards: Record<string, unknown>[]): Promise<string[]> {
  const records = Object.fromEntries(cards.map((card, at) => [`c${at}`, card]));
  const answer = await web.ask('ContactCard/set', { create: records });
  assert.equal(answer.notCreated, null, JSON.stringify(answer.notCreated));
  return cards.map((_card, at) => answer.created[`c${at}`].id);
}

describe('§1.4.1 the capability', () => {
  it('is in the session with its limits', async t => {
    const web = await openTestWeb(t);
    const session = await (await web.fetch('/jmap/session')).json();
    const urn = 'urn:ietf:params:jmap:contacts';
    assert.deepEqual(session.capabilities[urn], {});
    assert.deepEqual(session.accounts[web.account.id].accountCapabilities[urn], {
      maxAddressBooksPerCard: 1,
      mayCreateAddressBook: false,
    });
    assert.equal(session.primaryAccounts[urn], web.account.id);
  });
});

describe('§2 address books', () => {
  it('there is one, and it never changes', async t => {
    const web = await openTestWeb(t);
    const { list, notFound, state } = await web.ask('AddressBook/get', { ids: ['default', 'other'] });
    assert.deepEqual([list[0].isDefault, list[0].myRights.mayWrite, notFound], [true, true, ['other']]);
    const changes = await web.ask('AddressBook/changes', { sinceState: state });
    assert.deepEqual([changes.newState, changes.updated], [state, []]);
    assert.equal(await web.refuse('AddressBook/changes', { sinceState: 'x' }), 'cannotCalculateChanges');
    assert.deepEqual(
      Object.keys((await web.ask('AddressBook/get', { properties: ['name'] })).list[0]).sort(),
      ['id', 'name'],
    );
  });
});

describe('§3.5 ContactCard/set', () => {
  it('makes a card, tells what it added, and gives it back', async t => {
    const web = await openTestWeb(t);
    const { created } = await web.ask('ContactCard/set', { create: { new: zoe } });
    const told = created.new;
    assert.match(told.uid, /^urn:uuid:/);
    assert.deepEqual(told.addressBookIds, { default: true });
    const { list } = await web.ask('ContactCard/get', { ids: [told.id] });
    assert.deepEqual(list, [{ ...zoe, ...told }]);
    const [contact] = await web.store.findContacts(web.account.id, ['email:zoe@friend.example']);
    assert.deepEqual([contact?.id, contact?.name], [told.id, 'Zoe Demo']);
  });

  it('indexes a card at once; `privacy` is given by name alone', async t => {
    const web = await openTestWeb(t);
    const [id] = await create(web, zoe);
    const { list } = await web.ask('ContactCard/get', { ids: [id], properties: ['privacy', 'name'] });
    assert.deepEqual(Object.keys(list[0]).sort(), ['id', 'name', 'privacy']);
    const { subject, value, facts } = list[0].privacy;
    assert.deepEqual([subject, typeof value, facts.length], ['contact', 'number', 9]);
    assert.equal('privacy' in (await web.ask('ContactCard/get', { ids: [id] })).list[0], false);
  });

  it('changes by pointers, and what is searched with it', async t => {
    const web = await openTestWeb(t);
    const [id] = await create(web, zoe);
    const update = {
      [id ?? '']: { 'emails/e2': { address: 'zoe@else.example' }, 'emails/e1': null, notes: null },
    };
    const answer = await web.ask('ContactCard/set', { update });
    assert.deepEqual(Object.keys(answer.updated[id ?? '']), ['updated']);
    const [contact] = await web.store.findContacts(web.account.id, ['email:zoe@else.example']);
    assert.deepEqual(contact?.addresses, ['email:zoe@else.example']);
    const { list } = await web.ask('ContactCard/get', { ids: [id], properties: ['emails', 'notes'] });
    assert.deepEqual(list, [{ id, emails: { e2: { address: 'zoe@else.example' } } }]);
  });

  it('refuses what is no card, naming the properties', async t => {
    const web = await openTestWeb(t);
    const bad: [Record<string, unknown>, string[]][] = [
      [{ name: 'Zoe' }, ['name']],
      [{ emails: { e1: { address: 'nobody' } } }, ['emails']],
      [{ emails: { 'not an id': { address: 'zoe@friend.example' } } }, ['emails']],
      [{ addressBookIds: { other: true } }, ['addressBookIds']],
      [{ addressBookIds: {} }, ['addressBookIds']],
      [{ id: 'Pmine' }, ['id']],
      [{ privacy: { value: 100 } }, ['privacy']],
      [{ unheardOf: 1, kind: 7 }, ['unheardOf', 'kind']],
      [{ notes: { n1: { note: 'x'.repeat(100_001) } } }, []],
    ];
    for (const [card, properties] of bad) {
      const { notCreated } = await web.ask('ContactCard/set', { create: { new: card } });
      assert.deepEqual([notCreated.new.type, notCreated.new.properties], ['invalidProperties', properties]);
    }
    assert.deepEqual(await web.store.listContacts(web.account.id), { items: [], next: null });
  });

  it('keeps what others add under names of their own', async t => {
    const web = await openTestWeb(t);
    const [id] = await create(web, { ...zoe, 'demo.example:shoe': { size: 39 } });
    const { list } = await web.ask('ContactCard/get', { ids: [id], properties: ['demo.example:shoe'] });
    assert.deepEqual(list[0]['demo.example:shoe'], { size: 39 });
    assert.equal(
      await web.refuse('ContactCard/get', { ids: [id], properties: ['shoe'] }),
      'invalidArguments',
    );
  });

  it('refuses patches that fit nowhere, and what is not theirs to change', async t => {
    const web = await openTestWeb(t);
    const [id = ''] = await create(web, zoe);
    const patches: [Record<string, unknown>, string][] = [
      [{ 'phones/p1/number': '1' }, 'invalidPatch'],
      [{ 'name/components/0': { kind: 'given', value: 'Z' } }, 'invalidPatch'],
      [{ emails: null, 'emails/e1': null }, 'invalidPatch'],
      [{ uid: 'another' }, 'invalidProperties'],
      [{ 'addressBookIds/default': null }, 'invalidProperties'],
      [{ privacy: null, 'name/full': 7 }, 'invalidProperties'],
    ];
    for (const [patch, type] of patches) {
      const { notUpdated } = await web.ask('ContactCard/set', { update: { [id]: patch } });
      assert.equal(notUpdated?.[id]?.type, type, JSON.stringify(patch));
    }
    assert.deepEqual(
      (await web.ask('ContactCard/get', { ids: [id], properties: ['emails'] })).list[0].emails,
      zoe.emails,
    );
  });

  it('destroys, and says what is not there', async t => {
    const web = await openTestWeb(t);
    const [id = ''] = await create(web, zoe);
    const answer = await web.ask('ContactCard/set', { destroy: [id, 'Pnone'], update: { Pnone: {} } });
    assert.deepEqual(
      [answer.destroyed, answer.notDestroyed.Pnone.type, answer.notUpdated.Pnone.type],
      [[id], 'notFound', 'notFound'],
    );
    assert.deepEqual((await web.ask('ContactCard/get', { ids: [id] })).notFound, [id]);
  });

  it('refuses a state that has passed', async t => {
    const web = await openTestWeb(t);
    const { state } = await web.ask('ContactCard/get', { ids: [] });
    await create(web, zoe);
    assert.equal(await web.refuse('ContactCard/set', { ifInState: state, destroy: [] }), 'stateMismatch');
  });
});

describe('§3.2 ContactCard/changes', () => {
  it('tells what was made, changed and destroyed', async t => {
    const web = await openTestWeb(t);
    const { state } = await web.ask('ContactCard/get', { ids: [] });
    const [one = '', two = ''] = await create(web, zoe, yan);
    const middle = await web.ask('ContactCard/changes', { sinceState: state });
    assert.deepEqual([...middle.created].sort(), [one, two].sort());
    await web.ask('ContactCard/set', { update: { [one]: { kind: 'individual' } }, destroy: [two] });
    const later = await web.ask('ContactCard/changes', { sinceState: middle.newState });
    assert.deepEqual([later.created, later.updated, later.destroyed], [[], [one], [two]]);
  });
});

describe('§3.3 ContactCard/query', () => {
  it('finds by every condition', async t => {
    const web = await openTestWeb(t);
    const [one = '', two = ''] = await create(web, zoe, yan);
    const team = { kind: 'group', uid: 'team', members: { m1: true }, name: { full: 'Équipe' } };
    const [three = ''] = await create(web, team);
    const finds: [Record<string, unknown>, string[]][] = [
      [{ inAddressBook: 'default' }, [one, two, three]],
      [{ inAddressBook: 'other' }, []],
      [{ uid: 'team' }, [three]],
      [{ hasMember: 'm1' }, [three]],
      [{ kind: 'org' }, [two]],
      [{ kind: 'individual' }, [one]],
      [{ text: 'teapots' }, [one]],
      [{ name: 'equipe' }, [three]],
      [{ 'name/given': 'zoe' }, [one]],
      [{ 'name/surname': 'demo' }, [one]],
      [{ 'name/surname2': 'demo' }, []],
      [{ email: 'WORK.example' }, [two]],
      [{ note: 'teapots likes' }, [one]],
      [{ phone: '1' }, []],
      [{ createdAfter: '2026-03-01T00:00:00Z' }, [one, two, three]],
      [{ updatedBefore: '2026-03-01T00:00:00Z' }, []],
      [{ operator: 'NOT', conditions: [{ text: 'zoe' }, { kind: 'org' }] }, [three]],
      [{ kind: 'org', text: 'zoe' }, []],
    ];
    for (const [filter, ids] of finds) {
      const answer = await web.ask('ContactCard/query', { filter, calculateTotal: true });
      assert.deepEqual(
        [[...answer.ids].sort(), answer.total],
        [ids.sort(), ids.length],
        JSON.stringify(filter),
      );
    }
    assert.equal(await web.refuse('ContactCard/query', { filter: { shoe: '39' } }), 'unsupportedFilter');
    assert.equal(await web.refuse('ContactCard/query', { filter: { text: 39 } }), 'invalidArguments');
    for (const createdAfter of ['2026', '2026-03-01', '2026-03-01T00:00:00+01:00', 'soon']) {
      assert.equal(await web.refuse('ContactCard/query', { filter: { createdAfter } }), 'invalidArguments');
    }
  });

  it('sorts, and gives the part that is wanted', async t => {
    const web = await openTestWeb(t);
    const [one = '', two = ''] = await create(web, zoe, yan);
    const by = (property: string, isAscending: boolean) => ({ sort: [{ property, isAscending }] });
    assert.deepEqual((await web.ask('ContactCard/query', by('name/given', true))).ids, [two, one]);
    assert.deepEqual((await web.ask('ContactCard/query', by('name/given', false))).ids, [one, two]);
    const part = await web.ask('ContactCard/query', { ...by('name/given', true), position: 1 });
    assert.deepEqual([part.ids, part.position, part.canCalculateChanges], [[one], 1, false]);
    assert.equal(await web.refuse('ContactCard/query', by('shoe', true)), 'unsupportedSort');
    const collated = (collation: string) => ({ sort: [{ property: 'name/given', collation }] });
    assert.deepEqual((await web.ask('ContactCard/query', collated('i;unicode-casemap'))).ids, [two, one]);
    assert.equal(await web.refuse('ContactCard/query', collated('i;octet')), 'unsupportedSort');
    const since = { sinceQueryState: part.queryState };
    assert.equal(await web.refuse('ContactCard/queryChanges', since), 'cannotCalculateChanges');
  });
});

describe('a card', () => {
  it('that was made without one is still a card', async t => {
    const web = await openTestWeb(t);
    const { id } = await web.store.putContact(web.account.id, {
      name: 'Zoe',
      addresses: ['email:zoe@friend.example', 'xmpp:zoe@friend.example'],
      card: null,
      index: null,
      facts: null,
    });
    const { list } = await web.ask('ContactCard/get', {});
    assert.deepEqual(list[0].emails, { e1: { address: 'zoe@friend.example' } });
    checkCard(list[0]);
    await web.ask('ContactCard/set', { update: { [id]: { 'name/full': 'Zoe D.' } } });
    const contact = await web.store.getContact(web.account.id, id);
    assert.deepEqual(
      [contact?.name, contact?.addresses],
      ['Zoe D.', ['email:zoe@friend.example', 'xmpp:zoe@friend.example']],
    );
  });

  it('comes back from the store as it was given', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const card = fc.record(
      {
        '@type': fc.constant('Card'),
        version: fc.constant('1.0'),
        uid: fc.uuid(),
        name: fc.record({ full: text }),
        nicknames: fc.dictionary(fc.stringMatching(/^[a-z0-9_-]{1,8}$/), fc.record({ name: text })),
        emails: fc.dictionary(
          fc.stringMatching(/^[a-z0-9]{1,8}$/),
          fc.record({ address: fc.emailAddress() }),
        ),
      },
      { requiredKeys: ['@type', 'version', 'uid'] },
    );
    fc.assert(
      fc.property(card, given => {
        const placed = { ...given, addressBookIds: { default: true } };
        checkCard(placed);
        const kept = { ...contactOf(placed, null), id: 'P1', index: null, facts: null };
        assert.deepEqual(cardOf(kept), { ...placed, id: 'P1' });
      }),
    );
  });

  it('is patched or refused, whatever the patch says', () => {
    const record = { name: { full: 'Zoe' }, emails: { e1: { address: 'zoe@friend.example' } }, list: [1] };
    const token = fc.constantFrom(
      'name',
      'full',
      'emails',
      'e1',
      'address',
      '__proto__',
      'list',
      '0',
      '',
      '~0',
      'constructor',
    );
    const pointer = fc.array(token, { minLength: 1, maxLength: 4 }).map(tokens => tokens.join('/'));
    const before = JSON.stringify(record);
    fc.assert(
      fc.property(
        fc.dictionary(pointer, fc.oneof(fc.constant(null), fc.jsonValue()), { maxKeys: 3 }),
        patch => {
          try {
            applyPatch(record, patch);
          } catch (error) {
            assert.ok(error instanceof SetError);
          }
          assert.equal(JSON.stringify(record), before);
          assert.equal(Object.getPrototypeOf({}), Object.prototype);
          assert.deepEqual(Object.keys(Object.prototype), []);
        },
      ),
    );
  });
});
