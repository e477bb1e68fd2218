import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '../../../../delivery/store/cassandra/directory/making.ts';
import { slotOf } from '../../../../delivery/store/cassandra/directory/slots.ts';
import { writeGeneration } from '../../../../delivery/store/cassandra/generations.ts';
import { holderOf } from '../../../../delivery/store/cassandra/personal/account-states.ts';
import { keySlot } from '../../../../delivery/store/cassandra/zones/slot-pages.ts';
import type { PublishedKey } from '../../../../delivery/store/store.ts';
import { bucket, type Damaged, openDamaged } from './damage.ts';
import { dyingAfter } from './parts.ts';

interface Row {
  readonly kinds: readonly string[];
  /** Damages what an account hangs on; its address is `u0@example.org`, and so on. */
  readonly damage: (damaged: Damaged, account: { id: string; address: string }) => Promise<void>;
  /** True: the self-check of the account finds it. */
  readonly isChecked?: boolean;
}

const own = {
  ...{ address: 'ada@example.org', fingerprint: 'ab', octets: new Uint8Array([1]) },
  ...({ source: 'own', state: 'usable', firstSeenAt: new Date('2026-02-01T00:00:00Z') } as const),
};

function published(accountId: string, address: string): PublishedKey {
  const [localPart = '', domain = ''] = address.split('@');
  return {
    ...{ domain, localPart, kind: 'openpgp', accountId, fingerprint: 'ab', octets: new Uint8Array([1]) },
    ...{ state: 'usable', publishedAt: new Date('2026-02-01T00:00:00Z') },
  };
}

const rows: Readonly<Record<string, Row>> = {
  'no list has an account': {
    kinds: ['accountUnlisted', 'accountUnlisted', 'accountUnlisted'],
    isChecked: true,
    async damage({ cql }, { id }) {
      await cql('delete from account_list where slot = ? and id = ?', [slotOf(id), id]);
      await cql("delete from account_of_domain where domain = 'example.org' and id = ?", [id]);
      await cql("delete from account_of_tenant where tenant = 'Instance' and id = ?", [id]);
    },
  },
  'lists name an account that is gone': {
    kinds: ['accountLeftover', 'accountLeftover', 'accountLeftover'],
    async damage({ cql }) {
      const id = 'A--------aaaaaaaaaaaa';
      await cql('insert into account_list (slot, id) values (?, ?)', [slotOf(id), id]);
      await cql("insert into account_of_domain (domain, id) values ('example.org', ?)", [id]);
      await cql("insert into account_of_tenant (tenant, id) values ('Instance', ?)", [id]);
    },
  },
  'the making of an account was cut short': {
    kinds: ['accountHalfMade'],
    async damage({ directory }) {
      const { session } = directory.context;
      const dying = { ...directory.context, session: dyingAfter(3)(session) };
      await assert.rejects(addAccount(dying, { address: 'half@example.org' }));
    },
  },
  'nobody ends the removal of an account': {
    kinds: ['removalUnlisted'],
    isChecked: true,
    damage: ({ cql }, { id }) => cql('update account set gone = true where id = ?', [id]),
  },
  'an own address is in no list': {
    kinds: ['addressUnlisted'],
    isChecked: true,
    async damage({ cql }, { id, address }) {
      await cql('delete from address_of_account where account = ? and key = ?', [id, address]);
      await cql("delete from address_of_domain where domain = 'example.org' and key = ?", [address]);
    },
  },
  'an alias is in no list': {
    kinds: ['addressUnlisted'],
    async damage({ directory, cql }, { id, address }) {
      await directory.addAlias(`other-${address}`, id);
      await cql('delete from address_of_account where account = ? and key = ?', [id, `other-${address}`]);
    },
  },
  'lists name an address that is not claimed': {
    kinds: ['addressLeftover', 'addressLeftover'],
    async damage({ cql }, { id }) {
      const key = 'nobody@example.org';
      await cql("insert into address_of_account (account, key, address, kind) values (?, ?, ?, 'alias')", [
        id,
        key,
        key,
      ]);
      await cql("insert into address_of_domain (domain, key, account) values ('example.org', ?, ?)", [
        key,
        id,
      ]);
    },
  },
  'an address is claimed for an account that is gone': {
    kinds: ['addressLeftover'],
    async damage({ directory }) {
      await directory.context.session.claim(
        `insert into address (key, address, domain, account, kind, claim)
         values ('gone@example.org', 'gone@example.org', 'example.org', 'A0gone', 'primary', 'x') if not exists`,
        [],
      );
    },
  },
  'a domain is in no list': {
    kinds: ['domainUnlisted'],
    damage: ({ cql }) =>
      cql("delete from domain_list where slot = ? and name = 'example.org'", [slotOf('example.org')]),
  },
  'an account does not know whose catch-all it is': {
    kinds: ['catchAllUnlisted'],
    async damage({ directory, cql }, { id }) {
      await directory.setCatchAll('example.org', id);
      await cql('delete from catch_all_of_account where account = ?', [id]);
    },
  },
  'an own key is not where deliveries look': {
    kinds: ['ownKeyWrong'],
    isChecked: true,
    async damage({ directory, cql }, { id }) {
      await directory.putPublicKey(id, own);
      await cql('delete from own_key where account = ?', [id]);
    },
  },
  'an own key is another where deliveries look, and one is nobody knows': {
    kinds: ['ownKeyLeftover', 'ownKeyWrong'],
    isChecked: true,
    async damage({ directory, cql }, { id }) {
      await directory.putPublicKey(id, own);
      const insert =
        'insert into own_key (account, address, fingerprint, octets, state) values (?, ?, ?, ?, ?)';
      await cql(insert, [id, own.address, 'ab', Buffer.from([2]), 'usable']);
      await cql(insert, [id, own.address, 'cd', Buffer.from([3]), 'usable']);
    },
  },
  'older code took an alias and left its key, and an account is listed with a key that is not published': {
    kinds: ['publishedKeyLeftover', 'publishedKeyWithoutAddress'],
    isChecked: true,
    async damage({ directory, cql }, { id, address }) {
      const alias = `key-${address}`;
      await directory.addAlias(alias, id);
      for (const one of [alias, address]) await directory.publishKey(published(id, one));
      await cql('delete from address_of_account where account = ? and key = ?', [id, alias]);
      await cql("delete from address_of_domain where domain = 'example.org' and key = ?", [alias]);
      await directory.context.session.claim('delete from address where key = ? if exists', [alias]);
      await cql('delete from published_key where slot = ? and key = ?', [keySlot(address), address]);
    },
  },
  'a key of an account that is gone is published, and one is not in the list of its account': {
    kinds: ['publishedKeyUnlisted', 'publishedKeyWithoutAddress'],
    async damage({ directory, cql }, { id, address }) {
      await directory.publishKey(published(id, address));
      await cql('delete from published_key_of_account where account = ?', [id]);
      const key = 'left@example.org';
      await cql(
        `insert into published_key (slot, key, kind, account, local_part, fingerprint, octets, state, published)
         values (?, ?, 'openpgp', 'A0gone', 'left', '', 0x00, 'usable', 0)`,
        [keySlot(key), key],
      );
    },
  },
  'octets of a state are left that no state names': {
    kinds: ['stateLeftover'],
    async damage({ directory }, { id }) {
      await directory.putAccountState(id, 'model', new Uint8Array(300_000), null);
      await writeGeneration(directory.context, holderOf(id), new Uint8Array(300_000));
    },
  },
  'a contact is not found by its address': {
    kinds: ['contactUnlisted'],
    async damage({ directory, cql }, { id }) {
      const addresses = ['email:bob@example.net', 'email:bob@example.com'];
      await directory.putContact(id, { name: 'Bob', addresses, card: null, index: null, facts: null });
      await cql("delete from contact_address where account = ? and address = 'email:bob@example.net'", [id]);
    },
  },
};

