import { env } from 'node:process';
import { DeliveryError } from '../../delivery/errors.ts';
import { percentile } from './deliver/load.ts';
import { type Ask, type AskedMailbox, asks } from './stores/asks.ts';
import { buildMailbox } from './stores/build-mailbox.ts';
import { startStores } from './stores/subject.ts';

/**
 * One big mailbox in each store: builds `BENCH_MESSAGES` (20,000) emails over five years and prints p50, p95 and p99 of
 * what a reader asks, `BENCH_REPEATS` (200) times; the stores take turns. Aims on SQLite: a page 5 ms, a word 10 ms
 * (p99, warm); of 100,000 emails a search as the webmail asks for it 100 ms (p95), which leaves 50 ms for the screen.
 * `BENCH_SUBJECTS` (sqlite, cassandra1, cassandra3), `BENCH_ASKS` (a regular expression over their names).
 */
const total = Number(env.BENCH_MESSAGES ?? 20_000);
const repeats = Number(env.BENCH_REPEATS ?? 200);

interface Built {
  readonly name: string;
  readonly mailbox: AskedMailbox;
}

/** What was found, the first wait, the median, p95 and p99 in milliseconds, as cells; or why the store does not answer. */
async function measure(ask: Ask, all: readonly Built[]): Promise<Map<string, string[]>> {
  const answers = new Map<Built, Answers>(all.map(built => [built, { waits: [], found: '', refusal: null }]));
  for (let round = 0; round < repeats; round++) {
    for (const [{ mailbox }, answer] of answers) {
      if (answer.refusal === null) await put(() => ask(mailbox, round), answer);
    }
  }
  return new Map([...answers].map(([{ name }, answer]) => [name, cellsOf(answer)]));
}

interface Answers {
  readonly waits: number[];
  found: string;
  /** Code of the error that ended it. */
  refusal: string | null;
}

async function put(question: () => Promise<string>, answer: Answers): Promise<void> {
  const began = performance.now();
  try {
    answer.found = await question();
    answer.waits.push(performance.now() - began);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    answer.refusal = error.code;
  }
}

function cellsOf({ waits, found, refusal }: Answers): string[] {
  if (refusal !== null) return [refusal];
  const sorted = waits.toSorted((one, other) => one - other);
  const figures = [waits[0] ?? 0, ...[0.5, 0.95, 0.99].map(share => percentile(sorted, share))];
  return [found, ...figures.map(value => value.toFixed(1))];
}

async function main(): Promise<void> {
  const subjects = await startStores(1);
  try {
    const all: Built[] = [];
    for (const subject of subjects) {
      const began = performance.now();
      all.push({ name: subject.name, mailbox: await buildMailbox(subject, { total, repeats }) });
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      console.log(`${total} emails built and indexed in ${seconds} s: ${subject.name}`);
    }
    console.log(`${repeats} times, in turn; milliseconds: first, p50, p95, p99`);
    console.log('asked | store | found | first | p50 | p95 | p99');
    for (const [name, ask] of Object.entries(asks)) {
      if (!new RegExp(env.BENCH_ASKS ?? '').test(name)) continue;
      for (const [store, cells] of await measure(ask, all)) console.log([name, store, ...cells].join(' | '));
    }
    console.log(`memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
  } finally {
    for (const subject of subjects) await subject.stop();
  }
}

await main();
