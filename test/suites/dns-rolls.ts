import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Backend } from '../support/backend.ts';
import { doorAddresses, type Hosted, hostedZones, openHosted } from '../support/dns/hosted.ts';
import { updateKey } from '../support/dns/knot.ts';
import { openWorld, type World } from '../support/dns/world.ts';
import { poll } from '../support/poll.ts';

export interface RollWay {
  readonly signing: 'online' | 'presigned';
  /** Who puts the delegation into the parent zone: somebody who reads `caliopen domain dns`, or the server by DNS UPDATE. */
  readonly placing: 'by hand' | 'by update';
}

export const rollWays: readonly RollWay[] = [
  { signing: 'online', placing: 'by hand' },
  { signing: 'presigned', placing: 'by update' },
];

/** DNSKEY at the server and DS at the parent, in presentation form. */
interface Look {
  readonly keys: readonly string[];
  readonly ds: readonly string[];
}

const domain = 'alpha.example';
const zone = `_openpgpkey.${domain}.`;
const [server] = doorAddresses;
/** Signatures are made anew a day before their end, which a clock that is set on must not leap over. */
const stepSeconds = 18 * 3600;
/** A server whose clock leapt reads all anew, and looks at the parent within an hour then. */
const lookSeconds = 40 * 60;
/** Longer than a server goes without a look at what is due. */
const lookMilliseconds = 25_000;

/**
 * Rolls all keys of a zone behind a real parent and a resolver that keeps its cache: at each step both a key that is
 * there and one that is not are validated. It goes on until the parent has named the new key for three steps, or
 * (`toEnd`) until the old key is gone. The steps it took; null when the test was skipped.
 */
export async function rollKeys(
  t: TestContext,
  way: RollWay,
  { on, toEnd = false }: { on: Backend; toEnd?: boolean },
): Promise<number | null> {
  const world = await openWorld(t, hostedZones, { hasClock: true });
  if (world === null) return null;
  const hosted = await openZone(t, world, { way, on });
  const place = async () => {
    if (way.placing === 'by hand') await hosted.delegate(domain, true);
  };
  const door = await hosted.serve('dns');
  const before = await seen(world, 'the delegation', isDelegated, place);
  await assertSecure(world, 'before the roll');
  await hosted.caliopen(['domain', 'dns', domain, '--roll', 'all', '--no-check']);
  await seen(world, 'the new key', ({ keys }) => keys.some(key => !before.keys.includes(key)));
  await assertSecure(world, 'with the new key');
  // A server that starts looks at all keys at once.
  await door.stop();
  world.clock?.advance(stepSeconds);
  await hosted.serve('dns');
  const isNamed = ({ ds }: Look) => ds.some(one => !before.ds.includes(one));
  const named = await seen(world, 'the new DS', isNamed, place);
  assert.equal(named.ds.length, before.ds.length);
  await assertSecure(world, 'with the new DS');

  const isOver = ({ keys }: Look) => keys.length > 0 && !keys.some(key => before.keys.includes(key));
  for (let steps = 1; steps < mostSteps; steps += 1) {
    await goOn(world, toEnd);
    await assertSecure(world, `step ${steps}`);
    if (toEnd ? isOver(await lookAt(world)) : steps === 3) return steps;
  }
  throw new Error(`the old key does not go: ${JSON.stringify({ before, now: await lookAt(world) })}`);
}

const mostSteps = 30;

/** A zone that is not delegated yet, with a key in it. */
async function openZone(
  t: TestContext,
  world: World,
  { way, on }: { way: RollWay; on: Backend },
): Promise<Hosted> {
  const update = `${domain}=${updateKey.name}@${world.parentAddress}:53`;
  const updates = way.placing === 'by update' ? [update] : [];
  const settings = { 'dns.signing': way.signing, 'dns.updates': updates };
  const hosted = await openHosted(t, world, { on, settings });
  await hosted.addAccount(`adam@${domain}`);
  await hosted.publish(`adam@${domain}`);
  return hosted;
}

/** Sets the clock on by a step, and where that matters gives the server the time for a look at the parent. */
async function goOn(world: World, isLookAwaited: boolean): Promise<void> {
  world.clock?.advance(stepSeconds);
  if (!isLookAwaited) return;
  for (const milliseconds of [1500, 1500, lookMilliseconds]) {
    await wait(milliseconds);
    if (milliseconds < lookMilliseconds) world.clock?.advance(lookSeconds);
  }
}

function isDelegated({ keys, ds }: Look): boolean {
  return keys.length > 0 && ds.length > 0;
}

async function seen(
  world: World,
  what: string,
  isThere: (look: Look) => boolean,
  before: () => Promise<void> = async () => {},
): Promise<Look> {
  return poll(
    what,
    async () => {
      await before();
      const look = await lookAt(world);
      return isThere(look) ? look : undefined;
    },
    lookMilliseconds,
  );
}

async function lookAt(world: World): Promise<Look> {
  return {
    keys: await dataOf(world, server, 'DNSKEY'),
    ds: await dataOf(world, world.parentAddress, 'DS'),
  };
}

async function dataOf(world: World, address: string, type: string): Promise<string[]> {
  const { answers } = await world.kdig(`@${address}`, '+tcp', zone, type);
  const rows = answers.map(line => line.split(/\s+/)).filter(words => words[3] === type);
  return rows.map(words => words.slice(4).join(' ')).sort();
}

async function assertSecure(world: World, when: string): Promise<void> {
  const found = await world.delv(owner('adam'), 'OPENPGPKEY');
  assert.equal(found.verdict, 'fully validated', `${when}: ${found.text}`);
  const absent = await world.delv(owner('nobody'), 'OPENPGPKEY');
  assert.equal(absent.verdict, 'negative response, fully validated', `${when}: ${absent.text}`);
}

function owner(localPart: string): string {
  const digest = createHash('sha256').update(localPart).digest('hex');
  return `${digest.slice(0, 56)}.${zone}`;
}
