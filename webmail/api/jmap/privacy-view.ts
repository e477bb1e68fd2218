import { computeIndex } from '../../../delivery/privacy/index.ts';
import type { Email } from '../../../delivery/store/store.ts';
import type { EmailPrivacy, PrivacyBrief, PrivacyMark } from '../../wire.ts';

/** The warnings that stand before any letter (PRIVACY-INDEX.md, "How it is shown"). */
export function marksOf(email: Email, junkTagId: string | null): PrivacyMark[] {
  const { facts, score } = email.findings;
  const isJunk = junkTagId !== null && email.tagIds.includes(junkTagId);
  const marks: [PrivacyMark, boolean][] = [
    ['harmful', facts.harmful === true || score?.harmful === true],
    ['forged', facts.forged === true || facts.sender === 'failed'],
    ['spam', isJunk || email.keywords.includes('$junk')],
  ];
  return marks.filter(([, applies]) => applies).map(([mark]) => mark);
}

/** The light form of the index, for lists. */
export function privacyBriefOf(email: Email, junkTagId: string | null): PrivacyBrief {
  const { index } = email;
  return {
    value: index?.value ?? null,
    level: index?.level ?? null,
    upTo: index?.upTo ?? null,
    marks: marksOf(email, junkTagId),
    sealed: email.sealed,
  };
}

/** The whole index, fact by fact, with how the content is protected. */
export function privacyOf(email: Email, junkTagId: string | null, opened: boolean): EmailPrivacy {
  const { decrypt, score, facts } = email.findings;
  const index = email.index && computeIndex('message', facts, email.index.sources);
  return {
    ...privacyBriefOf(email, junkTagId),
    subject: 'message',
    version: 1,
    parts: index?.parts ?? null,
    facts: index?.facts ?? [],
    ...(index?.ceiling ? { ceiling: index.ceiling } : {}),
    next: index?.next ?? [],
    protection: {
      form: decrypt?.form ?? 'none',
      opened,
      failure: decrypt?.failure ?? null,
      signer: decrypt?.signature === 'verified' ? (decrypt.signer?.address ?? null) : null,
      fingerprint: decrypt?.signer?.fingerprint ?? null,
    },
    reasons: [...markedBy(score), ...(score?.reasons ?? [])],
  };
}

/** What the owner has said comes before what was reckoned, and is as good as certain. */
function markedBy(score: Email['findings']['score']): EmailPrivacy['reasons'] {
  if (!score?.marked) return [];
  return score.marked === 'spam' ? [{ id: 'markedSpam', weight: 20 }] : [{ id: 'markedHam', weight: -20 }];
}
