import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poll } from '../../support/poll.ts';
import { openTestWeb, type TestWeb } from './web.ts';

async function fill(web: TestWeb, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    ids.push(await web.deliver(`Subject: number ${index}\nMessage-ID: <m${index}@example.net>\n\nbody\n`));
  }
  return ids;
}

test('§4.4 windows by position and by anchor', async t => {
  const web = await openTestWeb(t);
  const ids = (await fill(web, 6)).reverse();
  const filter = { inMailbox: await web.mailbox('inbox') };
  const ask = (args: Record<string, unknown>) => web.ask('Email/query', { filter, ...args });
  const all = await ask({ calculateTotal: true });
  assert.deepEqual([all.ids, all.position, all.total, all.limit], [ids, 0, 6, undefined]);
  const page = await ask({ position: 2, limit: 2 });
  assert.deepEqual([page.ids, page.position, page.total], [ids.slice(2, 4), 2, undefined]);
  const last = await ask({ position: -2 });
  assert.deepEqual([last.ids, last.position], [ids.slice(4), 4]);
  const before = await ask({ position: -99 });
  assert.deepEqual([before.ids, before.position], [ids, 0]);
  const beyond = await ask({ position: 99 });
  assert.deepEqual(beyond.ids, []);
  const anchored = await ask({ anchor: ids[3], limit: 2 });
  assert.deepEqual([anchored.ids, anchored.position], [ids.slice(3, 5), 3]);
  const around = await ask({ anchor: ids[3], anchorOffset: -2, limit: 3 });
  assert.deepEqual([around.ids, around.position], [ids.slice(1, 4), 1]);
  const ahead = await ask({ anchor: ids[3], anchorOffset: 2 });
  assert.deepEqual([ahead.ids, ahead.position], [ids.slice(5), 5]);
  const clamped = await ask({ anchor: ids[1], anchorOffset: -5, limit: 2 });
  assert.deepEqual([clamped.ids, clamped.position], [ids.slice(0, 2), 0]);
  assert.equal(await web.refuse('Email/query', { anchor: 'none' }), 'anchorNotFound');
  assert.deepEqual((await ask({ limit: 0, calculateTotal: true })).total, 6);
  assert.equal((await ask({ limit: 9999 })).limit, 500);
});

