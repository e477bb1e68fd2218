import { isDeepStrictEqual } from 'node:util';

/** Whether a stored document says the same as one in memory: as JSON keeps it, in whatever order its members are. */
export function isSameDocument(stored: unknown, other: unknown): boolean {
  return isDeepStrictEqual(stored, JSON.parse(JSON.stringify(other)) as unknown);
}
