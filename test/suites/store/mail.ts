import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Store } from '../../../delivery/store/store.ts';
import { coded, deliverAll, newEmail, type StoreFactory, withAccount } from './under-test.ts';

/** Delivering, reading, changing and destroying emails; tags, threads, discussions. */
export function mailSuite(factory: StoreFactory): void {
  describe('mail: delivering', () => deliverCases(factory));
  describe('mail: duplicates', () => duplicateCases(factory));
  describe('mail: threads and discussions', () => threadCases(factory));
  describe('mail: changing and destroying', () => changeCases(factory));
  describe('mail: tags', () => tagCases(factory));
  describe('mail: blobs and quota', () => blobCases(factory));
}

async function tagOf(store: Store, accountId: string, id: string) {
  const tag = (await store.listTags(accountId)).find(candidate => candidate.id === id);
  assert.ok(tag, `tag ${id}`);
  return tag;
}

async function counts(store: Store, accountId: string, id: string): Promise<number[]> {
  const { totalEmails, unreadEmails, totalThreads, unreadThreads } = await tagOf(store, accountId, id);
  return [totalEmails, unreadEmails, totalThreads, unreadThreads];
}

async function faults(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, detail } of store.verify()) found.push(`${kind} ${detail}`);
  return found;
}

/** Octets that no compressor makes smaller, the same every time. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

function deliverCases(factory: StoreFactory): void {
  it('what is stored comes back as it was given', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const email = newEmail({
        name: 'hello',
        keywords: ['$flagged', 'own'],
        hasAttachment: true,
        failed: ['spam'],
      });
      const { emailId, status } = await store.deliverEmail(accountId, email);
      assert.equal(status, 'stored');
      assert.match(emailId, /^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
      const [stored] = await store.getEmails(accountId, [emailId, 'Mnone']);
      assert.deepEqual(stored?.summary, email.summary);
      assert.deepEqual(stored?.findings, email.findings);
      assert.deepEqual(stored?.keywords, ['$flagged', 'own']);
      assert.deepEqual(stored?.receivedAt, email.receivedAt);
      assert.equal(stored?.sizeOctets, email.octets.byteLength);
      assert.deepEqual(stored?.tagIds, [
        (await store.listTags(accountId)).find(tag => tag.role === 'inbox')?.id,
      ]);
    }));

  it('any octets come back byte for byte', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const samples = [
        new Uint8Array(0),
        new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2]),
        Buffer.from('no header block at all'),
        Buffer.from('\r\n\r\nempty header'),
        Buffer.from(`A: b\n\n${'body '.repeat(10_000)}`),
        Uint8Array.from({ length: 300_000 }, (_unused, n) => (n * 7919) & 255),
        Buffer.from(`X: ${'y'.repeat(400_000)}`),
        // Neither half of these gets smaller.
        Buffer.concat([Buffer.from('A: b\r\n\r\n'), noise(100_000)]),
        noise(2_000_000),
      ];
      for (const octets of samples) {
        const { emailId } = await store.deliverEmail(accountId, newEmail({ octets }));
        const found = await store.getOctets(accountId, emailId);
        assert.ok(found && Buffer.compare(found, octets) === 0, `${octets.byteLength} octets`);
      }
      assert.equal(await store.getOctets(accountId, 'Mnone'), null);
    }));

  it('a view of a bigger buffer, and shared memory, are stored alone and stay the caller’s', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const shared = new Uint8Array(new SharedArrayBuffer(64)).fill(65);
      const view = new Uint8Array(new ArrayBuffer(1000), 10, 20).fill(66);
      for (const octets of [shared, view]) {
        const { emailId } = await store.deliverEmail(accountId, newEmail({ octets }));
        assert.ok(octets.byteLength > 0);
        assert.deepEqual(Buffer.from((await store.getOctets(accountId, emailId)) ?? []), Buffer.from(octets));
      }
    }));

  it('unknown tags are dropped, and without any the email goes to the inbox', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const tag = await store.putTag(accountId, { name: 'Work' });
      const [own, none] = await deliverAll(store, accountId, [
        { tags: [{ id: tag.id }, { id: 'Tgone' }] },
        { tags: [{ id: 'Tgone' }] },
      ]);
      const [first, second] = await store.getEmails(accountId, [own ?? '', none ?? '']);
      assert.deepEqual(first?.tagIds, [tag.id]);
      assert.deepEqual(second?.tagIds, ['inbox']);
    }));

  it('ids sort as emails arrived', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const instants = [5, 1, 9, 9, 9, 3].map(day => ({ receivedAt: new Date(Date.UTC(2026, 0, day)) }));
      const ids = await deliverAll(store, accountId, instants);
      const sorted = [1, 5, 0, 2, 3, 4].map(index => ids[index]);
      assert.deepEqual([...ids].sort(), sorted);
    }));

  it('no such account, and a closed one, take nothing', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await assert.rejects(store.deliverEmail('Anobody', newEmail()), coded('notFound'));
      assert.equal(await store.cannotReceive('Anobody', 1), 'recipientUnavailable');
      await store.updateAccount(accountId, { state: 'closed' });
      await assert.rejects(store.deliverEmail(accountId, newEmail()), coded('recipientUnavailable'));
      assert.equal(await store.cannotReceive(accountId, 1), 'recipientUnavailable');
    }));

  it('an owner whose key is on their own devices gets no email in clear, whenever that began', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await deliverAll(store, accountId, [{ key: 'before' }]);
      await store.updateAccount(accountId, { custody: 'client' });
      await assert.rejects(
        store.deliverEmail(accountId, newEmail({ key: 'in clear' })),
        coded('sealingImpossible'),
      );
      const sealed = newEmail({ key: 'in clear', sealed: true, words: null });
      assert.equal((await store.deliverEmail(accountId, sealed)).status, 'stored');
      assert.equal((await store.deliverEmail(accountId, newEmail({ key: 'before' }))).status, 'duplicate');
    }));

  it('emails with a failed stage are listed, oldest first, until they are mended', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const ids = await deliverAll(store, accountId, [{ failed: ['score'] }, {}, { failed: ['decrypt'] }]);
      const page = await store.listUnfinished(accountId, { limit: 1 });
      const rest = await store.listUnfinished(accountId, { after: page.next });
      assert.deepEqual(
        [...page.items, ...rest.items].map(({ id }) => id),
        [ids[0], ids[2]],
      );
      await store.changeEmails(accountId, [{ emailId: ids[0] ?? '', findings: newEmail().findings }]);
      assert.deepEqual(
        (await store.listUnfinished(accountId)).items.map(({ id }) => id),
        [ids[2]],
      );
    }));

  it('a removed account leaves nothing, and its address can be used again', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [id = ''] = await deliverAll(store, accountId, [{ words: 'apple' }, { words: 'pear' }]);
      await store.removeAccount(accountId);
      assert.equal(await store.getAccount(accountId), null);
      assert.equal(await store.resolveAddress('ada@example.org'), null);
      await assert.rejects(store.getEmails(accountId, [id]), coded('notFound'));
      const again = await store.addAccount({ address: 'ada@example.org' });
      assert.deepEqual(await store.getEmails(again.id, [id]), []);
      assert.equal(await store.usedOctets(again.id), 0);
    }));
}

function duplicateCases(factory: StoreFactory): void {
  it('the same key again, at the same instant and from two clients, is stored once', () =>
    withAccount(factory, async ({ store, another, accountId }) => {
      const other = await another();
      const clients = [store, other, store, other, store, other];
      const results = await Promise.all(
        clients.map(s => s.deliverEmail(accountId, newEmail({ key: 'same' }))),
      );
      assert.equal(new Set(results.map(({ emailId }) => emailId)).size, 1);
      assert.equal(results.filter(({ status }) => status === 'stored').length, 1);
      assert.deepEqual(await counts(store, accountId, 'inbox'), [1, 1, 1, 1]);
    }));

  it('a destroyed email is still known, and not stored again', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [id = ''] = await deliverAll(store, accountId, [{ key: 'k' }]);
      await store.destroyEmails(accountId, [id]);
      assert.deepEqual(await store.deliverEmail(accountId, newEmail({ key: 'k' })), {
        emailId: id,
        status: 'duplicate',
      });
      assert.deepEqual(await counts(store, accountId, 'inbox'), [0, 0, 0, 0]);
    }));

  it('a key of 35 days holds from its last sight on, then it is new again', () =>
    withAccount(factory, async ({ store, accountId, clock }) => {
      const again = () => store.deliverEmail(accountId, newEmail({ key: 'k' }));
      assert.equal((await again()).status, 'stored');
      for (const days of [30, 30]) {
        clock.advance(days * 86_400);
        assert.equal((await again()).status, 'duplicate');
      }
      clock.advance(35 * 86_400 + 1);
      assert.equal((await again()).status, 'stored');
    }));

  it('a key of an hour holds from its first sight on, however often it is seen', () =>
    withAccount(factory, async ({ store, accountId, clock }) => {
      const again = () => store.deliverEmail(accountId, newEmail({ key: 'k', keySeconds: 3600 }));
      const outcomes: string[] = [];
      for (let n = 0; n < 5; n++) {
        outcomes.push((await again()).status);
        clock.advance(3000);
      }
      assert.deepEqual(outcomes, ['stored', 'duplicate', 'stored', 'duplicate', 'stored']);
    }));

  it('emails without a key, and those of another account, are no duplicates', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const eve = await store.addAccount({ address: 'eve@example.org' });
      const one = await store.deliverEmail(accountId, newEmail({ key: 'k' }));
      const two = await store.deliverEmail(eve.id, newEmail({ key: 'k' }));
      const three = await store.deliverEmail(accountId, newEmail());
      const four = await store.deliverEmail(accountId, newEmail());
      assert.deepEqual(
        [one, two, three, four].map(({ status }) => status),
        Array(4).fill('stored'),
      );
    }));
}

function threadCases(factory: StoreFactory): void {
  it('two replies at once make one thread with the root, whichever comes first', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const traits = [
        { name: 'b', references: ['root@x', 'other@x'], inReplyTo: 'other@x' },
        { name: 'c', references: ['root@x'], inReplyTo: 'root@x' },
        { name: 'root', messageId: 'root@x' },
        { name: 'd', inReplyTo: 'b@example.net' },
        { name: 'e', inReplyTo: 'nowhere@x' },
        { name: 'f', messageId: 'nowhere@x' },
        { name: 'g', messageId: null },
        { name: 'h', messageId: null },
      ];
      const stored = await Promise.all(traits.map(trait => store.deliverEmail(accountId, newEmail(trait))));
      const emails = await store.getEmails(
        accountId,
        stored.map(({ emailId }) => emailId),
      );
      const threads = emails.map(({ threadId }) => threadId);
      assert.equal(new Set(threads.slice(0, 4)).size, 1, 'root, replies, reply to a reply');
      assert.equal(threads[4], threads[5]);
      assert.equal(new Set(threads).size, 4);
      const found = await store.getThreads(accountId, [threads[0] ?? '', 'Hnone']);
      assert.deepEqual(
        found.map(({ emailIds }) => [...emailIds].sort()),
        [
          stored
            .slice(0, 4)
            .map(r => r.emailId)
            .sort(),
        ],
      );
    }));

  it('a reply that names the email before it alone stays in the thread', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const ids = await deliverAll(store, accountId, [
        { name: 'root', messageId: 'root@x' },
        { name: 'b', messageId: 'b@x', references: ['root@x'], inReplyTo: 'root@x' },
        { name: 'c', messageId: 'c@x', references: ['b@x'], inReplyTo: 'b@x' },
        { name: 'd', references: ['lost@x', 'c@x'], inReplyTo: 'c@x' },
      ]);
      const emails = await store.getEmails(accountId, ids);
      assert.equal(new Set(emails.map(({ threadId }) => threadId)).size, 1);
    }));

  it('thread ids of two accounts differ', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const eve = await store.addAccount({ address: 'eve@example.org' });
      const [one = ''] = await deliverAll(store, accountId, [{ name: 'same' }]);
      const [two = ''] = await deliverAll(store, eve.id, [{ name: 'same' }]);
      const [mine] = await store.getEmails(accountId, [one]);
      const [theirs] = await store.getEmails(eve.id, [two]);
      assert.notEqual(mine?.threadId, theirs?.threadId);
    }));

  it('the habit of a discussion is the encrypted share of its last twenty', () =>
    withAccount(factory, async ({ store, accountId }) => {
      assert.equal(await store.discussionHabit(accountId, 'd'), null);
      const traits = Array.from({ length: 25 }, (_unused, n) => ({
        discussion: 'd',
        encryption: n < 15 ? ('strong' as const) : ('none' as const),
        receivedAt: new Date(Date.UTC(2026, 0, 1, 0, n)),
      }));
      await deliverAll(store, accountId, traits);
      assert.equal(await store.discussionHabit(accountId, 'd'), 0.5);
    }));
}

function changeCases(factory: StoreFactory): void {
  it('tags and keywords are added, removed and replaced, and counts follow', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const tag = await store.putTag(accountId, { name: 'Work' });
      const [id = ''] = await deliverAll(store, accountId, [{}]);
      const change = (rest: object) => store.changeEmails(accountId, [{ emailId: id, ...rest }]);
      assert.deepEqual(await change({ tags: { add: [tag.id] } }), [{ emailId: id, status: 'done' }]);
      assert.deepEqual(await counts(store, accountId, tag.id), [1, 1, 1, 1]);
      await change({ keywords: { add: ['$seen', 'x'] } });
      assert.deepEqual(await counts(store, accountId, tag.id), [1, 0, 1, 0]);
      await change({ keywords: { replace: true, add: ['y'] }, tags: { remove: ['inbox'] } });
      assert.deepEqual(await counts(store, accountId, tag.id), [1, 1, 1, 1]);
      assert.deepEqual(await counts(store, accountId, 'inbox'), [0, 0, 0, 0]);
      const [email] = await store.getEmails(accountId, [id]);
      assert.deepEqual([email?.keywords, email?.tagIds], [['y'], [tag.id]]);
    }));

  it('an impossible change is refused alone', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [id = ''] = await deliverAll(store, accountId, [{}]);
      const outcomes = await store.changeEmails(accountId, [
        { emailId: 'Mnone', keywords: { add: ['x'] } },
        { emailId: id, tags: { add: ['Tnone'] } },
        { emailId: id, tags: { remove: ['inbox'] } },
        { emailId: id, keywords: { add: ['kept'] } },
      ]);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['notFound', 'noSuchTag', 'noTagLeft', 'done'],
      );
      assert.deepEqual((await store.getEmails(accountId, [id]))[0]?.keywords, ['kept']);
    }));

  it('ifInState holds off a change made on old knowledge', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const old = await store.getState(accountId, 'Email');
      const [id = ''] = await deliverAll(store, accountId, [{}]);
      const options = { ifInState: old };
      const change = [{ emailId: id, keywords: { add: ['x'] } }];
      await assert.rejects(
        store.changeEmails(accountId, change, options),
        coded('badRequest', 'stateMismatch'),
      );
      await assert.rejects(
        store.destroyEmails(accountId, [id], options),
        coded('badRequest', 'stateMismatch'),
      );
      const now = { ifInState: await store.getState(accountId, 'Email') };
      assert.deepEqual((await store.destroyEmails(accountId, [id], now)).destroyed, [id]);
    }));

  it('new facts and findings replace the old', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [id = ''] = await deliverAll(store, accountId, [{ words: null }]);
      const findings = { ...newEmail().findings, facts: { a: 1 } };
      await store.changeEmails(accountId, [
        { emailId: id, findings, searchText: newEmail({ words: 'opened' }).searchText },
      ]);
      assert.deepEqual((await store.getEmails(accountId, [id]))[0]?.findings.facts, { a: 1 });
      const filter = { search: { field: 'any', words: ['opened'], prefix: false } } as const;
      assert.deepEqual(
        (await store.queryEmails(accountId, { filter, sort: [], limit: 5 })).rows.map(r => r.id),
        [id],
      );
    }));

  it('a destroyed email is gone from everywhere, and unread in trash counts apart', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const traits = [{ references: ['r'] }, { references: ['r'], tags: [{ role: 'trash' as const }] }];
      const [one = '', two = ''] = await deliverAll(store, accountId, traits);
      await store.changeEmails(accountId, [{ emailId: one, keywords: { add: ['$seen'] } }]);
      assert.deepEqual(await counts(store, accountId, 'inbox'), [1, 0, 1, 0]);
      assert.deepEqual(await counts(store, accountId, 'trash'), [1, 1, 1, 1]);
      assert.deepEqual(await store.destroyEmails(accountId, [two, 'Mnone', two]), {
        destroyed: [two],
        notFound: ['Mnone'],
      });
      assert.deepEqual(await counts(store, accountId, 'trash'), [0, 0, 0, 0]);
      assert.deepEqual(await store.getEmails(accountId, [two]), []);
      assert.deepEqual(await faults(store), []);
    }));

  it('a draft is not unread', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await deliverAll(store, accountId, [{ tags: [{ role: 'drafts' }], keywords: ['$draft'] }]);
      assert.deepEqual(await counts(store, accountId, 'drafts'), [1, 0, 1, 0]);
    }));
}

function tagCases(factory: StoreFactory): void {
  it('tags nest, are renamed and moved, and never loop', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const top = await store.putTag(accountId, { name: 'Top', colour: '#123456' });
      const low = await store.putTag(accountId, { name: 'Low', parentId: top.id });
      assert.equal(low.parentId, top.id);
      await assert.rejects(
        store.putTag(accountId, { name: 'Low', parentId: top.id }),
        coded('alreadyExists'),
      );
      await assert.rejects(store.putTag(accountId, { name: 'x', parentId: 'Tnone' }), coded('notFound'));
      await assert.rejects(store.putTag(accountId, { id: top.id, parentId: low.id }), coded('badRequest'));
      await assert.rejects(store.putTag(accountId, { id: top.id, parentId: top.id }), coded('badRequest'));
      await assert.rejects(store.putTag(accountId, { name: '' }), coded('badRequest'));
      await assert.rejects(store.putTag(accountId, { id: 'Tnone', name: 'x' }), coded('notFound'));
      const moved = await store.putTag(accountId, {
        id: low.id,
        parentId: null,
        name: 'Lower',
        isSubscribed: false,
      });
      assert.deepEqual([moved.parentId, moved.name, moved.isSubscribed], [null, 'Lower', false]);
      assert.equal((await tagOf(store, accountId, top.id)).colour, '#123456');
    }));

  it('of several that want one name below one parent at once, one gets it', () =>
    withAccount(factory, async ({ store, accountId, another }) => {
      const processes = [store, await another()];
      const top = await store.putTag(accountId, { name: 'Top' });
      const isTaken = coded('alreadyExists');
      const oneOf = async (wishes: readonly Parameters<Store['putTag']>[1][]) => {
        const puts = wishes.map((wish, at) => (processes[at % 2] ?? store).putTag(accountId, wish));
        const ends = await Promise.allSettled(puts);
        for (const end of ends)
          if (end.status === 'rejected') assert.ok(isTaken(end.reason), String(end.reason));
        assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
      };
      const named = async (name: string) =>
        (await store.listTags(accountId)).filter(tag => tag.name === name).length;
      for (let round = 0; round < 4; round++) {
        const parentId = round % 2 ? top.id : null;
        const wish = { name: `Boats ${round}`, parentId };
        await oneOf([wish, wish, wish, wish]);
        assert.equal(await named(wish.name), 1);
        const olds = ['a', 'b'].map(name => ({ name: `${name}${round}`, parentId }));
        const tags = await Promise.all(olds.map(old => store.putTag(accountId, old)));
        await oneOf(tags.map(({ id }) => ({ id, name: `Sails ${round}` })));
        assert.equal(await named(`Sails ${round}`), 1);
      }
      for await (const fault of store.verify()) assert.fail(JSON.stringify(fault));
    }));

  it('too deep is refused', () =>
    withAccount(factory, async ({ store, accountId }) => {
      let parentId: string | null = null;
      const add = async (): Promise<void> => {
        for (let depth = 0; depth < 12; depth++) {
          parentId = (await store.putTag(accountId, { name: `n${depth}`, parentId })).id;
        }
      };
      await assert.rejects(add(), coded('badRequest'));
    }));

  it('a tag with tags below or emails stays, unless emails may go', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const top = await store.putTag(accountId, { name: 'Top' });
      const low = await store.putTag(accountId, { name: 'Low', parentId: top.id });
      const [both = '', alone = ''] = await deliverAll(store, accountId, [
        { name: 'both', tags: [{ id: low.id }, { role: 'inbox' }] },
        { name: 'alone', tags: [{ id: low.id }] },
      ]);
      const destroy = (id: string, destroyEmails: boolean) =>
        store.destroyTag(accountId, id, { destroyEmails });
      await assert.rejects(destroy(top.id, true), coded('badRequest', 'mailboxHasChild'));
      await assert.rejects(destroy(low.id, false), coded('badRequest', 'mailboxHasEmail'));
      await assert.rejects(destroy('Tnone', true), coded('notFound'));
      await destroy(low.id, true);
      await destroy(top.id, false);
      assert.deepEqual(
        (await store.getEmails(accountId, [both, alone])).map(email => email.tagIds),
        [['inbox']],
      );
      assert.deepEqual(await faults(store), []);
    }));

  it('a system tag keeps its role and stays', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await assert.rejects(store.destroyTag(accountId, 'inbox', { destroyEmails: true }), coded('forbidden'));
      await assert.rejects(store.putTag(accountId, { id: 'inbox', role: null }), coded('badRequest', 'role'));
      assert.equal(
        (await store.putTag(accountId, { id: 'inbox', role: 'inbox', name: 'Eingang' })).name,
        'Eingang',
      );
    }));
}

function blobCases(factory: StoreFactory): void {
  it('an upload comes back to its account alone; its id is keyed', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const eve = await store.addAccount({ address: 'eve@example.org' });
      const octets = Buffer.from('picture '.repeat(100));
      const id = await store.putBlob(accountId, octets, 'image/png');
      assert.equal(await store.putBlob(accountId, octets, 'image/png'), id);
      assert.notEqual(await store.putBlob(eve.id, octets, 'image/png'), id);
      const blob = await store.getBlob(accountId, id);
      assert.deepEqual(
        [blob?.id, blob?.mediaType, Buffer.from(blob?.octets ?? []).equals(octets)],
        [id, 'image/png', true],
      );
      assert.equal(await store.getBlob(eve.id, id), null);
      for (const bad of ['', '../x', 'B', 'M../../etc', 'Bxxxxxxxxxxxxxxxxxxx'])
        assert.equal(await store.getBlob(accountId, bad), null);
    }));

  it('the octets of an email are a blob, as long as the email is there', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [id = ''] = await deliverAll(store, accountId, [{ name: 'blob' }]);
      const [email] = await store.getEmails(accountId, [id]);
      const blobId = email?.blobId ?? '';
      assert.deepEqual(
        (await store.getBlob(accountId, blobId))?.octets,
        await store.getOctets(accountId, id),
      );
      await store.destroyEmails(accountId, [id]);
      assert.equal(await store.getBlob(accountId, blobId), null);
    }));

  it('uploads are kept a day, and go then', () =>
    withAccount(factory, async ({ store, accountId, clock }) => {
      const id = await store.putBlob(accountId, Buffer.from('one'), 'text/plain');
      clock.advance(86_000);
      await store.putBlob(accountId, Buffer.from('two'), 'text/plain');
      assert.ok(await store.getBlob(accountId, id));
      clock.advance(86_000);
      await store.putBlob(accountId, Buffer.from('three'), 'text/plain');
      assert.equal(await store.getBlob(accountId, id), null);
    }));

  it('uploads whose day is over take no room from emails', () =>
    withAccount(factory, async ({ store, accountId, clock }) => {
      await store.updateAccount(accountId, { quotaOctets: 2500 });
      for (let n = 0; n < 20; n++) await store.putBlob(accountId, new Uint8Array(100).fill(n), 'text/plain');
      const octets = new Uint8Array(1000).fill(65);
      assert.equal(await store.cannotReceive(accountId, 1000), 'overQuota');
      await assert.rejects(store.deliverEmail(accountId, newEmail({ octets })), coded('overQuota'));
      clock.advance(86_500);
      assert.equal(await store.cannotReceive(accountId, 2500), null);
      assert.equal(await store.cannotReceive(accountId, 2501), 'overQuota');
      await deliverAll(store, accountId, [{ octets }, { octets }]);
      assert.equal(await store.cannotReceive(accountId, 500), null);
      await store.putBlob(accountId, new Uint8Array(500), 'text/plain');
      assert.equal(await store.cannotReceive(accountId, 1), 'overQuota');
    }));

  it('a full account takes no more, until something is destroyed', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const octets = new Uint8Array(1000).fill(65);
      await store.updateAccount(accountId, { quotaOctets: 2500 });
      const [id = ''] = await deliverAll(store, accountId, [{ octets, key: 'one' }, { octets }]);
      assert.equal(await store.usedOctets(accountId), 2000);
      assert.equal(await store.cannotReceive(accountId, 500), null);
      assert.equal(await store.cannotReceive(accountId, 501), 'overQuota');
      await assert.rejects(store.deliverEmail(accountId, newEmail({ octets })), coded('overQuota'));
      await assert.rejects(store.putBlob(accountId, octets, 'text/plain'), coded('overQuota'));
      assert.equal(
        (await store.deliverEmail(accountId, newEmail({ octets, key: 'one' }))).status,
        'duplicate',
      );
      await store.destroyEmails(accountId, [id]);
      assert.equal((await store.deliverEmail(accountId, newEmail({ octets }))).status, 'stored');
    }));
}
