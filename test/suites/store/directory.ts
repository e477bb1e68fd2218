import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coded, type StoreFactory, withAccount, withStore } from './under-test.ts';

/** Tenants, domains, addresses, accounts, credentials, secrets. */
export function directorySuite(factory: StoreFactory): void {
  describe('directory: domains and accounts', () => domainCases(factory));
  describe('directory: addresses', () => addressCases(factory));
  describe('directory: credentials and secrets', () => secretCases(factory));
}

function domainCases(factory: StoreFactory): void {
  it('a domain is claimed once, in any spelling', () =>
    withStore(factory, async ({ store }) => {
      assert.equal((await store.addDomain('Bücher.Example')).name, 'xn--bcher-kva.example');
      await assert.rejects(store.addDomain('bücher.example.'), coded('alreadyExists'));
      assert.equal(await store.isLocalDomain('BÜCHER.example'), true);
      assert.equal(await store.isLocalDomain('other.example'), false);
    }));

  it('what is no domain name is refused', () =>
    withStore(factory, async ({ store }) => {
      for (const name of ['', 'a b', '-.example', `${'a'.repeat(64)}.example`]) {
        await assert.rejects(store.addDomain(name), coded('badAddress'), name);
      }
    }));

  it('two clients that claim one name at once: one gets it', () =>
    withStore(factory, async ({ store, another }) => {
      const other = await another();
      const claims = await Promise.allSettled(
        [store, other, store, other].map(s => s.addDomain('race.example')),
      );
      assert.equal(claims.filter(({ status }) => status === 'fulfilled').length, 1);
    }));

  it('an account has its system tags and an own hash key', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const other = await store.addAccount({
        address: 'eve@example.org',
        displayName: 'Eve',
        quotaOctets: 5,
      });
      const account = await store.getAccount(accountId);
      assert.equal(account?.hashKey.byteLength, 32);
      assert.notDeepEqual(account?.hashKey, other.hashKey);
      assert.deepEqual([other.displayName, other.quotaOctets, other.custody], ['Eve', 5, 'none']);
      const roles = (await store.listTags(other.id)).map(({ role }) => role);
      assert.deepEqual(roles, ['inbox', 'archive', 'drafts', 'sent', 'junk', 'trash']);
    }));

  it('an account needs a served domain, a free address and a valid one', () =>
    withAccount(factory, async ({ store }) => {
      await assert.rejects(store.addAccount({ address: 'x@elsewhere.example' }), coded('notFound'));
      await assert.rejects(store.addAccount({ address: 'ADA@Example.ORG' }), coded('alreadyExists'));
      await assert.rejects(store.addAccount({ address: 'a b@example.org' }), coded('badAddress'));
      const taken = { address: 'new@example.org', aliases: ['ada@example.org'] };
      await assert.rejects(store.addAccount(taken), coded('alreadyExists'));
      assert.equal(await store.getAccountByAddress('new@example.org'), null);
    }));

  it('bulk creation goes on where it stopped', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const names = ['a.example', 'b.example', 'no domain', 'a.example'];
      const domains = await store.addDomains(names);
      assert.deepEqual(
        domains.map(({ outcome }) => outcome),
        ['created', 'created', 'failed', 'exists'],
      );
      const accounts = [
        { address: 'ada@example.org' },
        { address: 'new@a.example' },
        { address: 'x@none.example' },
      ];
      const first = await store.addAccounts(accounts);
      assert.deepEqual(
        first.map(({ outcome }) => outcome),
        ['exists', 'created', 'failed'],
      );
      assert.equal(first[0]?.id, accountId);
      assert.equal(first[2]?.code, 'notFound');
      assert.deepEqual(
        (await store.addAccounts(accounts)).map(({ outcome }) => outcome),
        ['exists', 'exists', 'failed'],
      );
      assert.equal((await store.listTags(first[1]?.id ?? '')).length, 6);
    }));

  it('an account that was not made because an address of it is taken does not count as there', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.addDomain('a.example');
      await store.addAlias('taken@a.example', accountId);
      const results = await store.addAccounts([
        { address: 'new@a.example', aliases: ['taken@a.example'] },
        { address: 'taken@a.example' },
        { address: 'twice@a.example' },
        { address: 'twice@a.example', aliases: ['more@a.example'] },
      ]);
      assert.deepEqual(
        results.map(({ outcome, code }) => [outcome, code]),
        [
          ['failed', 'alreadyExists'],
          ['failed', 'alreadyExists'],
          ['created', undefined],
          ['exists', 'alreadyExists'],
        ],
      );
      assert.equal(results[3]?.id, results[2]?.id);
      assert.equal(await store.getAccountByAddress('new@a.example'), null);
    }));

  it('accounts and domains are listed in pages that miss none', () =>
    withStore(factory, async ({ store }) => {
      await store.addDomains(['a.example', 'b.example', 'c.example']);
      const addresses = Array.from({ length: 25 }, (_unused, n) => ({
        address: `u${n}@${n % 2 ? 'a' : 'b'}.example`,
      }));
      await store.addAccounts(addresses);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof store.listAccounts>> = await store.listAccounts({
          after,
          limit: 7,
        });
        seen.push(...page.items.map(({ address }) => address));
        after = page.next;
      } while (after);
      assert.deepEqual(seen.sort(), addresses.map(({ address }) => address).sort());
      assert.equal((await store.listAccounts({ domain: 'A.example' })).items.length, 12);
      const domains = await store.listDomains({ limit: 2 });
      const rest = await store.listDomains({ after: domains.next });
      assert.deepEqual(
        [...domains.items, ...rest.items].map(({ name }) => name),
        ['a.example', 'b.example', 'c.example'],
      );
      await assert.rejects(store.listDomains({ after: 'nonsense' }), coded('badRequest'));
    }));

  it('a domain with addresses stays, an empty one goes', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await assert.rejects(store.removeDomain('example.org'), coded('badRequest'));
      await store.removeAccount(accountId);
      await store.removeDomain('example.org');
      assert.equal(await store.getDomain('example.org'), null);
    }));

  it('tenants, roles and the limit of accounts hold', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const reseller = await store.addTenant({ name: 'Reseller' });
      const tenant = await store.addTenant({ name: 'Customer', parentId: reseller.id, maxAccounts: 1 });
      await assert.rejects(store.addTenant({ name: 'x', parentId: 'Tnone' }), coded('notFound'));
      await store.addDomain('customer.example', { tenantId: tenant.id });
      await store.addAccount({ address: 'one@customer.example' });
      await assert.rejects(store.addAccount({ address: 'two@customer.example' }), coded('forbidden'));
      assert.deepEqual(await store.getTenant(tenant.id), tenant);
      await store.grantRole(accountId, 'domainAdmin', 'example.org');
      await store.grantRole(accountId, 'domainAdmin', 'example.org');
      assert.deepEqual(await store.listRoles(accountId), [{ role: 'domainAdmin', scope: 'example.org' }]);
      await store.revokeRole(accountId, 'domainAdmin', 'example.org');
      assert.deepEqual(await store.listRoles(accountId), []);
    }));

  it('an update changes what it names and nothing else', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const changed = await store.updateAccount(accountId, { quotaOctets: 10, state: 'closed' });
      assert.deepEqual(
        [changed.quotaOctets, changed.state, changed.address],
        [10, 'closed', 'ada@example.org'],
      );
      await assert.rejects(store.updateAccount('Anobody', {}), coded('notFound'));
    }));
}

