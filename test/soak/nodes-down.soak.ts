import { test } from 'node:test';
import { assertSiteWhole, loseOne, loseTwo, openSite } from '../suites/blows/nodes.ts';
import { cassandraBackend } from '../support/backend.ts';
import { openRandom } from '../support/random.ts';
import { startThreeNodes } from '../support/three-nodes.ts';
import { canRun, parameter, seed, stores, tell } from './parameters.ts';

const rounds = parameter('SOAK_ROUNDS', 1);
const skip = stores.includes(cassandraBackend) ? false : 'only Cassandra has nodes';

test(`nodes of three go down, seed ${seed}`, { skip }, async t => {
  if (!(await canRun(t, cassandraBackend))) return;
  const random = openRandom(seed);
  const nodes = await startThreeNodes(t, cassandraBackend);
  const site = await openSite(t, nodes, random);
  const name = nodes.backend.name;
  for (let round = 1; round <= rounds; round++) {
    for (const index of random.shuffled([0, 1, 2])) {
      for (const how of ['killed', 'halted'] as const) {
        await t.test(`round ${round}: node ${index + 1} is ${how}`, async () => {
          const sent = await loseOne(site, { index, how, messages: 'untilNoticed' });
          if (how === 'killed') await nodes.cassandra.nodes[index]?.start();
          await assertSiteWhole(site);
          tell({ backend: name, seed, round, [how]: index + 1, ...sent });
        });
      }
    }
    const [one = 0, other = 1] = random.shuffled([0, 1, 2]);
    await t.test(`round ${round}: nodes ${one + 1} and ${other + 1} are killed`, async () => {
      const seen = await loseTwo(site, [one, other]);
      await assertSiteWhole(site);
      tell({ backend: name, seed, round, killed: [one + 1, other + 1], ...seen });
    });
  }
});
