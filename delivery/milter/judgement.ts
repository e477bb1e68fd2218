import { type ErrorCode, errorTable, replyText } from '../errors.ts';
import { type HeaderField, instanceField, resultsFieldOf, unjudgedField } from '../instance-fields.ts';
import type { OwnerAssessment } from '../pipeline.ts';
import { mayBeRefused, refusalText } from '../refusal.ts';
import type { StageName } from '../stages.ts';

/** Stages whose findings go into the header. */
export const shownStages: readonly StageName[] = ['authenticate', 'score', 'privacy'];

/** What the MTA is told about a message. */
export interface Judgement {
  readonly outcome: 'judged' | 'unjudged' | 'refused' | 'deferred';
  /** Fields to put in; none where the message does not go on. */
  readonly fields: readonly HeaderField[];
  /** The reply to the client where the message does not go on. */
  readonly reply: string | null;
}

/** What of the transaction decides whether it may be refused. */
export interface Circumstances {
  readonly recipients: readonly string[];
  /** Whether somebody waits for the answer who is no user of ours. */
  readonly isStranger: boolean;
  /** Whom to tell that a refusal is wrong; the postmaster of the recipient when empty. */
  readonly appeal: string;
  readonly hostname: string;
}

/**
 * The judgement that follows from what was found. A message is refused only where the score's verdict says so, which
 * `spam.rejectAt` decides, and where no stage has failed.
 */
export function judgementOf(owner: OwnerAssessment, circumstances: Circumstances): Judgement {
  const { recipients, isStranger } = circumstances;
  const isReject = owner.findings.score?.verdict === 'reject' && owner.failed.length === 0;
  const mayRefuse = isStranger && mayBeRefused(recipients);
  if (isReject && mayRefuse) return { outcome: 'refused', fields: [], reply: refusal(owner, circumstances) };
  // A milter's field has its folds as LF alone.
  const results = resultsFieldOf(owner, { hostname: circumstances.hostname, lineEnd: '\n' });
  const fields = [...(results ? [results] : []), ...shownStages.map(stage => instanceField(stage, owner))];
  return { outcome: 'judged', fields, reply: null };
}

/** The judgement of a message that could not be judged: it goes on and says so, or comes again later. */
export function unjudged(why: string, onFailure: 'accept' | 'tempfail'): Judgement {
  if (onFailure === 'tempfail') {
    const reply = `${errorTable.internal.reply} ${replyText('internal')}`;
    return { outcome: 'deferred', fields: [], reply };
  }
  return { outcome: 'unjudged', fields: shownStages.map(stage => unjudgedField(stage, why)), reply: null };
}

function refusal({ findings: { score } }: OwnerAssessment, circumstances: Circumstances): string {
  const { recipients: forwardPaths, appeal, hostname } = circumstances;
  const text = refusalText({ reasons: score?.reasons ?? [], forwardPaths, appeal, hostname });
  return `${errorTable.messageRefused.reply} ${text}`;
}

/** The judgement of a message that brings more fields in our name than can be taken away. */
export function refusedForgery(): Judgement {
  const reply = `${errorTable.messageRefused.reply} ${replyText('messageRefused')}`;
  return { outcome: 'refused', fields: [], reply };
}

/** The judgement of a message that is not taken now. */
export function deferred(code: ErrorCode): Judgement {
  return { outcome: 'deferred', fields: [], reply: `${errorTable[code].reply} ${replyText(code)}` };
}
