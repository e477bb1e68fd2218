import { formatAuthHeaderRow, formatAuthservId } from 'mailauth/lib/tools.js';
import type { AuthenticationFindings } from './findings.ts';

type Results = Omit<AuthenticationFindings, 'hops' | 'authenticationResults'>;

/** Properties of the results that the findings don't hold. */
export interface ResultProperties {
  /** `mailfrom` or `helo`. */
  readonly spf: Readonly<Record<string, string>>;
  /** First characters of each DKIM signature, in the order of the findings (RFC 6008). */
  readonly signatureStarts: readonly string[];
  readonly remoteAddress: string | null;
  /** Who, is not told: the field goes to all recipients. */
  readonly isSignedIn: boolean;
}

/**
 * The body of an Authentication-Results field (RFC 8601 §2.2) on one line: our name, then one result for each
 * signature and check. Values from the message are escaped, so that none can begin a result of its own.
 */
export function resultsField(hostname: string, results: Results, properties: ResultProperties): string {
  const row = (method: string, status: Parameters<typeof formatAuthHeaderRow>[1]) =>
    formatAuthHeaderRow(method, status, { strict: true });
  const { spf, dkim, dmarc, arc, iprev, bimi } = results;
  const signatures = dkim.map((found, index) => {
    const start = properties.signatureStarts[index] ?? '';
    const header = { d: found.domain, s: found.selector, a: found.algorithm, b: start };
    return row('dkim', { result: found.result, header });
  });
  return [
    authservId(hostname),
    ...(properties.isSignedIn ? ['auth=pass'] : []),
    ...(signatures.length > 0 ? signatures : ['dkim=none']),
    row('spf', { result: spf.result, smtp: properties.spf }),
    row('dmarc', {
      result: dmarc.result,
      comment: dmarcComment(dmarc),
      header: { from: dmarc.domain },
    }),
    ...(arc.result === 'none' ? [] : [row('arc', { result: arc.result, header: { d: arc.sealer } })]),
    ...(bimi ? [row('bimi', { result: bimi.result, header: { d: dmarc.domain } })] : []),
    ...(iprev.result === 'none'
      ? []
      : [row('iprev', { result: iprev.result, policy: { iprev: properties.remoteAddress } })]),
  ].join('; ');
}

/** The results of a field body without the authserv-id, one each: only a semicolon outside quotes ends one. */
export function resultsOf(fieldBody: string): string[] {
  const pieces = fieldBody.match(/(?:[^";]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return pieces.slice(1).map(piece => piece.trim());
}

/** The policy, and whose word stands for a failure; a sealer's name is a domain, so that it ends no comment. */
function dmarcComment({ policy, sealedBy }: Results['dmarc']): string | false {
  const sealer = sealedBy ? `arc=pass of ${sealedBy.replace(/[^\w.-]/g, '')}` : '';
  return [policy ? `p=${policy}` : '', sealer].filter(Boolean).join(' ') || false;
}

/** The host name as a token or quoted string; a name that can't be either is not told. */
function authservId(hostname: string): string {
  try {
    return formatAuthservId(hostname);
  } catch {
    // An unusable host name is a fault of the settings that `doctor` reports; results still need a field.
    return 'localhost';
  }
}
