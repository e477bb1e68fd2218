import type { AuthenticationFindings } from './authenticate/findings.ts';
import type { Config } from './config.ts';
import type { Session } from './delivery.ts';
import { describeError } from './describe-error.ts';
import type { ErrorCode } from './errors.ts';
import { openExempt } from './greylist/exempt.ts';
import { type GreylistSettings, mustWait, plainPath } from './greylist/greylist.ts';
import { openRateLimit } from './greylist/rate-limit.ts';
import type { Log } from './log.ts';
import type { ReputationFindings } from './reputation/findings.ts';
import { networkOf, organisationalDomain } from './reputation/keys.ts';
import type { Senders } from './store/store.ts';

/** Whether strangers' mail is taken now, at the doors where the sender still waits. A store in trouble lets all in. */
export interface Admission {
  /** Before a message: `networkLimited` where its network sends too many; null to go on. */
  atMail(session: Session, at: Date): Promise<ErrorCode | null>;
  /** When all is known of it: `greylisted`, `senderLimited`, or null to take it. Only what is not greylisted counts. */
  atEnd(judged: JudgedArrival, at: Date): Promise<ErrorCode | null>;
}

/** What decides about a message. */
export interface JudgedArrival {
  readonly session: Session;
  readonly reversePath: string;
  readonly forwardPaths: readonly string[];
  readonly authentication: AuthenticationFindings | null;
  readonly reputation: ReputationFindings | null;
  /** Whether one of the owners corresponds with the author, whose domain is proven. */
  readonly isCorrespondent: boolean;
}

/** A sender of whom so much good is known is not made to wait. */
const goodStanding = { least: 0.3, verdicts: 2 } as const;

/** Whether the settings ask for any of it: the store is needed then. */
export function asksAdmission(config: Config): boolean {
  return (
    config['greylist.enabled'] || config['rateLimit.perNetwork'] > 0 || config['rateLimit.perSender'] > 0
  );
}

/** Opens what the settings ask for; null where they ask for nothing. */
export function openAdmission(
  config: Config,
  { senders, log }: { senders: Senders; log: Log },
): Admission | null {
  if (!asksAdmission(config)) return null;
  const [perNetwork, perSender] = [config['rateLimit.perNetwork'], config['rateLimit.perSender']];
  const exempt = openExempt(config['senders.exempt']);
  const networks = perNetwork > 0 ? openRateLimit('network', perNetwork, senders) : null;
  const paths = perSender > 0 ? openRateLimit('sender', perSender, senders) : null;
  const settings = config['greylist.enabled'] ? greylistSettings(config) : null;

  /** The network of a stranger; null for those who are never held up. */
  function strangersNetwork({ source, remoteAddress, authenticatedUser }: Session): string | null {
    if (source === 'inside' || authenticatedUser !== null || exempt.hasAddress(remoteAddress)) return null;
    return networkOf(remoteAddress);
  }

  async function isGreylisted(judged: JudgedArrival, network: string, at: Date): Promise<boolean> {
    if (!settings || isKnownGood(judged)) return false;
    const recipientDomains = judged.forwardPaths.map(path => path.slice(path.lastIndexOf('@') + 1));
    const origin = originOf(judged, network);
    const request = { origin, reversePath: judged.reversePath, recipientDomains };
    return await mustWait(request, { senders, settings, at });
  }

  return {
    atMail(session, at) {
      const network = networks && strangersNetwork(session);
      if (!networks || !network) return Promise.resolve(null);
      return orLetIn(async () => ((await networks.isBeyond(network, at)) ? 'networkLimited' : null), log);
    },
    atEnd(judged, at) {
      const network = strangersNetwork(judged.session);
      if (network === null || exempt.hasProven(judged.authentication)) return Promise.resolve(null);
      const sender = senderOf(judged, network);
      // Who has used up the hour fills the greylist with nothing more.
      if (paths?.isKnownBeyond(sender, at)) return Promise.resolve('senderLimited');
      return orLetIn(async () => {
        // What must come again was not taken: it counts when it comes.
        if (await isGreylisted(judged, network, at)) return 'greylisted';
        return (await paths?.isBeyond(sender, at)) ? 'senderLimited' : null;
      }, log);
    },
  };
}

function greylistSettings(config: Config): GreylistSettings {
  return {
    waitSeconds: config['greylist.waitSeconds'],
    retrySeconds: config['greylist.retryHours'] * 3600,
    allowSeconds: config['greylist.allowDays'] * 86_400,
  };
}

function isKnownGood({ reputation, isCorrespondent }: JudgedArrival): boolean {
  if (isCorrespondent) return true;
  if (!reputation || reputation.standing === null) return false;
  return reputation.standing >= goodStanding.least && reputation.verdicts >= goodStanding.verdicts;
}

/**
 * What must come again: the client's network, or the domain that has named it by SPF. Large senders try again from
 * another of their networks.
 */
function originOf(judged: JudgedArrival, network: string): string {
  return namingDomain(judged) ?? network;
}

/**
 * Whose messages are counted: those of a domain that has named the client; else of a path from one network, so that
 * nobody uses up what another one may send.
 */
function senderOf(judged: JudgedArrival, network: string): string {
  return namingDomain(judged) ?? `${plainPath(judged.reversePath)} ${network}`;
}

/** The domain that has named the client by SPF. A signature is no such proof: anybody may send a signed message on. */
function namingDomain({ authentication }: JudgedArrival): string | null {
  const { result, domain } = authentication?.spf ?? {};
  return result === 'pass' && domain ? organisationalDomain(domain) : null;
}

async function orLetIn(work: () => Promise<ErrorCode | null>, log: Log): Promise<ErrorCode | null> {
  try {
    return await work();
  } catch (error) {
    log.error(describeError(error), 'admissionFailed');
    return null;
  }
}
