import { DeliveryError } from '../../../errors.ts';
import type { Session, Statement } from '../session.ts';

/** Further than any clock is ahead of ours. */
const aheadMicros = 10_000_000n;
const maxTries = 4;

/** Writetimes of the cells that a row has; undefined when there is no row. */
export type Times = readonly (bigint | null)[];

/** Writes a row, later than what it replaces, as `writeLater` does. */
export async function putRow(
  session: Session,
  statements: readonly Statement[],
  readTimes: () => Promise<Times | undefined>,
): Promise<void> {
  await writeLater(session, readTimes, timestamp => session.together(statements, { timestamp }));
}

/**
 * Writes a row by `write`, with a timestamp (microseconds) later than what it replaces. Where none was, a delete by a
 * clock ahead of ours may hide what is written: its time can't be read, so the row is looked for, and written again
 * with a later time. Throws `storeUnavailable` when it stays hidden.
 */
export async function writeLater(
  session: Session,
  readTimes: () => Promise<Times | undefined>,
  write: (timestamp: bigint) => Promise<void>,
): Promise<void> {
  const known = await readTimes();
  let timestamp = session.micros(known);
  for (let tries = 1; ; tries++) {
    await write(timestamp);
    if (known || (await readTimes())) return;
    if (tries === maxTries)
      throw new DeliveryError('storeUnavailable', 'a row that was written is not there');
    timestamp += aheadMicros;
  }
}
