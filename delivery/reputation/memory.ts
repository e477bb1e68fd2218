import type { KeyCounts } from './standing.ts';

/** What a store keeps of senders, as far as it is asked here; see `Senders` of the store's contract. */
export interface SenderMemory {
  getSenderCounts(
    keys: readonly string[],
    at: Date,
  ): Promise<ReadonlyArray<KeyCounts & { readonly firstSeenAt: Date; readonly lastSeenAt: Date }>>;
  addSenderCounts(changes: readonly KeyCounts[], at: Date): Promise<void>;
  noteSight(
    key: string,
    at: Date,
    keepSeconds: number,
  ): Promise<{ readonly firstSeenAt: Date; readonly lastSeenAt: Date | null }>;
}