function addressCases(factory: StoreFactory): void {
  it('an address leads to its account exactly, by detail, by alias, by catch-all', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.addAlias('info@example.org', accountId);
      await store.addAlias('a+b@example.org', accountId);
      const exact = { accountId, via: 'exact', detail: null };
      assert.deepEqual(await store.resolveAddress('ADA@EXAMPLE.ORG'), exact);
      assert.deepEqual(await store.resolveAddress('"ada"@example.org'), exact);
      assert.deepEqual(await store.resolveAddress('info@example.org'), exact);
      assert.deepEqual(await store.resolveAddress('a+b@example.org'), exact);
      assert.deepEqual(await store.resolveAddress('ada+x+y@example.org'), {
        accountId,
        via: 'detail',
        detail: 'x+y',
      });
      assert.equal(await store.resolveAddress('nobody@example.org'), null);
      assert.equal(await store.resolveAddress('ada@other.example'), null);
      assert.equal(await store.resolveAddress('no address'), null);
      await store.setCatchAll('example.org', accountId);
      assert.deepEqual(await store.resolveAddress('nobody@example.org'), {
        accountId,
        via: 'catchAll',
        detail: null,
      });
      await store.setCatchAll('example.org', null);
      assert.equal(await store.resolveAddress('nobody@example.org'), null);
    }));

  it('a door learns about a forward-path in one call', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.updateAccount(accountId, { custody: 'client', quotaOctets: 100 });
      const receiver = { accountId, address: 'ada@example.org', custody: 'client', refusal: null };
      assert.deepEqual(await store.findReceiver('ADA+x@EXAMPLE.ORG', 100), receiver);
      assert.deepEqual(await store.findReceiver('ada@example.org', 101), {
        ...receiver,
        refusal: 'overQuota',
      });
      await store.updateAccount(accountId, { state: 'closed' });
      assert.equal((await store.findReceiver('ada@example.org', 0))?.refusal, 'recipientUnavailable');
      assert.equal(await store.findReceiver('nobody@example.org', 0), null);
      assert.equal(await store.findReceiver('no address', 0), null);
    }));

  it('internationalized local parts and domains compare in every spelling', () =>
    withStore(factory, async ({ store }) => {
      await store.addDomain('bücher.example');
      const { id } = await store.addAccount({ address: 'Élodie@bücher.example' });
      assert.equal((await store.resolveAddress('élodie@xn--bcher-kva.example'))?.accountId, id);
      assert.equal((await store.resolveAddress('E\u0301lodie@BÜCHER.example'))?.accountId, id);
    }));

  it('aliases are claimed, listed and removed; the primary address stays', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.addAlias('info@example.org', accountId);
      await assert.rejects(store.addAlias('INFO@example.org', accountId), coded('alreadyExists'));
      const rows = (await store.listAddresses(accountId)).map(({ address, kind }) => `${kind} ${address}`);
      assert.deepEqual(rows, ['primary ada@example.org', 'alias info@example.org']);
      assert.deepEqual((await store.getOwner(accountId))?.addresses, ['ada@example.org', 'info@example.org']);
      await store.removeAlias('info@example.org');
      await assert.rejects(store.removeAlias('info@example.org'), coded('notFound'));
      await assert.rejects(store.removeAlias('ada@example.org'), coded('notFound'));
      assert.equal(await store.resolveAddress('info@example.org'), null);
    }));
}