test('§4.4.1 every filter finds what it says', async t => {
  const web = await openTestWeb(t);
  const trash = await web.mailbox('trash');
  const inbox = await web.mailbox('inbox');
  const start = web.clock.now();
  const a = await web.deliver(
    'From: Ada <ada@example.net>\nTo: owner@example.org\nCc: carl@example.net\nMessage-ID: <a@example.net>\nX-Special: rocket\nSubject: Alpha report\n\nthe quick brown fox\n',
    { keywords: ['$seen', '$flagged'] },
  );
  const middle = web.clock.now();
  const b = await web.deliver(
    `From: bob@example.net\nTo: list@example.net\nMessage-ID: <b@example.net>\nReferences: <a@example.net>\nSubject: Re: Alpha report\n\n${'jumps over the lazy dog '.repeat(50)}\n`,
    { tags: [{ id: trash }] },
  );
  const cases: [Record<string, unknown>, string[]][] = [
    [{ inMailbox: inbox }, [a]],
    [{ inMailboxOtherThan: [inbox] }, [b]],
    [{ inMailboxOtherThan: [inbox, trash] }, []],
    [{ before: middle.toISOString() }, [a]],
    [{ after: middle.toISOString() }, [b]],
    [{ after: start.toISOString(), before: middle.toISOString() }, [a]],
    [{ minSize: 1000 }, [b]],
    [{ maxSize: 1000 }, [a]],
    [{ hasKeyword: '$SEEN' }, [a]],
    [{ notKeyword: '$seen' }, [b]],
    [{ someInThreadHaveKeyword: '$seen' }, [a, b]],
    [{ allInThreadHaveKeyword: '$seen' }, []],
    [{ noneInThreadHaveKeyword: '$seen' }, []],
    [{ noneInThreadHaveKeyword: '$answered' }, [a, b]],
    [{ hasAttachment: true }, []],
    [{ hasAttachment: false }, [a, b]],
    [{ text: 'rocket' }, []],
    [{ text: 'fox' }, [a]],
    [{ text: 'ada' }, [a]],
    [{ from: 'Ada' }, [a]],
    [{ from: 'ada@example.net' }, [a]],
    [{ to: 'list@example.net' }, [b]],
    [{ cc: 'carl' }, [a]],
    [{ bcc: 'carl' }, []],
    [{ subject: 'alpha' }, [a, b]],
    [{ subject: '"alpha report"' }, [a, b]],
    [{ subject: '"report alpha"' }, []],
    [{ body: 'lazy' }, [b]],
    [{ header: ['X-Special'] }, [a]],
    [{ header: ['x-special', 'rock'] }, [a]],
    [{ header: ['x-special', 'other'] }, []],
    [{ operator: 'AND', conditions: [{ subject: 'alpha' }, { hasKeyword: '$seen' }] }, [a]],
    [{ operator: 'OR', conditions: [{ body: 'fox' }, { body: 'dog' }] }, [a, b]],
    [{ operator: 'NOT', conditions: [{ body: 'fox' }] }, [b]],
    [{ operator: 'NOT', conditions: [{ body: 'fox' }, { body: 'dog' }] }, []],
    [{}, [a, b]],
    [{ query: 'fox from:ada' }, [a]],
    [{ query: '-fox' }, [b]],
  ];
  await poll('the search index', async () => {
    const { ids } = await web.ask('Email/query', { filter: { body: 'lazy' } });
    return ids.length > 0 ? true : undefined;
  });
  for (const [filter, expected] of cases) {
    const { ids } = await web.ask('Email/query', { filter });
    assert.deepEqual(new Set(ids), new Set(expected), JSON.stringify(filter));
  }
  assert.equal(await web.refuse('Email/query', { filter: { nothing: 1 } }), 'unsupportedFilter');
  assert.equal(await web.refuse('Email/query', { filter: { minSize: 'x' } }), 'invalidArguments');
  assert.equal(
    await web.refuse('Email/query', { filter: { operator: 'XOR', conditions: [] } }),
    'invalidArguments',
  );
  const many = { operator: 'OR', conditions: Array.from({ length: 300 }, () => ({ subject: 'x' })) };
  assert.equal(await web.refuse('Email/query', { filter: many }), 'unsupportedFilter');
});

test('§4.4.2 results are sorted by every key', async t => {
  const web = await openTestWeb(t);
  const a = await web.deliver(
    'From: Zoe <z@example.net>\nTo: x@example.net\nDate: Sun, 1 Mar 2026 10:00:00 +0000\nSubject: Re: banana\n\nx\n',
    { keywords: ['$flagged'] },
  );
  const b = await web.deliver(
    'From: Ann <a@example.net>\nTo: y@example.net\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nSubject: apple\n\nlonger body\n',
  );
  for (const [sort, expected] of [
    [[{ property: 'receivedAt' }], [a, b]],
    [[{ property: 'receivedAt', isAscending: false }], [b, a]],
    [[{ property: 'sentAt', isAscending: false }], [b, a]],
    [[{ property: 'size' }], [a, b].sort(() => 0)],
    [[{ property: 'from' }], [b, a]],
    [[{ property: 'to' }], [a, b]],
    [[{ property: 'subject' }], [b, a]],
    [
      [{ property: 'hasKeyword', keyword: '$flagged', isAscending: false }, { property: 'receivedAt' }],
      [a, b],
    ],
    [
      [{ property: 'someInThreadHaveKeyword', keyword: '$flagged' }, { property: 'receivedAt' }],
      [b, a],
    ],
  ] as const) {
    const { ids } = await web.ask('Email/query', { sort });
    assert.deepEqual(ids, expected, JSON.stringify(sort));
  }
  assert.equal(await web.refuse('Email/query', { sort: [{ property: 'nothing' }] }), 'unsupportedSort');
  assert.equal(await web.refuse('Email/query', { sort: [{ property: 'hasKeyword' }] }), 'invalidArguments');
});

