import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Session } from './session.ts';

/** What every operation of this store works with. */
export interface CassandraContext {
  readonly session: Session;
  readonly clock: Clock;
  readonly log: Log;
  /** 32 octets from which the accounts' hash keys are drawn (`drawHashKey`). */
  readonly hashSecret: Uint8Array;
}