function secretCases(factory: StoreFactory): void {
  const hash = (name: string): Uint8Array => new Uint8Array(Buffer.from(name.padEnd(32, '-')));

  it('a password hash is kept and taken away', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.setPasswordHash(accountId, '$argon2id$demo');
      assert.equal((await store.getCredentials(accountId))?.passwordHash, '$argon2id$demo');
      await store.setPasswordHash(accountId, null);
      assert.equal((await store.getCredentials(accountId))?.passwordHash, null);
      assert.equal(await store.getCredentials('Anobody'), null);
    }));

  it('a new password ends sessions and tickets, and tokens unless they are kept', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const kinds = ['session', 'ticket', 'bearer', 'appPassword'] as const;
      for (const kind of kinds) await store.addSecret({ accountId, kind, hash: hash(kind) });
      const left = async () => {
        const lists = await Promise.all(kinds.map(kind => store.listSecrets(accountId, kind)));
        return lists.flat().map(({ kind }) => kind);
      };
      await store.setPasswordHash(accountId, 'one', { keepTokens: true });
      assert.deepEqual(await left(), ['bearer', 'appPassword']);
      await store.setPasswordHash(accountId, 'two');
      assert.deepEqual(await left(), []);
    }));

  it('a secret is found by kind and hash until it expires', () =>
    withAccount(factory, async ({ store, accountId, clock }) => {
      const expiresAt = new Date(clock.now().getTime() + 60_000);
      const secret = await store.addSecret({
        accountId,
        kind: 'session',
        hash: hash('one'),
        expiresAt,
        data: { a: 1 },
      });
      assert.deepEqual(await store.findSecret('session', hash('one')), secret);
      assert.equal(await store.findSecret('bearer', hash('one')), null);
      assert.equal(await store.findSecret('session', hash('two')), null);
      const used = clock.now();
      await store.touchSecret(accountId, secret.id, used);
      clock.advance(59);
      await store.touchSecret(accountId, secret.id, clock.now());
      assert.deepEqual((await store.listSecrets(accountId, 'session'))[0]?.lastUsedAt, used);
      clock.advance(1);
      assert.equal(await store.findSecret('session', hash('one')), null);
      assert.deepEqual(await store.listSecrets(accountId, 'session'), []);
    }));

  it('a ticket is taken once, however many ask at once', () =>
    withAccount(factory, async ({ store, another, accountId }) => {
      await store.addSecret({ accountId, kind: 'ticket', hash: hash('t'), data: 'x' });
      const other = await another();
      const taken = await Promise.all(
        [store, other, store, other].map(s => s.takeSecret('ticket', hash('t'))),
      );
      assert.equal(taken.filter(Boolean).length, 1);
    }));

  it('a removed secret is gone', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const { id } = await store.addSecret({
        accountId,
        kind: 'appPassword',
        hash: hash('p'),
        label: 'phone',
      });
      await assert.rejects(
        store.addSecret({ accountId, kind: 'appPassword', hash: hash('p') }),
        coded('alreadyExists'),
      );
      await store.removeSecret(accountId, id);
      assert.equal(await store.findSecret('appPassword', hash('p')), null);
    }));
}
