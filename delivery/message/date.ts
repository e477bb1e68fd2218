const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const monthNames = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;
const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** Minutes east of UTC of the obsolete zones (RFC 5322 §4.3) and of others that senders write. */
const zones: ReadonlyMap<string, number> = new Map([
  ['ut', 0],
  ['utc', 0],
  ['gmt', 0],
  ['z', 0],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
  ['bst', 60],
  ['wet', 0],
  ['west', 60],
  ['cet', 60],
  ['met', 60],
  ['cest', 120],
  ['mest', 120],
  ['eet', 120],
  ['eest', 180],
  ['msk', 180],
  ['ist', 330],
  ['sgt', 480],
  ['hkt', 480],
  ['jst', 540],
  ['kst', 540],
  ['aest', 600],
  ['aedt', 660],
  ['nzst', 720],
  ['nzdt', 780],
]);

interface Parts {
  day?: number;
  month?: number;
  year?: number;
  time?: readonly [number, number, number];
  offsetMinutes?: number;
}

/** Longest value that is looked at. */
const maxLength = 500;

/**
 * A date-time (RFC 5322 §3.3, obsolete forms of §4.3), and what careless senders write: asctime order, ISO 8601,
 * full month names, missing seconds, missing or unknown zones (taken as UTC). Null when no date can be read.
 */
export function parseDate(value: string): Date | null {
  return parseDateTime(value)?.at ?? null;
}

/** A date with the zone that it was written in. */
export interface DateTime {
  readonly at: Date;
  /** Minutes east of UTC. */
  readonly offsetMinutes: number;
}

/** `parseDate` with the zone. */
export function parseDateTime(value: string): DateTime | null {
  const text = withoutComments(value.slice(0, maxLength)).replace(/\s{0,100}:\s{0,100}/g, ':');
  const iso = parseIso(text);
  if (iso) return iso;
  const parts: Parts = {};
  for (const token of text.split(/[\s,]+/)) if (token !== '') take(parts, token);
  return build(parts);
}

/** A date in the form of RFC 5322 §3.3, `offsetMinutes` east of UTC: `Thu, 01 Jan 2026 12:00:00 +0000`. */
export function formatDate(date: Date, offsetMinutes = 0): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const local = new Date(date.getTime() + offsetMinutes * 60_000);
  const day = `${dayNames[local.getUTCDay()]}, ${two(local.getUTCDate())} ${monthNames[local.getUTCMonth()]}`;
  const year = String(local.getUTCFullYear()).padStart(4, '0');
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
  const east = Math.abs(offsetMinutes);
  return `${day} ${year} ${time} ${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(east / 60))}${two(east % 60)}`;
}

function withoutComments(value: string): string {
  let text = '';
  let depth = 0;
  for (const char of value) {
    if (char === '(') depth++;
    else if (char === ')' && depth > 0) depth--;
    else if (depth === 0) text += char;
  }
  return text;
}

function parseIso(text: string): DateTime | null {
  const match =
    /^\s*(\d{4})-(\d{1,2})-(\d{1,2})[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?/i.exec(
      text,
    );
  if (!match) return null;
  const [, year, month, day, hour, minute, second, zone] = match;
  return build({
    year: Number(year),
    month: Number(month) - 1,
    day: Number(day),
    time: [Number(hour), Number(minute), Number(second ?? 0)],
    offsetMinutes: zoneOf(zone ?? 'Z') ?? 0,
  });
}

/** Each row reads one form of token; the first that fits takes it. */
const readers: ReadonlyArray<(parts: Parts, token: string) => boolean> = [
  takeTime,
  takeHalf,
  takeOffset,
  takeMonth,
  takeNumber,
  takeJoined,
  takeZone,
];

function take(parts: Parts, token: string): void {
  for (const reader of readers) if (reader(parts, token)) return;
}

function takeTime(parts: Parts, token: string): boolean {
  const match = /^(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,]\d+)?)?(am|pm|[+-]\d{4}|z|gmt|utc)?$/i.exec(
    token,
  );
  if (!match || parts.time) return false;
  const half = match[4]?.toLowerCase();
  let hour = Number(match[1]);
  if (half === 'pm' && hour < 12) hour += 12;
  else if (half === 'am' && hour === 12) hour = 0;
  else if (half && half !== 'pm' && half !== 'am') takeOffset(parts, half) || takeZone(parts, half);
  parts.time = [hour, Number(match[2]), Number(match[3] ?? 0)];
  return true;
}

