import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ListFilter } from '../../../webmail/ui/route.ts';
import { tabKey } from '../../../webmail/ui/tab-memory.ts';
import {
  afterClosing,
  closed,
  type MailList,
  maxLoose,
  maxPinned,
  pinned,
  readTabs,
  staysAsTab,
  stepped,
  type Tab,
  visited,
  writeTabs,
} from '../../../webmail/ui/tabs.ts';

const lists: fc.Arbitrary<MailList> = fc.oneof(
  fc.record(
    { kind: fc.constant('tag' as const), id: fc.stringMatching(/^[a-z0-9]{3,6}$/) },
    { noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constant('contact' as const), id: fc.stringMatching(/^[a-z0-9]{1,3}$/) },
    { noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constant('search' as const), text: fc.string({ minLength: 1, unit: 'grapheme' }) },
    { noNullPrototype: true },
  ),
);
const filters: fc.Arbitrary<ListFilter> = fc.constantFrom(
  {},
  { isUnread: true as const },
  { level: 'B' as const },
);
const steps = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant('visit' as const), list: lists, filter: filters }),
    fc.record({ act: fc.constant('close' as const), place: fc.nat(40) }),
    fc.record({ act: fc.constant('pin' as const), place: fc.nat(40), isPinned: fc.boolean() }),
  ),
  { maxLength: 120 },
);
type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;

const keys = (tabs: readonly Tab[]) => tabs.map(tab => tabKey(tab.list));
const keyAt = (tabs: readonly Tab[], place: number) => keys(tabs)[place % Math.max(1, tabs.length)] ?? '';

function taken(tabs: readonly Tab[], step: Step): readonly Tab[] {
  if (step.act === 'visit') return visited(tabs, step);
  if (step.act === 'close') return closed(tabs, keyAt(tabs, step.place));
  return pinned(tabs, keyAt(tabs, step.place), step.isPinned);
}

test('whatever is done, tabs stay few, each once, in their order, and what is in sight has its tab', () => {
  fc.assert(
    fc.property(steps, history => {
      let tabs: readonly Tab[] = [];
      for (const step of history) {
        const before = keys(tabs);
        tabs = taken(tabs, step);
        const after = keys(tabs);
        assert.equal(new Set(after).size, after.length);
        assert.ok(tabs.filter(tab => !tab.isPinned).length <= maxLoose);
        assert.ok(tabs.filter(tab => tab.isPinned).length <= maxPinned);
        assert.deepEqual(
          after.filter(key => before.includes(key)),
          before.filter(key => after.includes(key)),
        );
        if (step.act === 'visit') assert.ok(after.includes(tabKey(step.list)));
      }
    }),
  );
});

test('what is open can be closed, pinned or not, and something else is in sight then', () => {
  fc.assert(
    fc.property(steps, fc.nat(40), (history, place) => {
      const tabs = history.reduce(taken, [] as readonly Tab[]);
      if (tabs.length === 0) return;
      const key = keyAt(tabs, place);
      const rest = closed(tabs, key);
      assert.equal(rest.length, tabs.length - 1);
      const next = tabKey(afterClosing(tabs, key).list);
      assert.ok(next === 'tag/inbox' || keys(rest).includes(next));
      assert.equal(next === 'tag/inbox', rest.length === 0);
    }),
  );
});

test('going on from tab to tab passes all of them and comes back', () => {
  fc.assert(
    fc.property(steps, history => {
      const tabs = history.reduce(taken, [] as readonly Tab[]);
      for (const by of [1, -1] as const) {
        const seen: string[] = [];
        let at = stepped(tabs, { kind: 'tag', id: 'inbox' }, by);
        for (; tabKey(at.list) !== 'tag/inbox'; at = stepped(tabs, at.list, by)) seen.push(tabKey(at.list));
        assert.deepEqual(by === 1 ? seen : seen.reverse(), keys(tabs));
      }
    }),
  );
});

test('tabs are remembered as they are', () => {
  fc.assert(
    fc.property(steps, history => {
      const tabs = history.reduce(taken, [] as readonly Tab[]);
      assert.deepEqual(readTabs(writeTabs(tabs)), tabs);
    }),
  );
});

test('whatever a device remembers, reading it never throws and gives few tabs', () => {
  const rows = fc.array(
    fc.oneof(fc.anything(), fc.record({ address: fc.string(), isPinned: fc.anything(), use: fc.anything() })),
    { maxLength: 100 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        rows.map(value => JSON.stringify(value)),
      ),
      text => {
        const tabs = readTabs(text);
        assert.ok(tabs.length <= maxLoose + maxPinned);
        assert.equal(new Set(keys(tabs)).size, tabs.length);
      },
    ),
  );
  assert.deepEqual(
    readTabs('[{"address":"#/page/settings"},{"address":"#/tag/inbox"},{"address":"nowhere"}]'),
    [],
  );
});

test('a pinned tab is never pushed out; the loose one looked at longest ago is', () => {
  const list = (place: number): MailList => ({ kind: 'search', text: `s${place}` });
  let tabs = pinned(visited([], { list: list(0), filter: {} }), 'search/s0', true);
  for (let place = 1; place <= maxLoose; place++) tabs = visited(tabs, { list: list(place), filter: {} });
  tabs = visited(tabs, { list: list(1), filter: { isUnread: true } });
  tabs = visited(tabs, { list: list(99), filter: {} });
  assert.ok(keys(tabs).includes('search/s0'));
  assert.ok(keys(tabs).includes('search/s1'));
  assert.ok(!keys(tabs).includes('search/s2'));
  assert.deepEqual(tabs.find(tab => tabKey(tab.list) === 'search/s1')?.filter, { isUnread: true });
});

test('the owner’s tags, searches and contacts stay as tabs; what has a fixed place and pages do not', () => {
  const tags = [
    { id: 't1', role: 'sent' },
    { id: 't2', role: null },
  ] as const;
  const stays = (list: Parameters<typeof staysAsTab>[0]) => staysAsTab(list, tags);
  assert.deepEqual(
    [
      stays({ kind: 'tag', id: 't2' }),
      stays({ kind: 'search', text: 'x' }),
      stays({ kind: 'contact', id: 'c' }),
    ],
    [true, true, true],
  );
  const others = ['t1', 'inbox', 'all', 'gone'].map(id => stays({ kind: 'tag', id }));
  assert.deepEqual([...others, stays({ kind: 'page', id: 'tags' })], [false, false, false, false, false]);
});
