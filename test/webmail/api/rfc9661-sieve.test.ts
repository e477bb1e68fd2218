import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount, openTestWeb, type TestWeb } from './web.ts';

const keep = 'keep;\r\n';
const files = 'require "fileinto";\r\nfileinto "Work";\r\n';

async function create(web: TestWeb, text: string, name?: string): Promise<{ id: string; blobId: string }> {
  const blobId = await web.upload(text);
  const { created, notCreated } = await web.ask('SieveScript/set', {
    create: { a: { blobId, ...(name === undefined ? {} : { name }) } },
  });
  assert.equal(notCreated, null);
  return created.a;
}

async function contentOf(web: TestWeb, blobId: string): Promise<string> {
  const answer = await web.fetch(`/jmap/download/${web.account.id}/${blobId}/script.sieve`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/sieve');
  return answer.text();
}

test('§1.3: the session tells what scripts may be and do', async t => {
  const web = await openTestWeb(t);
  const session = (await (await web.fetch('/jmap/session')).json()) as {
    capabilities: Record<string, Record<string, unknown>>;
    accounts: Record<string, { accountCapabilities: Record<string, Record<string, unknown>> }>;
    primaryAccounts: Record<string, string>;
  };
  const urn = 'urn:ietf:params:jmap:sieve';
  assert.match(String(session.capabilities[urn]?.implementation), /^Caliopen Sieve \d/);
  assert.equal(session.primaryAccounts[urn], web.account.id);
  const { sieveExtensions, ...limits } = session.accounts[web.account.id]?.accountCapabilities[urn] ?? {};
  assert.deepEqual(limits, {
    maxSizeScriptName: 512,
    maxSizeScript: 65_536,
    maxNumberScripts: 15,
    maxNumberRedirects: 0,
    notificationMethods: null,
    externalLists: null,
  });
  assert.ok(Array.isArray(sieveExtensions));
  assert.ok(sieveExtensions.includes('fileinto') && !sieveExtensions.includes('vacation'));
});

test('§2.4: a script is made, read, downloaded, changed, and destroyed', async t => {
  const web = await openTestWeb(t);
  const empty = await web.ask('SieveScript/get', { ids: null });
  assert.deepEqual(empty.list, []);
  const blobId = await web.upload(keep);
  const made = await web.ask('SieveScript/set', {
    create: { a: { name: 'first', blobId } },
    ifInState: empty.state,
  });
  const { id } = made.created.a;
  assert.deepEqual(Object.keys(made.created.a).sort(), ['blobId', 'id', 'isActive']);
  assert.deepEqual([made.oldState, made.created.a.isActive], [empty.state, false]);
  const first = await web.ask('SieveScript/get', { ids: [id, 'nobody'] });
  assert.deepEqual(first.list, [{ id, name: 'first', blobId: made.created.a.blobId, isActive: false }]);
  assert.deepEqual([first.notFound, first.state], [['nobody'], made.newState]);
  assert.equal(await contentOf(web, made.created.a.blobId), keep);
  const update = { [id]: { name: 'second', blobId: await web.upload(files) } };
  const changed = await web.ask('SieveScript/set', { update });
  assert.deepEqual(Object.keys(changed.updated[id]), ['blobId']);
  assert.equal(await contentOf(web, changed.updated[id].blobId), files);
  assert.deepEqual((await web.ask('SieveScript/get', { properties: ['name'] })).list, [
    { id, name: 'second' },
  ]);
  const gone = await web.ask('SieveScript/set', { destroy: [id, 'nobody'] });
  assert.deepEqual([gone.destroyed, gone.notDestroyed], [[id], { nobody: { type: 'notFound' } }]);
  assert.deepEqual((await web.ask('SieveScript/get', {})).list, []);
});

test('§2.4: one script is active, and each that changes is told', async t => {
  const web = await openTestWeb(t);
  const one = await web.ask('SieveScript/set', {
    create: { a: { name: 'one', blobId: await web.upload(keep) } },
    onSuccessActivateScript: '#a',
  });
  assert.equal(one.created.a.isActive, true);
  const two = await create(web, files, 'two');
  const swapped = await web.ask('SieveScript/set', { onSuccessActivateScript: two.id });
  assert.deepEqual(swapped.updated, {
    [one.created.a.id]: { isActive: false },
    [two.id]: { isActive: true },
  });
  assert.notEqual(swapped.oldState, swapped.newState);
  const unknown = await web.ask('SieveScript/set', { onSuccessActivateScript: 'nobody' });
  assert.deepEqual([unknown.updated, unknown.newState], [null, swapped.newState]);
  const noId = await web.ask('SieveScript/set', { onSuccessActivateScript: '#nobody here' });
  assert.deepEqual([noId.updated, noId.newState], [null, swapped.newState]);
  const nothing = await web.ask('SieveScript/set', { onSuccessActivateScript: null });
  assert.equal(nothing.updated, null);
  const refused = await web.ask('SieveScript/set', { destroy: [two.id] });
  assert.equal(refused.notDestroyed[two.id].type, 'sieveIsActive');
  const off = await web.ask('SieveScript/set', { onSuccessDeactivateScript: true });
  assert.deepEqual(off.updated, { [two.id]: { isActive: false } });
  assert.deepEqual((await web.ask('SieveScript/set', { destroy: [two.id] })).destroyed, [two.id]);
});

test('§2.4: both arguments together leave the named script active alone', async t => {
  const web = await openTestWeb(t);
  const [one, two] = [await create(web, keep, 'one'), await create(web, files, 'two')];
  await web.ask('SieveScript/set', { onSuccessActivateScript: one.id });
  const both = { onSuccessDeactivateScript: true, onSuccessActivateScript: two.id };
  const { updated } = await web.ask('SieveScript/set', both);
  assert.deepEqual(updated, { [one.id]: { isActive: false }, [two.id]: { isActive: true } });
});

test('§2.4: nothing is activated when one of the changes failed', async t => {
  const web = await openTestWeb(t);
  const one = await create(web, keep, 'one');
  const answer = await web.ask('SieveScript/set', {
    update: { [one.id]: { name: 'other' } },
    destroy: ['nobody'],
    onSuccessActivateScript: one.id,
  });
  assert.deepEqual([answer.updated, answer.notDestroyed.nobody.type], [{ [one.id]: null }, 'notFound']);
  assert.equal((await web.ask('SieveScript/get', {})).list[0].isActive, false);
});

test('§2.4: what is no script, too long or not there is refused by its own error', async t => {
  const web = await openTestWeb(t);
  const refusals: readonly [content: string | null, type: string, description: RegExp][] = [
    ['keep;\r\n  frobnicate;', 'invalidSieve', /^line 2, column 3: "frobnicate" is not a command$/],
    ['require "vacation";', 'invalidSieve', /line 1.*does not answer mail yet/],
    ['redirect "a@example.net";', 'invalidSieve', /can't forward yet/],
    ['#'.repeat(65_537), 'tooLarge', /65536/],
    [null, 'blobNotFound', /no such blob/],
  ];
  for (const [content, type, description] of refusals) {
    const blobId = content === null ? 'nothing-here' : await web.upload(content);
    const { notCreated } = await web.ask('SieveScript/set', { create: { a: { name: 'x', blobId } } });
    assert.equal(notCreated.a.type, type);
    assert.match(notCreated.a.description, description);
    const { error } = await web.ask('SieveScript/validate', { blobId });
    assert.deepEqual(error, notCreated.a);
  }
  assert.deepEqual((await web.ask('SieveScript/get', {})).list, []);
  assert.equal((await web.ask('SieveScript/validate', { blobId: await web.upload(files) })).error, null);
});

test('§2: names are unique, short, and free of control characters; one is given where none is', async t => {
  const web = await openTestWeb(t);
  const first = await create(web, keep);
  const second = await create(web, keep);
  const { list } = await web.ask('SieveScript/get', { properties: ['name'] });
  assert.deepEqual(list, [
    { id: first.id, name: 'script' },
    { id: second.id, name: 'script 2' },
  ]);
  const blobId = await web.upload(keep);
  const taken = await web.ask('SieveScript/set', { create: { a: { name: 'script', blobId } } });
  assert.deepEqual([taken.notCreated.a.type, taken.notCreated.a.existingId], ['alreadyExists', first.id]);
  const renamed = await web.ask('SieveScript/set', { update: { [second.id]: { name: 'script' } } });
  assert.equal(renamed.notUpdated[second.id].type, 'alreadyExists');
  for (const name of ['', 'a\nb', 'a\u0085b', 'a\u2028b', 'é'.repeat(257), 7]) {
    const { notCreated } = await web.ask('SieveScript/set', { create: { a: { name, blobId } } });
    assert.deepEqual([notCreated.a.type, notCreated.a.properties], ['invalidProperties', ['name']]);
  }
  const long = 'é'.repeat(256);
  assert.equal(
    (await web.ask('SieveScript/set', { create: { a: { name: long, blobId } } })).notCreated,
    null,
  );
  const decomposed = await web.ask('SieveScript/set', {
    create: { a: { name: 'e\u0301'.repeat(256), blobId } },
  });
  assert.equal(decomposed.notCreated.a.type, 'alreadyExists');
});

test('§2: what the server sets is refused by its name', async t => {
  const web = await openTestWeb(t);
  const { id } = await create(web, keep, 'one');
  const blobId = await web.upload(keep);
  const creations = {
    a: { name: 'a' },
    b: { id: 'mine', blobId },
    c: { blobId, isActive: true },
    d: { blobId, x: 1 },
  };
  const { notCreated } = await web.ask('SieveScript/set', { create: creations });
  assert.deepEqual(
    Object.values(notCreated as Record<string, { properties: string[] }>).map(({ properties }) => properties),
    [['blobId'], ['id'], ['isActive'], ['x']],
  );
  const update = { [id]: { isActive: true } };
  assert.deepEqual((await web.ask('SieveScript/set', { update })).notUpdated[id].properties, ['isActive']);
  const same = { [id]: { id, name: 'one', isActive: false } };
  assert.deepEqual((await web.ask('SieveScript/set', { update: same })).updated, { [id]: null });
});

test('§2.4: more scripts than an account may have are over quota; 15 of the longest fit', async t => {
  const web = await openTestWeb(t);
  const longest = Array.from({ length: 15 }, (_, at) => `# ${at}${' '.repeat(65_533)}`.slice(0, 65_536));
  for (const [at, text] of longest.entries()) await create(web, text, `${at}${'é'.repeat(255)}`);
  const { notCreated } = await web.ask('SieveScript/set', {
    create: { a: { name: 'more', blobId: await web.upload(keep) } },
  });
  assert.equal(notCreated.a.type, 'overQuota');
  const { list } = await web.ask('SieveScript/get', {});
  assert.equal(list.length, 15);
  assert.equal(await contentOf(web, list[14].blobId), longest[14]);
});

test('the owner reads of every change, and which script is active then', async t => {
  const web = await openTestWeb(t);
  const { id } = await create(web, keep, 'one');
  web.clock.advance(60);
  await web.ask('SieveScript/set', { onSuccessActivateScript: id });
  await web.ask('SieveScript/set', { onSuccessActivateScript: id });
  const { list } = await web.ask('Audit/get', {});
  const changes = list.filter(({ action }: { action: string }) => action === 'scriptsChanged');
  assert.deepEqual(
    changes.map(({ detail }: { detail: unknown }) => detail),
    [{ active: 'one' }, { active: null }],
  );
});

test('a change in the meantime is told, and nothing is changed', async t => {
  const web = await openTestWeb(t);
  const { state } = await web.ask('SieveScript/get', {});
  await create(web, keep, 'one');
  const late = { ifInState: state, create: { b: { name: 'two', blobId: await web.upload(keep) } } };
  assert.equal(await web.refuse('SieveScript/set', late), 'stateMismatch');
  assert.equal((await web.ask('SieveScript/get', {})).list.length, 1);
});

test('changes at once from several devices all stay', async t => {
  const web = await openTestWeb(t);
  const blobIds: string[] = [];
  for (const name of ['a', 'b', 'c', 'd', 'e']) blobIds.push(await web.upload(`# ${name}\r\nkeep;`));
  await Promise.all(
    blobIds.map((blobId, at) => web.ask('SieveScript/set', { create: { x: { name: 'abcde'[at], blobId } } })),
  );
  const { list } = await web.ask('SieveScript/get', {});
  assert.deepEqual(list.map(({ name }: { name: string }) => name).sort(), ['a', 'b', 'c', 'd', 'e']);
});

test('§2.5: scripts are found by name and by what is active, in the asked order', async t => {
  const web = await openTestWeb(t);
  const [b, a, c] = [
    await create(web, keep, 'Beta'),
    await create(web, keep, 'alpha'),
    await create(web, keep, 'gamma'),
  ];
  await web.ask('SieveScript/set', { onSuccessActivateScript: c.id });
  const ask = async (args: Record<string, unknown>) => (await web.ask('SieveScript/query', args)).ids;
  const byName = [{ property: 'name' }];
  assert.deepEqual(await ask({ sort: byName }), [a.id, b.id, c.id]);
  assert.deepEqual(await ask({ sort: [{ property: 'name', isAscending: false }], limit: 2 }), [c.id, b.id]);
  assert.deepEqual(await ask({ sort: [{ property: 'isActive', isAscending: false }, ...byName] }), [
    c.id,
    a.id,
    b.id,
  ]);
  assert.deepEqual(await ask({ filter: { name: 'ETA' } }), [b.id]);
  assert.deepEqual(await ask({ filter: { isActive: true } }), [c.id]);
  const neither = { operator: 'NOT', conditions: [{ isActive: true }, { name: 'alpha' }] };
  assert.deepEqual(await ask({ filter: neither }), [b.id]);
  assert.deepEqual(await ask({ sort: byName, anchor: b.id, anchorOffset: 1 }), [c.id]);
  const counted = await web.ask('SieveScript/query', { calculateTotal: true, limit: 1 });
  assert.deepEqual([counted.total, counted.canCalculateChanges], [3, false]);
  assert.equal(await web.refuse('SieveScript/query', { filter: { size: 3 } }), 'unsupportedFilter');
  assert.equal(await web.refuse('SieveScript/query', { filter: { name: 3 } }), 'invalidArguments');
  assert.equal(await web.refuse('SieveScript/query', { sort: [{ property: 'blobId' }] }), 'unsupportedSort');
});

test('one call makes a script of what the next activates, by its creation id', async t => {
  const web = await openTestWeb(t);
  const blobId = await web.upload(keep);
  const [made, activated] = await web.call(
    ['SieveScript/set', { create: { mine: { blobId } } }],
    ['SieveScript/set', { update: { '#mine': { name: 'named' } }, onSuccessActivateScript: '#mine' }],
  );
  assert.ok(made && activated);
  assert.deepEqual(activated[1].updated, { '#mine': { isActive: true } });
  const [script] = (await web.ask('SieveScript/get', {})).list;
  assert.deepEqual([script.name, script.isActive], ['named', true]);
});

test('an attachment can be a script; a script outlives its upload; nobody else reads it', async t => {
  const web = await openTestWeb(t);
  const mail = `From: a@example.net\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/sieve\n\n${keep.trim()}\n--b--\n`;
  const emailId = await web.deliver(mail);
  const { list } = await web.ask('Email/get', { ids: [emailId], properties: ['attachments'] });
  const { error } = await web.ask('SieveScript/validate', { blobId: list[0].attachments[0].blobId });
  assert.equal(error, null);
  const { blobId } = await create(web, keep, 'kept');
  web.clock.advance(3 * 86_400);
  assert.equal(await contentOf(web, blobId), keep);
  const other = await addAccount(web.store, 'other@example.org');
  const answer = await web.fetch(`/jmap/download/${other.id}/${blobId}/x`);
  assert.equal(answer.status, 404);
});
