import type { Words } from './locales/en.ts';

const dayMilliseconds = 86_400_000;

/** A date as short as it can be read: time today, weekday this week, day and month this year. */
export function shortDate(iso: string, language: string, now: Date): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  if (date.toDateString() === now.toDateString()) return format(date, language, { timeStyle: 'short' });
  const age = now.getTime() - date.getTime();
  if (age > 0 && age < 6 * dayMilliseconds) return format(date, language, { weekday: 'short' });
  if (date.getFullYear() === now.getFullYear())
    return format(date, language, { day: 'numeric', month: 'short' });
  return format(date, language, { dateStyle: 'short' });
}

/** A date in full, in the reader's time zone. */
export function longDate(iso: string, language: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? ''
    : format(date, language, { dateStyle: 'long', timeStyle: 'short' });
}

function format(date: Date, language: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(language, options).format(date);
}

/** A size for people: 0 B, 12 kB, 3.4 MB. */
export function formatSize(octets: number, language: string, units: Words['units']): string {
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  if (octets < 1000) return `${number(octets, 0)} ${units.octets}`;
  if (octets < 1_000_000) return `${number(octets / 1000, 0)} ${units.kilo}`;
  return `${number(octets / 1_000_000, 1)} ${units.mega}`;
}

/** A number with at most two decimals, as points of the index are shown. */
export function formatPoints(value: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value);
}

/** A share of 0..1 as a percentage. */
export function formatShare(value: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(value);
}
