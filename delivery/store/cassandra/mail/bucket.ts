import { emailId, placesPerMillisecond, readEmailId, tailLength } from '../../ids.ts';

/** Parts that a month of an account can have at most. */
export const partsPerMonth = 1000;

/** Emails that a part takes before the next one is begun. */
export const emailsPerPart = 2000;

const placesPerMonth = 2 ** 42;

/** The month of an email, from its id: about 25 days, so that a mailbox of decades has few. Null: no id of an email. */
export function monthOfEmail(id: string): number | null {
  const place = readEmailId(id)?.place;
  return place === undefined ? null : Math.floor(place / placesPerMonth);
}

/** The instant of an email's place, from its id, in milliseconds. */
export function instantOfEmail(id: string): number {
  return Math.floor((readEmailId(id)?.place ?? 0) / placesPerMillisecond);
}

/** The month of an instant. */
export function monthOfInstant(instant: Date): number {
  return Math.floor((Math.max(0, instant.getTime()) * placesPerMillisecond) / placesPerMonth);
}

/** The bucket of a part of a month. */
export function bucketOf(month: number, part: number): number {
  return month * partsPerMonth + part;
}

export function monthOfBucket(bucket: number): number {
  return Math.floor(bucket / partsPerMonth);
}

/** Before all ids of a month's emails. */
export function firstIdOf(month: number): string {
  return emailId(month * placesPerMonth, '-'.repeat(tailLength));
}

/** Behind all of them. */
export function lastIdOf(month: number): string {
  return emailId((month + 1) * placesPerMonth - 1, 'z'.repeat(tailLength));
}
