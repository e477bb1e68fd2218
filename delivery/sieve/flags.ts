import { lowerAscii } from './comparators.ts';
import { scriptLimits } from './limits.ts';

/** Flags that strings hold: words between spaces, each once whatever its case (RFC 5232 §2). */
export function flagsOf(texts: readonly string[]): string[] {
  const flags = new Map<string, string>();
  for (const text of texts) {
    for (const flag of text.split(' ')) {
      if (flag === '' || flags.size >= scriptLimits.flags) continue;
      const key = lowerAscii(flag);
      if (!flags.has(key)) flags.set(key, flag);
    }
  }
  return [...flags.values()];
}

/** What each command leaves of the flags that were there (RFC 5232 §3). */
export const flagChanges: Readonly<
  Record<
    'setflag' | 'addflag' | 'removeflag',
    (before: readonly string[], given: readonly string[]) => string[]
  >
> = {
  setflag: (_before, given) => flagsOf(given),
  addflag: (before, given) => flagsOf([...before, ...given]),
  removeflag: (before, given) => {
    const gone = new Set(flagsOf(given).map(lowerAscii));
    return flagsOf(before).filter(flag => !gone.has(lowerAscii(flag)));
  },
};
