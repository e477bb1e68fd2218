import { percentile } from '../deliver/load.ts';
import { cpuSecondsOf } from '../deliver/processes.ts';

/** What one block of work took. */
export interface Block {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU milliseconds of this process for one piece of work. */
  readonly cpu: number;
  /** The same of all nodes together. */
  readonly nodesCpu: number;
}

/** How long and at what width a piece of work is repeated. */
export interface BlockOptions {
  readonly seconds: number;
  readonly inFlight: number;
  /** Processes whose CPU is counted apart. */
  readonly nodes: () => number[];
}

/** Repeats a piece of work, so many at once, until the time is over. */
export async function measureBlock(work: () => Promise<unknown>, options: BlockOptions): Promise<Block> {
  const { seconds, inFlight, nodes } = options;
  const waits: number[] = [];
  const began = performance.now();
  const [cpuBefore, nodesBefore] = [process.cpuUsage(), cpuSecondsOf(nodes())];
  const one = async (): Promise<void> => {
    while (performance.now() < began + seconds * 1000) {
      const from = performance.now();
      await work();
      waits.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  const elapsed = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  waits.sort((first, second) => first - second);
  return {
    perSecond: waits.length / elapsed,
    p50: percentile(waits, 0.5),
    p99: percentile(waits, 0.99),
    cpu: (user + system) / 1000 / waits.length,
    nodesCpu: ((cpuSecondsOf(nodes()) - nodesBefore) * 1000) / waits.length,
  };
}

/** The median of one figure of several blocks. */
export function medianOf(blocks: readonly Block[], of: keyof Block): number {
  const values = blocks.map(block => block[of]).sort((first, second) => first - second);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}
