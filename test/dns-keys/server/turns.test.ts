import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Allowance, Turns, type Worker } from '../../../dns-keys/server/turns.ts';
import { poll } from '../../support/poll.ts';

/** Turns as they happen: what each of the workers did in them, each piece of work costing the same. */
function rounds(workers: number, cost: Allowance) {
  const turns = new Turns();
  const done: string[][] = [[]];
  const count = () => setImmediate(() => done.push([]) < 100 && count());
  const workersOf = (left: number, name: string): Worker => ({
    work(allowance) {
      while (left > 0 && allowance.signatures > 0 && allowance.answers > 0 && allowance.octets > 0) {
        left -= 1;
        allowance.signatures -= cost.signatures;
        allowance.answers -= cost.answers;
        allowance.octets -= cost.octets;
        done.at(-1)?.push(name);
      }
      return left > 0;
    },
  });
  count();
  for (let index = 0; index < workers; index += 1) turns.add(workersOf(20, `w${index}`));
  return done;
}

for (const [what, cost, most] of [
  ['signatures', { signatures: 1, answers: 1, octets: 500 }, 8],
  ['answers', { signatures: 0, answers: 1, octets: 500 }, 64],
  ['octets', { signatures: 0, answers: 1, octets: 32_768 }, 8],
] as const)
  test(`in one turn all together have so many ${what} and no more, one after the other`, async () => {
    const done = rounds(10, cost);
    await poll('all work to be done', () => (done.flat().length === 200 ? true : undefined));
    assert.equal(Math.max(...done.map(names => names.length)), most);
    // Nobody has a second share before everybody had one.
    const order = done.flat().filter((name, index, all) => name !== all[index - 1]);
    assert.deepEqual(order.slice(0, 11), [...Array.from({ length: 10 }, (_, index) => `w${index}`), 'w0']);
  });
