import { DeliveryError } from './errors.ts';

/**
 * What the log may hold of an error: our own texts, codes and places in the code. Messages of libraries are left out,
 * since they like to quote the input.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  if (error instanceof DeliveryError && error.code !== 'internal') {
    return { code: error.code, error: error.message, ...cause };
  }
  const code = 'code' in error ? { code: String(error.code) } : {};
  const frames = (error.stack ?? '').split('\n').filter(line => line.startsWith('    at '));
  return { error: error.name, ...code, at: frames.slice(0, 6).map(line => line.trim().slice(3)), ...cause };
}