test('each damage of the directory is named, and mended', async t => {
  const all = Object.entries(rows);
  const damaged = await openDamaged(t, all.length);
  if (!damaged) return;
  for (const [index, [what, { kinds, damage, isChecked = false }]] of all.entries()) {
    const id: string = damaged.ids[index] ?? '';
    await damage(damaged, { id, address: `u${index}@example.org` });
    assert.deepEqual(await damaged.verify(), kinds, `${what}: named`);
    if (isChecked) assert.deepEqual(await damaged.check(id), kinds, `${what}: checked`);
    // Rows of two lists may go at once.
    assert.deepEqual(new Set(await damaged.rebuild()), new Set(kinds), `${what}: mended`);
    assert.deepEqual(await damaged.verify(), [], `${what}: gone`);
  }
  const { items } = await damaged.directory.listAccounts({ domain: 'example.org', limit: 100 });
  assert.equal(items.length, all.length - 1, 'all are there but the one that is being removed');
  assert.equal(await damaged.directory.getAccountByAddress('half@example.org'), null);
});

test('rebuilding twice at once mends all, and loses nothing', async t => {
  const damaged = await openDamaged(t, 1);
  if (!damaged) return;
  const [id = ''] = damaged.ids;
  await damaged.cql('delete from account_list where slot = ? and id = ?', [slotOf(id), id]);
  await damaged.cql('delete from bucket where account = ? and bucket = ?', [id, bucket]);
  const mended = await Promise.all([damaged.rebuild(), damaged.rebuild()]);
  assert.ok(mended.flat().includes('accountUnlisted'));
  assert.deepEqual(await damaged.verify(), []);
});
