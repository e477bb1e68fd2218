/** How a run of tests went. */
export interface Run {
  readonly passed: boolean;
  /** What it left behind, a line each. */
  readonly leftovers: readonly string[];
  /** What could not be run and why; several tests of a file may say the same. */
  readonly skipped: readonly string[];
  /** Nothing may be left out. */
  readonly isStrict: boolean;
}

/** What a run ends with: 0 (all is well), 1 (a fault), 3 (incomplete), and the lines that say why. */
export function verdictOf({ passed, leftovers, skipped, isStrict }: Run): {
  code: 0 | 1 | 3;
  lines: string[];
} {
  const left = leftovers.map(line => `LEFT BEHIND: ${line}`);
  const notRun = [...new Set(skipped)].map(line => `NOT RUN: ${line}`);
  const lines = [...left, ...notRun];
  if (!passed || left.length > 0) return { code: 1, lines };
  if (notRun.length === 0) return { code: 0, lines };
  const summary = `INCOMPLETE: ${notRun.length} ${notRun.length === 1 ? 'test was' : 'tests were'} not run`;
  return { code: isStrict ? 1 : 3, lines: [...lines, summary] };
}
