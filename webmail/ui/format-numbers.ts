import type { Words } from './locales/en.ts';

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