/** `PM` behind a time of twelve hours. */
function takeHalf(parts: Parts, token: string): boolean {
  if (!parts.time || !/^[ap]m$/i.test(token)) return false;
  const [hour, minute, second] = parts.time;
  const half = token.toLowerCase();
  if (half === 'pm' && hour < 12) parts.time = [hour + 12, minute, second];
  else if (half === 'am' && hour === 12) parts.time = [0, minute, second];
  return true;
}

function takeOffset(parts: Parts, token: string): boolean {
  const offset = /^(?:gmt|utc|ut)?[+-]\d{1,2}:?(?:\d{2})?$/i.test(token) ? zoneOf(token) : null;
  if (offset === null || (parts.offsetMinutes !== undefined && parts.offsetMinutes !== 0)) return false;
  parts.offsetMinutes = offset;
  return true;
}

function takeMonth(parts: Parts, token: string): boolean {
  const month = months.indexOf(token.slice(0, 3).toLowerCase() as (typeof months)[number]);
  if (month === -1 || parts.month !== undefined || !/^[a-z]+\.?$/i.test(token)) return false;
  parts.month = month;
  return true;
}

function takeNumber(parts: Parts, token: string): boolean {
  if (!/^\d{1,4}$/.test(token)) return false;
  const number = Number(token);
  if (parts.day === undefined && token.length <= 2 && number >= 1 && number <= 31) parts.day = number;
  else if (parts.year === undefined) parts.year = fullYear(token);
  else return false;
  return true;
}

/** `2-Jan-2026`, `02/01/2026` is left alone: nobody knows which is the month. */
function takeJoined(parts: Parts, token: string): boolean {
  const match = /^(\d{1,2})[-/ ]([a-z]{3,9})[-/ ](\d{2,4})$/i.exec(token);
  if (!match?.[2] || !match[3]) return false;
  parts.day = Number(match[1]);
  parts.year = fullYear(match[3]);
  return takeMonth(parts, match[2]);
}

function takeZone(parts: Parts, token: string): boolean {
  const offset = zones.get(token.toLowerCase());
  if (offset === undefined || parts.offsetMinutes !== undefined) return false;
  parts.offsetMinutes = offset;
  return true;
}

/** RFC 5322 §4.3: two digits below 50 are 20xx, other two and three digits are 19xx. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length >= 4) return year;
  return digits.length === 2 && year < 50 ? year + 2000 : year + 1900;
}

/** `+0200`, `-5:30`, `GMT+1`, `Z` as minutes east of UTC; null for nonsense. */
function zoneOf(zone: string): number | null {
  const match = /([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
  if (!match) return zones.get(zone.toLowerCase()) ?? null;
  const minutes = Number(match[2]) * 60 + Math.min(Number(match[3] ?? 0), 59);
  return match[1] === '-' ? -minutes : minutes;
}

function build({ day, month, year, time, offsetMinutes = 0 }: Parts): DateTime | null {
  if (day === undefined || month === undefined || year === undefined) return null;
  const [hour, minute, second] = time ?? [0, 0, 0];
  const isPossible =
    month >= 0 &&
    month <= 11 &&
    day >= 1 &&
    day <= daysOf(month, year) &&
    hour < 25 &&
    minute < 60 &&
    second <= 60;
  if (!isPossible || year > 9999) return null;
  // Date.UTC takes years below 100 for 19xx.
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hour, minute - offsetMinutes, Math.min(second, 59));
  return Number.isNaN(date.getTime()) ? null : { at: date, offsetMinutes };
}

function daysOf(month: number, year: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month + 1, 0);
  return date.getUTCDate();
}
