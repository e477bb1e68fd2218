import type { Outcome } from './delivery.ts';
import type { ErrorCode } from './errors.ts';

type Failed = Extract<Outcome, { readonly code: ErrorCode }>;

/**
 * The one answer SMTP gives after DATA for all recipients (DESIGN.md, "One reply, many owners"): null for 250.
 * Any owner that must try again makes the sender try again for all, since what was stored is found by its delivery
 * key then. A refusal is told only when it is everyone's; told for some it would bounce mail that others have.
 */
export function combinedReply(outcomes: readonly Outcome[]): ErrorCode | null {
  const failed = outcomes.filter((outcome): outcome is Failed => 'code' in outcome);
  const deferred = failed.filter(outcome => outcome.status === 'deferred');
  if (deferred.length > 0) return combinedDeferral(deferred, outcomes.length);
  const [refused] = failed;
  if (!refused) return outcomes.length > 0 ? null : 'internal';
  return failed.length === outcomes.length ? refused.code : 'internal';
}

/** One owner's own reason may be told to a sender who wrote to that owner alone; to others it is a local error. */
function combinedDeferral(deferred: readonly Failed[], recipients: number): ErrorCode {
  const [first] = deferred;
  const isEveryones = deferred.length === recipients && deferred.every(({ code }) => code === first?.code);
  return isEveryones && first ? first.code : 'internal';
}
