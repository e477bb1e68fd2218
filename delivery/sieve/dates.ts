import { type DateTime, formatDate } from '../message/date.ts';

/** Minutes east of UTC of a zone as `+0100`, null for any other text. */
export function zoneOffset(zone: string): number | null {
  const match = /^([+-])([0-9]{2})([0-5][0-9])$/.exec(zone);
  if (!match) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

/** The Modified Julian Day of the first of January 1970. */
const julianOfEpoch = 40_587;
const dayMilliseconds = 86_400_000;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function yearOf(local: Date): string {
  return String(local.getUTCFullYear()).padStart(4, '0');
}

function dateOf(local: Date): string {
  return `${yearOf(local)}-${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}`;
}

function timeOf(local: Date): string {
  return [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
}

function zoneWords(offsetMinutes: number, between: string): string {
  const east = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(east / 60))}${between}${two(east % 60)}`;
}

/** RFC 3339 §5.6: `Z` where others would write `+00:00`. */
function iso8601(local: Date, offsetMinutes: number): string {
  return `${dateOf(local)}T${timeOf(local)}${offsetMinutes === 0 ? 'Z' : zoneWords(offsetMinutes, ':')}`;
}

/** The parts of a date that can be asked for (RFC 5260 §4.2); `local` shows the local time in its UTC fields. */
export const dateParts: ReadonlyMap<string, (local: Date, offsetMinutes: number) => string> = new Map([
  ['year', local => yearOf(local)],
  ['month', local => two(local.getUTCMonth() + 1)],
  ['day', local => two(local.getUTCDate())],
  ['date', local => dateOf(local)],
  ['julian', local => String(Math.floor(local.getTime() / dayMilliseconds) + julianOfEpoch)],
  ['hour', local => two(local.getUTCHours())],
  ['minute', local => two(local.getUTCMinutes())],
  ['second', local => two(local.getUTCSeconds())],
  ['time', local => timeOf(local)],
  ['iso8601', iso8601],
  ['std11', (local, offset) => formatDate(new Date(local.getTime() - offset * 60_000), offset)],
  ['zone', (_local, offset) => zoneWords(offset, '')],
  ['weekday', local => String(local.getUTCDay())],
]);

/** One part of a moment as text, null where there is no such part. */
export function datePart(part: string, { at, offsetMinutes }: DateTime): string | null {
  const local = new Date(at.getTime() + offsetMinutes * 60_000);
  if (Number.isNaN(local.getTime())) return null;
  return dateParts.get(part.toLowerCase())?.(local, offsetMinutes) ?? null;
}