test('§4.4.3 collapsed threads show one email each', async t => {
  const web = await openTestWeb(t);
  const one = await web.deliver('Message-ID: <a@example.net>\nSubject: a\n\nx\n');
  const two = await web.deliver(
    'Message-ID: <b@example.net>\nReferences: <a@example.net>\nSubject: Re: a\n\nx\n',
  );
  const other = await web.deliver('Message-ID: <c@example.net>\nSubject: c\n\nx\n');
  const answer = await web.ask('Email/query', { collapseThreads: true, calculateTotal: true });
  assert.deepEqual([answer.ids, answer.total], [[other, two], 2]);
  assert.ok(one);
});

/** Applies what queryChanges says to the old results (RFC 8620 §5.6). */
function applied(
  old: readonly string[],
  { removed, added }: { removed: string[]; added: { id: string; index: number }[] },
) {
  const ids = old.filter(id => !removed.includes(id));
  for (const { id, index } of added) ids.splice(index, 0, id);
  return ids;
}

test('§4.5 the changes of a query lead to its new results', async t => {
  const web = await openTestWeb(t);
  const ids = await fill(web, 8);
  const trash = await web.mailbox('trash');
  for (const collapseThreads of [false, true]) {
    for (const sort of [[{ property: 'receivedAt', isAscending: false }], [{ property: 'subject' }]]) {
      const query = { filter: { inMailbox: await web.mailbox('inbox') }, sort, collapseThreads };
      const before = await web.ask('Email/query', query);
      assert.equal(before.canCalculateChanges, true);
      const [gone, moved, seen] = before.ids as string[];
      await web.deliver(`Subject: number 3b\nReferences: <m${2}@example.net>\n\nx\n`);
      await web.ask('Email/set', {
        destroy: [gone],
        update: {
          [moved ?? '']: { mailboxIds: { [trash]: true } },
          [seen ?? '']: { 'keywords/$seen': true },
        },
      });
      const changes = await web.ask('Email/queryChanges', {
        ...query,
        sinceQueryState: before.queryState,
        calculateTotal: true,
      });
      const after = await web.ask('Email/query', query);
      assert.deepEqual(applied(before.ids, changes), after.ids, JSON.stringify({ sort, collapseThreads }));
      assert.equal(changes.newQueryState, after.queryState);
      assert.equal(changes.total, after.ids.length);
    }
  }
  assert.ok(ids.length);
});

test('§4.5 a query says beforehand whether its changes can be calculated', async t => {
  const web = await openTestWeb(t);
  const keyword = '$seen';
  const queries: readonly [query: Record<string, unknown>, isPossible: boolean][] = [
    [{ sort: [{ property: 'hasKeyword', keyword }] }, true],
    [{ sort: [{ property: 'someInThreadHaveKeyword', keyword }] }, false],
    [{ sort: [{ property: 'receivedAt' }, { property: 'allInThreadHaveKeyword', keyword }] }, false],
    [{ filter: { someInThreadHaveKeyword: keyword } }, false],
    [{ filter: { hasKeyword: keyword } }, true],
  ];
  for (const [query, isPossible] of queries) {
    const { queryState, canCalculateChanges } = await web.ask('Email/query', query);
    assert.equal(canCalculateChanges, isPossible, JSON.stringify(query));
    const [answer] = await web.call(['Email/queryChanges', { ...query, sinceQueryState: queryState }]);
    assert.equal(answer?.[0], isPossible ? 'Email/queryChanges' : 'error', JSON.stringify(query));
  }
});

