import { type AccountPreferences, preferenceValues } from '../wire.ts';

/** How the owner wants the screens, besides language, theme and keys. */
export type Preferences = {
  readonly [Name in 'dateFormat' | 'hourCycle' | 'density' | 'remoteContent']: NonNullable<
    AccountPreferences[Name]
  >;
} & {
  /** IANA name; null is the device's own. */
  readonly timeZone: string | null;
};

export const defaultPreferences: Preferences = {
  timeZone: null,
  dateFormat: 'locale',
  hourCycle: 'locale',
  density: 'comfortable',
  remoteContent: 'ask',
};

/** What of `given` can be understood here, over `base`; null is as on any new device. */
export function readPreferences(given: unknown, base: Preferences): Preferences {
  const wishes: Readonly<Record<string, unknown>> = { ...(given as object | null) };
  const { timeZone = base.timeZone } = wishes;
  const { dateFormat, hourCycle, density, remoteContent } = preferenceValues;
  const before = (name: keyof Preferences) => (wishes[name] === null ? defaultPreferences : base);
  return {
    timeZone: typeof timeZone === 'string' && isTimeZone(timeZone) ? timeZone : null,
    dateFormat: dateFormat.find(value => value === wishes.dateFormat) ?? before('dateFormat').dateFormat,
    hourCycle: hourCycle.find(value => value === wishes.hourCycle) ?? before('hourCycle').hourCycle,
    density: density.find(value => value === wishes.density) ?? before('density').density,
    remoteContent:
      remoteContent.find(value => value === wishes.remoteContent) ?? before('remoteContent').remoteContent,
  };
}

/** Whether this browser knows the time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The preferences that this device remembers. */
export function rememberedPreferences(memory: Pick<Storage, 'getItem'>): Preferences {
  try {
    return readPreferences(JSON.parse(memory.getItem('preferences') ?? 'null'), defaultPreferences);
  } catch {
    return defaultPreferences;
  }
}
