import type { StoreFault } from '../../store.ts';
import type { ReadParts } from './reads.ts';
import { toFault, walkStore } from './verify.ts';
import type { MendTools, Suspicion } from './verify-fault.ts';

/** What mending works with. */
export interface RebuildTools extends MendTools {
  /** Throws `storeUnavailable` while nothing may be written. */
  readonly requireClock: () => void;
}

/** Tries to mend one fault. */
const maxTries = 3;

/**
 * `Store.rebuild`: makes anew what follows from the truth wherever it is wrong, and gives what was mended. Each step
 * bears that others write, or mend, at the same time; what can't be mended is left to `verify` to name.
 */
export async function* rebuildStore(
  parts: ReadParts,
  accountId: string | undefined,
  tools: RebuildTools,
): AsyncGenerator<StoreFault> {
  for await (const suspicion of walkStore(parts, accountId, { withOctets: false })) {
    if (await isMended(parts, suspicion, tools)) yield toFault(suspicion);
  }
}

async function isMended(
  { context }: ReadParts,
  { kind, accountId, mend, isStill }: Suspicion,
  tools: RebuildTools,
): Promise<boolean> {
  if (mend === null) return false;
  for (let tries = 1; tries <= maxTries; tries++) {
    tools.requireClock();
    try {
      await mend(tools);
      if (!(await isStill())) return true;
    } catch (error) {
      // The others may be mended for all that; when the cluster is away, the walk ends with its next read.
      context.log.warn({ accountId, kind, cause: String(error) }, 'storeFaultNotMended');
      return false;
    }
  }
  return false;
}
