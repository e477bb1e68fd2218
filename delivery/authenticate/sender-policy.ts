import { isIPv4 } from 'node:net';
import { spf as verifySpf } from 'mailauth/lib/spf/index.js';
import type { Session } from '../delivery.ts';
import { hextets, isPrivateAddress, reverseName } from '../ip-address.ts';
import type { Resolver } from '../resolver.ts';
import { isAligned } from './alignment.ts';
import type { AuthenticationFindings, AuthWord } from './findings.ts';
import { isNoRecord } from './lookup-budget.ts';

/** SPF (RFC 7208) of the reverse-path, or of the HELO name for the null reverse-path. */
export interface SenderPolicy {
  readonly finding: AuthenticationFindings['spf'];
  /** `smtp.mailfrom` or `smtp.helo`, for Authentication-Results. */
  readonly property: Readonly<Record<string, string>>;
}

const noPolicy: SenderPolicy = { finding: { result: 'none', domain: null, aligned: false }, property: {} };

/**
 * Checks whether the client may use the envelope's domain. `none` for mail from inside, unknown clients, and users who
 * have signed in: theirs is no server (RFC 6409).
 */
export async function checkSenderPolicy(
  session: Session,
  reversePath: string,
  { authorDomain, resolver, hostname }: { authorDomain: string | null; resolver: Resolver; hostname: string },
): Promise<SenderPolicy> {
  if (isInside(session) || !session.remoteAddress) return noPolicy;
  const helo = session.helo?.replace(/\.$/, '') ?? '';
  const isNullPath = !reversePath.includes('@');
  if (isNullPath && !/^[^[\]:\s]+\.[^[\]:\s]+$/.test(helo)) return noPolicy;
  const domain = (isNullPath ? helo : reversePath.slice(reversePath.lastIndexOf('@') + 1)).toLowerCase();
  const { status } = await verifySpf({
    sender: isNullPath ? '' : reversePath,
    ip: session.remoteAddress,
    helo: helo || `[${session.remoteAddress}]`,
    mta: hostname,
    resolver: resolver as (name: string, type: string) => Promise<string[]>,
  });
  const result = status.result as AuthWord;
  return {
    finding: { result, domain, aligned: isAligned(domain, authorDomain) },
    property: isNullPath ? { helo } : { mailfrom: domain },
  };
}

/** Handed over inside this instance, or submitted by a user who has signed in. */
function isInside({ source, authenticatedUser }: Session): boolean {
  return source === 'inside' || authenticatedUser !== null;
}

/** Names of one address that are looked up again; more are a mistake or a trap. */
const maxNames = 5;

/** The reverse check of RFC 8601 §3: a name of the client's address that leads back to the address. */
export async function checkReverseName(
  session: Session,
  resolver: Resolver,
): Promise<AuthenticationFindings['iprev']> {
  const address = session.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isInside(session) || !address) return { result: 'none', name: null };
  if (isPrivateAddress(address)) return { result: 'none', name: null };
  try {
    const names = (await resolver(reverseName(address), 'PTR')).slice(0, maxNames).map(String);
    if (names.length === 0) return { result: 'permerror', name: null };
    return await confirmName(names, address, resolver);
  } catch (error) {
    // RFC 8601 §2.7.3: no PTR record is a permanent error, not a failure of the check.
    return { result: isNoRecord(error) ? 'permerror' : 'temperror', name: null };
  }
}

async function confirmName(
  names: readonly string[],
  address: string,
  resolver: Resolver,
): Promise<AuthenticationFindings['iprev']> {
  const wanted = canonical(address);
  const type = isIPv4(address) ? 'A' : 'AAAA';
  let isTemporary = false;
  for (const name of names) {
    try {
      const addresses = await resolver(name, type);
      if (addresses.some(found => canonical(String(found)) === wanted)) {
        return { result: 'pass', name: name.toLowerCase().replace(/\.$/, '') };
      }
    } catch (error) {
      isTemporary ||= !isNoRecord(error);
    }
  }
  return { result: isTemporary ? 'temperror' : 'fail', name: null };
}

function canonical(address: string): string {
  return isIPv4(address) ? address : hextets(address).join(':');
}
