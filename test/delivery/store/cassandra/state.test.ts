import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  markAfter,
  markOf,
  readState,
  type StateMark,
  toldBy,
  windowMilliseconds,
  writeState,
} from '../../../../delivery/store/cassandra/mail/state.ts';

/** A line as `comparable` names it. */
function lineAt(instant: number, id: number): string {
  return `${String(instant).padStart(14, '0')}.0000.${id}`;
}

/** A change: when it is really made, how far its writer's clock is off, how long its write takes. */
const change = fc.record({
  made: fc.integer({ min: 0, max: 60_000 }),
  skew: fc.integer({ min: -5000, max: 5000 }),
  delay: fc.integer({ min: 0, max: 4900 }),
});

const beginning = 1_800_000_000_000;

interface Line {
  readonly name: string;
  readonly visibleAt: number;
}

/** A client that asks for changes now and then, at a process that remembers or another one. */
class Client {
  readonly told: string[] = [];
  #state = '0';
  readonly #lines: readonly Line[];
  readonly #limit: number;
  readonly #memory: Map<string, ReadonlySet<string>> | null;

  constructor(lines: readonly Line[], limit: number, hasMemory: boolean) {
    this.#lines = lines;
    this.#limit = limit;
    this.#memory = hasMemory ? new Map() : null;
  }

  /** Asks until all is told; gives how often. */
  poll(now: number): number {
    for (let asked = 1; asked < 1000; asked++) if (!this.#ask(now)) return asked;
    return assert.fail('it never ends');
  }

  #ask(now: number): boolean {
    const mark = readState(this.#state);
    assert.ok(mark, this.#state);
    const lines = this.#lines
      .filter(({ name, visibleAt }) => visibleAt <= now && Number(name.slice(0, 14)) >= mark.since)
      .map(({ name }) => name)
      .sort();
    const told = toldBy(mark, lines, this.#memory?.get(this.#state));
    const fresh = lines.filter(line => !told.isTold(line));
    const cut = fresh.slice(0, this.#limit);
    this.told.push(...cut);
    const known = lines.filter(line => cut.includes(line) || told.isTold(line));
    const hasMore = cut.length < fresh.length;
    const next: StateMark = markAfter(mark, known, {
      cutAt: hasMore ? (cut.at(-1) ?? null) : null,
      now,
    });
    assert.ok(next.since >= mark.since, 'the beginning never goes back');
    this.#state = writeState(next);
    this.#memory?.set(this.#state, new Set(known));
    return hasMore;
  }

  get state(): string {
    return this.#state;
  }
}

describe('states of the change log', () => {
  it('come back as they were written', () => {
    const lines = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { maxLength: 100 });
    fc.assert(
      fc.property(lines, fc.boolean(), (instants, isCut) => {
        const names = instants.map(instant => lineAt(beginning + instant, instant)).sort();
        const mark = markOf(beginning, names, isCut ? (names.at(-1) ?? null) : null);
        assert.deepEqual(readState(writeState(mark)), mark);
      }),
    );
  });

  it('are told from any other text, which never throws', () => {
    for (const text of ['', 'x', '-1', '999999', '1e3', 's', 's1.1', 's1.1.abcdefghijk', '0 '])
      assert.equal(readState(text), null, text);
    fc.assert(fc.property(fc.string(), text => void readState(text)));
  });

  it('stay at rest, and say when a line appears behind their newest', () => {
    const early = lineAt(beginning, 1);
    const late = lineAt(beginning - 9000, 2);
    const mark = markOf(beginning - windowMilliseconds, [early]);
    assert.equal(toldBy(mark, [early]).isTold(early), true);
    assert.equal(toldBy(mark, [late, early]).isTold(late), false);
  });

  for (const [limit, hasMemory] of [
    [1000, true],
    [1000, false],
    [3, true],
    [3, false],
    [1, false],
  ] as const) {
    it(`a client that takes ${limit} at once misses no line, ${hasMemory ? 'told once each' : 'without memory'}`, () => {
      const plan = fc.record({
        changes: fc.array(change, { minLength: 1, maxLength: 150 }),
        polls: fc.array(fc.integer({ min: 0, max: 70_000 }), { maxLength: 20 }),
      });
      fc.assert(
        fc.property(plan, ({ changes, polls }) => {
          const lines = changes.map(({ made, skew, delay }, id) => ({
            name: lineAt(beginning + made + skew, id),
            visibleAt: beginning + made + delay,
          }));
          const client = new Client(lines, limit, hasMemory);
          for (const instant of polls.sort((one, other) => one - other)) client.poll(beginning + instant);
          client.poll(beginning + 100_000);
          const missed = lines.filter(({ name }) => !client.told.includes(name));
          assert.deepEqual(missed, []);
          if (hasMemory) assert.equal(client.told.length, lines.length);
          const rest = client.state;
          assert.equal(client.poll(beginning + 200_000), 1);
          assert.equal(client.state, rest, 'nothing new, the same state');
        }),
        { numRuns: 60 },
      );
    });
  }
});
