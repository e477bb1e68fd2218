import type { Command } from 'commander';
import type { Config, SettingKey } from '../delivery/config.ts';

/** What every subcommand gets: where to write, and the settings once the options are known. */
export interface CommandContext {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: NodeJS.ReadableStream;
  /** The settings from `--config`, `--data` and the environment; throws `SettingsError`. */
  config(overrides?: Partial<Record<SettingKey, unknown>>): Config;
  /** True with `--json`. */
  json(): boolean;
  /**
   * Ends the command: 0 it ran and the answer is yes, 1 it ran and the answer is no, 2 it was used wrongly.
   * The process ends when the event loop is empty.
   */
  exit(code: 0 | 1 | 2): void;
}

/** Each file of `bin/` adds its command to the program; the action may be async and may throw. */
export type Register = (program: Command, context: CommandContext) => void;
