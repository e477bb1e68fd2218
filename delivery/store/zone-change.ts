/** How long changes of zones surely are told. Short, because they name addresses that may have been erased since. */
export const toldMilliseconds = 3_600_000;

/** Most changes of one answer. */
const maxChanges = 10_000;

/** The wanted number of changes, 1 to 10,000. */
export function changesWanted(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 1), maxChanges);
}
