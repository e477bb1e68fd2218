import { test } from 'node:test';
import { assertSiteWhole, loseOne, loseTwo, openSite } from '../suites/blows/nodes.ts';
import { backend, cassandraBackend, onlyOn } from '../support/backend.ts';
import { requireCassandra } from '../support/cassandra.ts';
import { openRandom, seedOfRun } from '../support/random.ts';
import { startThreeNodes } from '../support/three-nodes.ts';

// A node that hangs costs each client some time-outs of 6 s: `nodes-down.soak.ts` has that, and each node in turn.
test('nodes of three that go down', onlyOn(cassandraBackend, 'SQLite has no nodes'), async t => {
  if ((await requireCassandra(t)) === null) return;
  const random = openRandom(seedOfRun(process.env.CALIOPEN_TEST_SEED));
  t.diagnostic(`seed ${random.seed}`);
  const nodes = await startThreeNodes(t, backend);
  const site = await openSite(t, nodes, random);
  const [first = 0, second = 1] = random.shuffled([0, 1, 2]);
  await t.test('one is killed: no delivery fails', async t => {
    t.diagnostic(JSON.stringify(await loseOne(site, { index: first, how: 'killed', messages: 16 })));
  });
  await t.test(
    'another one, too: all wait, and it goes on by itself, with nothing lost or twice',
    async t => {
      t.diagnostic(JSON.stringify(await loseTwo(site, [second, first])));
      await assertSiteWhole(site);
    },
  );
});
