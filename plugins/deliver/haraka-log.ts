import constants from 'haraka-constants';
import { doorLog } from '../context.ts';

/** Haraka's levels in our words: its notices are a line per command, far below our `info`. */
const levels: Readonly<Record<string, 'error' | 'warn' | 'debug'>> = {
  EMERG: 'error',
  ALERT: 'error',
  CRIT: 'error',
  ERROR: 'warn',
  WARN: 'debug',
};

/** Writes one item of Haraka's log as a line of ours; Haraka prints it itself when we can't. */
export function writeHarakaLog(next: HarakaNext, _logger: unknown, item: HarakaLogItem): void {
  try {
    doorLog()[levels[item.level] ?? 'debug']({ haraka: item.data.slice(0, 2000) }, 'haraka');
    next(constants.ok);
  } catch {
    next(); // The settings have faults, which `startDoor` reports.
  }
}
