import { isTimeZone } from './preferences.ts';

/** The IANA names that this browser lists. */
export function zoneNames(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')];
}

/** The time zone of the device. */
export function deviceZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * The time zone that somebody means by a name of any case, by its city alone (`tokyo`), or by the beginning of one
 * city only; undefined when there is none.
 */
export function findZone(text: string): string | undefined {
  const wanted = plain(text);
  const zones = zoneNames();
  const exact = zones.find(zone => plain(zone) === wanted) ?? zones.find(zone => cityOf(zone) === wanted);
  if (exact) return exact;
  const begun = zones.filter(zone => cityOf(zone).startsWith(wanted));
  if (begun.length === 1) return begun[0];
  // Older names, such as Asia/Calcutta, are known and not listed.
  return isTimeZone(text.trim()) ? text.trim() : undefined;
}

function cityOf(zone: string): string {
  return plain(zone).split('/').at(-1) ?? '';
}

/** Without case, accents, and with one kind of space. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '_');
}
