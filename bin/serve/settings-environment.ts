import { type Config, environmentName } from '../../delivery/config.ts';

/** All settings as environment variables, so that a child process has the same ones whatever file they came from. */
export function settingsEnvironment(config: Config): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      environmentName(key),
      Array.isArray(value) ? value.join(' ') : String(value),
    ]),
  );
}
