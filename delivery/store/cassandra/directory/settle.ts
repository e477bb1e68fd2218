import { DeliveryError } from '../../../errors.ts';
import type { Session, Statement } from '../session.ts';

/** A lightweight transaction whose outcome can be seen in the row that it changes. */
export interface Transaction<T> {
  readonly claim: Statement;
  /** Reads the row with the columns that `isDone` looks at. */
  readonly look: Statement;
  /** Whether the row, undefined when there is none, is as the transaction leaves it. */
  isDone(row: Partial<T> | undefined): boolean;
}

/** Whether what was wanted holds now; if not, the row that is in the way. */
export interface Settled<T> {
  readonly applied: boolean;
  readonly row: Partial<T> | undefined;
}

/** Tries of a transaction whose answer is lost. */
const maxTries = 3;

/**
 * Runs a lightweight transaction to a known end. When its answer is lost it may have been applied or not, and even be
 * applied later: the row is looked at, and the transaction tried again unless it shows that it was.
 */
export async function settle<T>(session: Session, transaction: Transaction<T>): Promise<Settled<T>> {
  const { claim, look, isDone } = transaction;
  for (let tries = 1; ; tries++) {
    try {
      const { applied, row } = await session.claim<Partial<T>>(claim.cql, claim.values);
      return { applied: applied || isDone(row), row };
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.code !== 'storeUnavailable' || tries === maxTries)
        throw error;
      const row = await session.claimed<Partial<T>>(look.cql, look.values);
      if (isDone(row)) return { applied: true, row };
    }
  }
}
