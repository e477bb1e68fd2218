import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openPigeonhole } from '../../support/pigeonhole.ts';
import { openRandom, seedOfRun } from '../../support/random.ts';
import { actionCases } from './cases-actions.ts';
import { faultCases } from './cases-faults.ts';
import { scriptFor, testCases } from './cases-tests.ts';
import { randomMessage, randomScript } from './random-script.ts';
import { outcomeOf, plainMessage, wordsOf } from './run.ts';

const envelope = { reversePath: 'sender+bounce@example.net', forwardPath: 'tom+lists@example.com' };

function octetsOf(message: string = plainMessage): Buffer {
  return Buffer.from(message.replaceAll('\n', '\r\n'));
}

interface Asked {
  readonly script: string;
  readonly message?: string | undefined;
  readonly expected: string;
  readonly notPeer?: string | undefined;
}

/** Asks it of each and compares what it says, all at once, so that one difference hides no other. */
async function compare(t: TestContext, asked: readonly Asked[]): Promise<void> {
  const peer = openPigeonhole(t);
  if (!peer) return;
  const shared = asked.filter(({ notPeer }) => notPeer === undefined);
  assert.ok(shared.length > 0);
  const wrong: string[] = [];
  for (const { script, message, expected } of shared) {
    const found = await peer.decide(script, octetsOf(message), envelope);
    if (found !== expected) wrong.push(`${script}\n  Pigeonhole: ${found}\n  expected: ${expected}`);
  }
  assert.deepEqual(wrong, []);
}

test('tests hold where they do for Pigeonhole', t =>
  compare(
    t,
    testCases.map(each => ({ ...each, script: scriptFor(each), expected: each.holds ? 'discard' : 'INBOX' })),
  ));

test('scripts do what they do for Pigeonhole', t =>
  compare(
    t,
    actionCases.map(each => ({ ...each, expected: each.does })),
  ));

test('scripts are refused where Pigeonhole refuses them', t =>
  compare(
    t,
    faultCases.map(({ script, notPeer }) => ({ script, notPeer, expected: 'fault' })),
  ));

test('random scripts do with odd messages what they do for Pigeonhole', async t => {
  const seed = seedOfRun(process.env.CALIOPEN_TEST_SEED ?? '1');
  t.diagnostic(`seed ${seed}`);
  const random = openRandom(seed);
  await compare(
    t,
    Array.from({ length: 150 }, () => {
      const [script, message] = [randomScript(random), randomMessage(random)];
      return { script, message, expected: wordsOf(outcomeOf(script, { message }).actions) };
    }),
  );
});
