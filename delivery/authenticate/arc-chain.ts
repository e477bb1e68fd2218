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

/**
 * Whether results (RFC 8601 §2.2) hold `dmarc=pass` with this `header.from`, and no other result of DMARC. Comments and
 * quoted words say nothing.
 */
function saysDmarcPassed(results: string, domain: string): boolean {
  if (results.length > maxCharacters) return false;
  const found = plainText(results)
    .split(';')
    .map(result =>
      result
        .trim()
        .toLowerCase()
        .replace(/\s*=\s*/g, '=')
        .split(/\s+/),
    )
    .filter(([method]) => method?.startsWith('dmarc='));
  const hasPassed = ([method, ...words]: readonly string[]) =>
    method === 'dmarc=pass' && words.includes(`header.from=${domain.toLowerCase()}`);
  return found.length > 0 && found.every(hasPassed);
}

/** Without comments and quotes (RFC 5322 §3.2); of what was quoted, only characters of domains stay. */
function plainText(text: string): string {
  let plain = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '\\') at++;
    else if (isQuoted && character === '"') isQuoted = false;
    else if (isQuoted) plain += /[\w.-]/.test(character) ? character : '_';
    else if (character === '(') {
      depth++;
      plain += ' ';
    } else if (depth > 0) depth -= Number(character === ')');
    else if (character === '"') isQuoted = true;
    else plain += character;
  }
  return plain;
}

/** More results than this nobody writes. */
const maxCharacters = 8192;
