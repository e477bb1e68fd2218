import { DeliveryError } from '../errors.ts';
import type { SenderCounts } from './store.ts';

const dayMilliseconds = 86_400_000;
/** Days in which what was counted loses half of its weight. */
const halfDays = 30;
/** Days behind which what was counted is forgotten. */
export const keptDays = 366;

const maxKeys = 50;
const maxKeyLength = 255;

/** Counts of one key on one day, or a part of them. */
export interface DayCounts {
  readonly key: string;
  /** As `dayOf` numbers it. */
  readonly day: number;
  readonly wanted: number;
  readonly unwanted: number;
  /** In milliseconds. */
  readonly first: number;
  readonly last: number;
}

/** A change of the counts of a key: whole numbers, negative ones to take back. */
export type SenderChange = Pick<SenderCounts, 'key' | 'wanted' | 'unwanted'>;

/** The number of the day that an instant is in, UTC. */
export function dayOf(at: Date): number {
  return Math.floor(at.getTime() / dayMilliseconds);
}

/** Throws `badInput` where these are too many keys for one call, or one is too long. */
export function checkKeys(keys: readonly string[]): void {
  if (keys.length > maxKeys)
    throw new DeliveryError('badInput', `at most ${maxKeys} keys of senders in one call`);
  if (keys.some(key => key === '' || key.length > maxKeyLength))
    throw new DeliveryError('badInput', `a key of a sender has 1 to ${maxKeyLength} characters`);
}

/** The same for changes, of which each counts whole numbers. */
export function checkChanges(changes: readonly SenderChange[]): void {
  checkKeys(changes.map(({ key }) => key));
  if (
    !changes.every(({ wanted, unwanted }) => Number.isSafeInteger(wanted) && Number.isSafeInteger(unwanted))
  )
    throw new DeliveryError('badInput', 'counts of a sender are whole numbers');
}

/** Changes of one key as one. */
export function joined(changes: readonly SenderChange[]): SenderChange[] {
  const sums = new Map<string, SenderChange>();
  for (const { key, wanted, unwanted } of changes) {
    const known = sums.get(key) ?? { key, wanted: 0, unwanted: 0 };
    sums.set(key, { key, wanted: known.wanted + wanted, unwanted: known.unwanted + unwanted });
  }
  return [...sums.values()];
}

/** The sums of each key as they weigh at an instant; what is behind `keptDays` counts for nothing. */
export function sumCounts(rows: readonly DayCounts[], at: Date): SenderCounts[] {
  const today = dayOf(at);
  const fresh = rows.filter(({ day }) => day > today - keptDays);
  return [...Map.groupBy(fresh, ({ key }) => key)].map(([key, days]) => {
    const sum = (count: (day: DayCounts) => number): number =>
      Math.max(
        0,
        days.reduce((total, day) => total + count(day) * weightOf(today - day.day), 0),
      );
    return {
      key,
      wanted: sum(({ wanted }) => wanted),
      unwanted: sum(({ unwanted }) => unwanted),
      firstSeenAt: new Date(Math.min(...days.map(({ first }) => first))),
      lastSeenAt: new Date(Math.max(...days.map(({ last }) => last))),
    };
  });
}

/** What is of a day to come, by a clock ahead, weighs as today. */
function weightOf(ageDays: number): number {
  return 0.5 ** (Math.max(0, ageDays) / halfDays);
}
