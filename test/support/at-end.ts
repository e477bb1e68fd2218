import type { TestContext } from 'node:test';

type Ending = () => unknown;

const endings = new WeakMap<object, Ending[]>();

/** Runs `ending` when the test is over, last come first served: what was opened last is closed first. */
export function atEnd(test: Pick<TestContext, 'after'>, ending: Ending): void {
  const known = endings.get(test);
  if (known) {
    known.push(ending);
    return;
  }
  const list = [ending];
  endings.set(test, list);
  test.after(async () => {
    for (const next of list.reverse()) await next();
  });
}
