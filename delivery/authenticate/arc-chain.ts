/** One instance of an ARC chain that has passed (RFC 8617 §4.2), as its sealer wrote it. */
export interface SealedResults {
  /** d= of the seal, lower-case. */
  readonly sealer: string;
  /** Body of the ARC-Authentication-Results field. */
  readonly results: string;
}

/**
 * The sealer whose word it is that the message had passed DMARC for this domain before it came through trusted hands;
 * null where nobody's. From the newest instance down every sealer must be trusted: one that is not may have changed
 * the message. `trusted` are domains, which stand for those below them, too.
 */
export function whoVouches(
  chain: readonly SealedResults[],
  domain: string | null,
  trusted: readonly string[],
): string | null {
  if (!domain) return null;
  for (const { sealer, results } of chain.toReversed()) {
    if (!trusted.some(name => isBelow(sealer, name))) return null;
    if (saysDmarcPassed(results, domain)) return sealer;
  }
  return null;
}

function isBelow(domain: string, name: string): boolean {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return domain === wanted || domain.endsWith(`.${wanted}`);
}

/** Whether results (RFC 8601 §2.2) hold `dmarc=pass` with this `header.from`. Comments and quoted words say nothing. */
function saysDmarcPassed(results: string, domain: string): boolean {
  return results
    .slice(0, maxCharacters)
    .replace(/"(?:[^"\\]|\\.)*"/g, quoted => quoted.slice(1, -1).replace(/[^\w.-]/g, '_'))
    .replace(/\\./g, '')
    .replace(/\([^()]*\)/g, ' ')
    .replace(/\([^()]*\)/g, ' ')
    .split(';')
    .some(result => {
      const words = result
        .trim()
        .toLowerCase()
        .replace(/\s*=\s*/g, '=')
        .split(/\s+/);
      return words[0] === 'dmarc=pass' && words.includes(`header.from=${domain.toLowerCase()}`);
    });
}

/** More results than this nobody writes. */
const maxCharacters = 8192;
