import type { Preferences } from './preferences.ts';

const dayMilliseconds = 86_400_000;

/** How dates are written for a reader: language and country, time zone, order of day and month, hours. */
export interface Formats {
  /** Of numbers, and of dates where nothing else is wished. */
  readonly locale: string;
  /** The formatter of a shape of date; made once. */
  shape(name: Shape): Intl.DateTimeFormat;
  readonly dateFormat: Preferences['dateFormat'];
}

const shapes = {
  time: { timeStyle: 'short' },
  weekday: { weekday: 'short' },
  day: { day: 'numeric', month: 'short' },
  date: { dateStyle: 'short' },
  long: { dateStyle: 'long', timeStyle: 'short' },
  short: { day: 'numeric', month: 'short', year: 'numeric' },
  whole: { day: 'numeric', month: 'long', year: 'numeric' },
  /** Latin digits of the Gregorian calendar, whatever the locale: for comparing, and for ISO 8601. */
  numbers: {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    calendar: 'gregory',
    numberingSystem: 'latn',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
type Shape = keyof typeof shapes;

/** The formats of a locale and of what its reader prefers. */
export function formatsOf(
  locale: string,
  { timeZone, dateFormat, hourCycle }: Pick<Preferences, 'timeZone' | 'dateFormat' | 'hourCycle'>,
): Formats {
  const made = new Map<Shape, Intl.DateTimeFormat>();
  const shape = (name: Shape) => {
    const options: Intl.DateTimeFormatOptions = { ...shapes[name] };
    if (timeZone !== null) options.timeZone = timeZone;
    if (hourCycle !== 'locale' && options.timeStyle) options.hourCycle = hourCycle;
    const formatter = made.get(name) ?? new Intl.DateTimeFormat(locale, options);
    made.set(name, formatter);
    return formatter;
  };
  return { locale, shape, dateFormat };
}

/** A date as short as it can be read: time today, weekday this week, day and month this year. */
export function shortDate(iso: string, formats: Formats, now: Date): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  const [day, today] = [date, now].map(each => partsOf(each, 'numbers', formats));
  if (sameIn(['year', 'month', 'day'], day, today)) return formats.shape('time').format(date);
  const age = now.getTime() - date.getTime();
  if (age > 0 && age < 6 * dayMilliseconds) return formats.shape('weekday').format(date);
  return sameIn(['year'], day, today) ? dayInYear(date, formats) : dateInNumbers(date, formats);
}

type Parts = Partial<Record<Intl.DateTimeFormatPartTypes, string>>;

function partsOf(date: Date, shape: Shape, formats: Formats): Parts {
  return Object.fromEntries(
    formats
      .shape(shape)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
}

function sameIn(names: readonly (keyof Parts)[], a: Parts | undefined, b: Parts | undefined): boolean {
  return names.every(name => a?.[name] === b?.[name]);
}

function dayInYear(date: Date, formats: Formats): string {
  if (formats.dateFormat === 'locale') return formats.shape('day').format(date);
  if (formats.dateFormat === 'iso') return dateInNumbers(date, formats);
  const { day, month } = partsOf(date, 'short', formats);
  return formats.dateFormat === 'dayMonth' ? `${day} ${month}` : `${month} ${day}`;
}

function dateInNumbers(date: Date, formats: Formats): string {
  if (formats.dateFormat === 'locale') return formats.shape('date').format(date);
  const { day, month, year } = partsOf(date, 'numbers', formats);
  const orders = {
    iso: `${year}-${month}-${day}`,
    dayMonth: `${day}/${month}/${year}`,
    monthDay: `${month}/${day}/${year}`,
  };
  return orders[formats.dateFormat];
}

/** A date in full, in the reader's time zone. */
export function longDate(iso: string, formats: Formats): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  if (formats.dateFormat === 'locale') return formats.shape('long').format(date);
  const time = formats.shape('time').format(date);
  if (formats.dateFormat === 'iso') return `${dateInNumbers(date, formats)} ${time}`;
  const { day, month, year } = partsOf(date, 'whole', formats);
  return formats.dateFormat === 'dayMonth'
    ? `${day} ${month} ${year}, ${time}`
    : `${month} ${day}, ${year}, ${time}`;
}
