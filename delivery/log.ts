import { pino } from 'pino';

/** Fixed words for `event`, then fields. Never message text, subjects, keys or passwords. */
export interface Log {
  error(fields: Record<string, unknown>, event: string): void;
  warn(fields: Record<string, unknown>, event: string): void;
  info(fields: Record<string, unknown>, event: string): void;
  debug(fields: Record<string, unknown>, event: string): void;
  child(fields: Record<string, unknown>): Log;
}

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A log that writes one JSON object a line to standard error: time, level, event, fields. */
export function openLog(level: LogLevel, destination: number | string = 2): Log {
  return pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: label => ({ level: label }) },
    },
    pino.destination({ dest: destination, sync: true }),
  );
}

/** A log that keeps nothing: for commands and tests that do not look. */
export const silentLog: Log = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLog,
};