test('§4.4.2 texts are sorted by the collation of the Session object, and by no other', async t => {
  const web = await openTestWeb(t);
  const subjects = ['zebra', 'Émile', 'eagle', '_note', 'Ark', 'Fox'];
  for (const subject of subjects) await web.deliver(`Subject: ${subject}\n\nx\n`);
  const session = await (await web.fetch('/jmap/session')).json();
  const { collationAlgorithms } = session.capabilities['urn:ietf:params:jmap:core'];
  assert.deepEqual(collationAlgorithms, ['i;unicode-casemap']);
  for (const collation of [undefined, ...collationAlgorithms]) {
    const { ids } = await web.ask('Email/query', { sort: [{ property: 'subject', collation }] });
    const { list } = await web.ask('Email/get', { ids, properties: ['subject'] });
    assert.deepEqual(
      list.map((email: { subject: string }) => email.subject),
      ['Ark', 'eagle', 'Émile', 'Fox', 'zebra', '_note'],
    );
  }
  for (const collation of ['i;ascii-casemap', 'i;octet', 'constructor']) {
    for (const property of ['subject', 'receivedAt']) {
      assert.equal(await web.refuse('Email/query', { sort: [{ property, collation }] }), 'unsupportedSort');
    }
  }
});

test('§4.5 mail that comes while a query or its changes are looked for is told once and at its place', async t => {
  const web = await openTestWeb(t);
  await fill(web, 4);
  const sort = [{ property: 'receivedAt', isAscending: false }];
  const { queryEmails } = web.store;
  const deliverBefore = (calls: number) => {
    let left = calls;
    web.store.queryEmails = async (...args) => {
      if (left-- > 0) await web.deliver('Subject: in between\n\nx\n');
      return queryEmails.apply(web.store, args);
    };
  };
  deliverBefore(1);
  const before = await web.ask('Email/query', { sort });
  await web.deliver('Subject: later\n\nx\n');
  deliverBefore(1);
  const changes = await web.ask('Email/queryChanges', { sort, sinceQueryState: before.queryState });
  web.store.queryEmails = queryEmails;
  assert.deepEqual(applied(before.ids, changes), (await web.ask('Email/query', { sort })).ids);
  deliverBefore(1000);
  const since = { sort, sinceQueryState: before.queryState };
  assert.equal(await web.refuse('Email/queryChanges', since), 'cannotCalculateChanges');
});

test('§4.5 what cannot be calculated says so', async t => {
  const web = await openTestWeb(t);
  const { queryState } = await web.ask('Email/query', { filter: { text: 'x' } });
  const args = { filter: { text: 'x' }, sinceQueryState: queryState };
  assert.equal(await web.refuse('Email/queryChanges', args), 'cannotCalculateChanges');
  assert.equal(await web.refuse('Email/queryChanges', { sinceQueryState: 'old' }), 'cannotCalculateChanges');
  await fill(web, 3);
  const few = { sinceQueryState: queryState, maxChanges: 1 };
  assert.equal(await web.refuse('Email/queryChanges', few), 'tooManyChanges');
});

test('§5.1 snippets mark what was looked for', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver('Subject: A <b>fox</b>\n\nthe quick brown fox & friends\n');
  const answer = await web.ask('SearchSnippet/get', { filter: { text: 'fox' }, emailIds: [id, 'none'] });
  assert.deepEqual(answer.notFound, ['none']);
  assert.equal(answer.list[0].subject, 'A &lt;b&gt;<mark>fox</mark>&lt;/b&gt;');
  assert.match(answer.list[0].preview, /brown <mark>fox<\/mark> &amp; friends/);
  const none = await web.ask('SearchSnippet/get', { filter: { hasKeyword: 'x' }, emailIds: [id] });
  assert.deepEqual(none.list, [{ emailId: id, subject: null, preview: null }]);
});
