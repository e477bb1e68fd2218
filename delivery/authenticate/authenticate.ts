import type { Clock } from '../clock.ts';
import type { Arrival, Session } from '../delivery.ts';
import { domainOf } from '../message/address.ts';
import type { Message } from '../message/shape.ts';
import type { Resolver } from '../resolver.ts';
import { isAligned } from './alignment.ts';
import { whoVouches } from './arc-chain.ts';
import { checkSignatures, type SignatureFindings } from './dkim.ts';
import { authorDomains, checkDomainPolicy, type PolicyFinding } from './domain-policy.ts';
import type { AuthenticationFindings } from './findings.ts';
import { readHops } from './hops.ts';
import { checkIndicator } from './indicators.ts';
import { openLookupBudget } from './lookup-budget.ts';
import { resultsField } from './results-field.ts';
import { checkReverseName, checkSenderPolicy } from './sender-policy.ts';

const defaultTimeoutMilliseconds = 4000;

/** What `authenticate` needs. */
export interface AuthenticateDeps {
  readonly resolver: Resolver;
  /** Our authserv-id (RFC 8601 §2.5). */
  readonly hostname: string;
  readonly clock: Clock;
  /** Longest wait for all DNS answers together, 4,000 ms when missing. */
  readonly timeoutMilliseconds?: number;
  /** Domains whose ARC seal is believed (RFC 8617 §7.2); nobody's when missing. */
  readonly trustedSealers?: readonly string[];
  /** Whether to look up brand indicators (BIMI). */
  readonly checksIndicators?: boolean;
}

/**
 * Checks SPF, DKIM, ARC, DMARC and the reverse name of one message, and reads its trace fields. Authentication-Results
 * fields that came with it are never read. Without DNS each check that needs it says `temperror`; all share one wait.
 */
export async function authenticate(
  arrival: Arrival,
  message: Message,
  deps: AuthenticateDeps,
): Promise<AuthenticationFindings> {
  const { resolver, hostname, clock, timeoutMilliseconds = defaultTimeoutMilliseconds } = deps;
  const { session, reversePath } = arrival;
  const budget = openLookupBudget(resolver, timeoutMilliseconds);
  try {
    const authors = authorDomains(message);
    const authorDomain = authors.length === 1 ? (authors[0] ?? null) : null;
    // Asked ahead, so that the policy is there when SPF and DKIM are; the answer is kept for it.
    if (authorDomain) budget.resolve(`_dmarc.${authorDomain}`, 'TXT').catch(() => {});
    const [senderPolicy, signatures, iprev] = await Promise.all([
      checkSenderPolicy(session, reversePath, { authorDomain, resolver: budget.resolve, hostname }),
      checkSignatures(message, authorDomain, { resolver: budget.resolve, now: clock.now() }),
      checkReverseName(session, budget.resolve),
    ]);
    const spf = senderPolicy.finding;
    const passed = {
      spf: spf.result === 'pass' && spf.domain ? [spf.domain] : [],
      dkim: signatures.dkim.filter(found => found.result === 'pass').map(found => found.domain),
    };
    const policy = await checkDomainPolicy(message, passed, budget.resolve);
    const bimi =
      deps.checksIndicators && policy.response
        ? await checkIndicator(message, policy.response, budget.resolve)
        : null;
    const findings = {
      ...{ spf, dkim: signatures.dkim, iprev, arc: signatures.arc },
      dmarc: isOwnDomain(session, authorDomain)
        ? submitted(policy)
        : excused(policy, signatures, deps.trustedSealers ?? []),
      ...(bimi ? { bimi } : {}),
    };
    const properties = {
      spf: senderPolicy.property,
      signatureStarts: signatures.signatureStarts,
      remoteAddress: session.remoteAddress,
      isSignedIn: session.authenticatedUser !== null,
    };
    return {
      ...findings,
      hops: readHops(message).slice(arrival.trustedHops),
      authenticationResults: resultsField(hostname, findings, properties),
    };
  } finally {
    budget.close();
  }
}

/** Whether the user who has signed in writes in the name of the own domain; a login of an MTA may be without one. */
function isOwnDomain({ authenticatedUser }: Session, authorDomain: string | null): boolean {
  if (authenticatedUser === null) return false;
  const domain = domainOf(authenticatedUser);
  return domain === '' || isAligned(domain, authorDomain);
}

/** Our users' mail is signed on its way out: that it is not yet is no failure. */
function submitted({ dmarc }: PolicyFinding): AuthenticationFindings['dmarc'] {
  return dmarc.result === 'fail' ? { ...dmarc, result: 'none' } : dmarc;
}

/** DMARC's finding, or that of a trusted sealer who saw the message before it was forwarded (RFC 8617 §7.2). */
function excused(
  { dmarc }: PolicyFinding,
  { chain }: SignatureFindings,
  trusted: readonly string[],
): AuthenticationFindings['dmarc'] {
  const sealer = dmarc.result === 'fail' ? whoVouches(chain, dmarc.domain, trusted) : null;
  return sealer === null ? dmarc : { ...dmarc, result: 'pass', sealedBy: sealer };
}
