import type { AuthenticationFindings } from '../authenticate/findings.ts';
import type { Message } from '../message/shape.ts';
import type { PrivacyIndex } from '../privacy/shape.ts';
import type { ScoreFindings } from '../spam/findings.ts';
import type { Summary } from '../store/store.ts';
import type { TagFindings, TagRule } from './findings.ts';
import { matchers } from './match.ts';
import { systemRules } from './rules.ts';

/** What the tag stage reads. */
export interface TagEvidence {
  /** The opened content where there is one. */
  readonly message: Message;
  /** Of the message as it came: its originators are the ones that were authenticated. */
  readonly summary: Pick<Summary, 'originators' | 'listId'>;
  /** Null when its stage failed. */
  readonly authentication: AuthenticationFindings | null;
  readonly score: Pick<ScoreFindings, 'verdict' | 'harmful'> | null;
  readonly index: Pick<PrivacyIndex, 'level'> | null;
  /** The owner's, in their order. */
  readonly rules: readonly TagRule[];
  /** The address that the sender signed in with here, null when nobody did. */
  readonly authenticatedUser?: string | null;
}

/**
 * Which tags a message gets: `junk` by the first system rule that holds, else `inbox`; and those of every rule of the
 * owner's that it meets, with one reason each. A message in junk keeps the owner's tags, but is never in the inbox.
 */
export function decideTags(evidence: TagEvidence): TagFindings {
  const junk = systemRules.find(rule => rule.holds(evidence));
  const met = evidence.rules.filter(rule => matchers[rule.subject](rule, evidence));
  const skips = met.some(rule => rule.skipInbox === true);
  const roles: TagFindings['roles'] = junk ? ['junk'] : skips ? [] : ['inbox'];
  return {
    roles,
    tagIds: [...new Set(met.map(rule => rule.tagId))],
    keywords: [...new Set([...(junk ? ['$junk'] : []), ...met.flatMap(rule => rule.keywords ?? [])])],
    reasons: [
      ...(junk ? [{ tag: 'junk', rule: junk.id, text: junk.text }] : []),
      ...met.map(rule => ({ tag: rule.tagId, rule: rule.id, text: wordsOf(rule) })),
    ],
  };
}

/** The rule as its owner reads it: `sender a@example.org`, `field Subject contains invoice`. */
function wordsOf({ subject, field, value }: TagRule): string {
  return subject === 'field' ? `field ${field ?? ''} contains ${value}` : `${subject} ${value}`;
}
