import { errorTable } from './errors.ts';
import type { Reason } from './spam/findings.ts';
import { reasonText } from './spam/reasons.ts';

/** RFC 5321 §4.5.1, RFC 2142: who complains of a refusal must get through. */
const openMailboxes = /^<?(?:postmaster|abuse)(?:@|$)/i;

/** Whether mail to these forward-paths may be refused for what it says. */
export function mayBeRefused(forwardPaths: readonly string[]): boolean {
  return !forwardPaths.some(path => openMailboxes.test(path));
}

/** Reasons that tell a sender nothing to mend. */
const comparisons: ReadonlySet<string> = new Set(['learned', 'prior']);
/** Reasons that tell what owners do. */
const ofOwners: ReadonlySet<string> = new Set(['personal', 'shared', 'markedSpam', 'markedHam']);

/** What a refusal names. */
export interface Refused {
  readonly reasons: readonly Reason[];
  readonly forwardPaths: readonly string[];
  /** Whom to tell that it is wrong; the postmaster of the recipient's domain when empty. */
  readonly appeal: string;
  readonly hostname: string;
}

/** The reply line of a refusal without its code: why, and the way to appeal. */
export function refusalText({ reasons, forwardPaths, appeal, hostname }: Refused): string {
  const against = reasons.filter(({ id, weight }) => weight > 0 && !ofOwners.has(id));
  const heaviest = against.find(({ id }) => !comparisons.has(id)) ?? against[0];
  const reason = heaviest ? ` (${reasonText(heaviest.id, 'en')})` : '';
  const domain = /@([^@>\s]+)$/.exec(forwardPaths[0] ?? '')?.[1] ?? hostname;
  const way = appeal || `postmaster@${domain}`;
  const { enhanced } = errorTable.messageRefused;
  // One line of an SMTP reply holds ASCII (RFC 5321 §4.2).
  const text = `${enhanced} Message refused: it looks like spam${reason}. If that is wrong, please tell ${way}`;
  return text.replace(/’/g, "'").replace(/[^\x20-\x7e]+/g, '?');
}
