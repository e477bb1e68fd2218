import { channel } from 'node:diagnostics_channel';
import type { FaultKind } from './verify-fault.ts';

/** What a self-check tells whoever counts in this process. */
export interface SelfCheckNews {
  /** Emails whose rows were looked at. */
  readonly checkedEmails: number;
  /** Kinds of the faults found, one for each. */
  readonly faults: readonly FaultKind[];
}

const news = channel('caliopen:store-check');

/** Tells it. */
export function publishSelfCheck(told: SelfCheckNews): void {
  news.publish(told);
}

/** Calls `listener` at each check of any store of this process. Gives how to stop. */
export function onSelfCheck(listener: (told: SelfCheckNews) => void): () => void {
  const listen = (message: unknown): void => listener(message as SelfCheckNews);
  news.subscribe(listen);
  return () => void news.unsubscribe(listen);
}
