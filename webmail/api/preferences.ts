import * as v from 'valibot';
import { type AccountPreferences, preferenceValues } from '../wire.ts';
import { isRecord } from './jmap/request.ts';

/** Name of the preferences in the account's settings; what stands beside them belongs to others. */
export const preferencesKey = 'preferences';

const { language, theme, dateFormat, hourCycle, density, remoteContent } = preferenceValues;

/** What an owner may choose, property by property. */
export const preferenceEntries = {
  language: v.nullable(v.picklist(language)),
  theme: v.nullable(v.picklist(theme)),
  timeZone: v.nullable(v.pipe(v.string(), v.maxLength(64), v.check(isTimeZone))),
  dateFormat: v.nullable(v.picklist(dateFormat)),
  hourCycle: v.nullable(v.picklist(hourCycle)),
  density: v.nullable(v.picklist(density)),
  remoteContent: v.nullable(v.picklist(remoteContent)),
  hasKeys: v.nullable(v.boolean()),
  sortsByStructure: v.nullable(v.boolean()),
  learnsTags: v.nullable(v.boolean()),
  learnsImportance: v.nullable(v.boolean()),
};

const none: AccountPreferences = {
  ...{ language: null, theme: null, timeZone: null, dateFormat: null },
  ...{ hourCycle: null, density: null, remoteContent: null, hasKeys: null },
  ...{ sortsByStructure: null, learnsTags: null, learnsImportance: null },
};

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The preferences among the settings of an account; what is missing, or not of this version, was never chosen. */
export function preferencesOf(settings: Readonly<Record<string, unknown>>): AccountPreferences {
  const stored = settings[preferencesKey];
  if (!isRecord(stored)) return none;
  const known = Object.entries(preferenceEntries).filter(([name, schema]) => v.is(schema, stored[name]));
  return { ...none, ...Object.fromEntries(known.map(([name]) => [name, stored[name]])) };
}
