import { importanceWords } from '../../../delivery/importance/words.ts';
import type { Email } from '../../../delivery/store/store.ts';
import { originOf, reasonWords } from '../../../delivery/tags/words.ts';
import type { EmailTagReason, ImportanceReasons } from '../../wire.ts';

/** Why the email has the tags that it still has: those of rules, of its structure, of the owner's examples, and junk. */
export function tagReasonsOf({ findings, tagIds, keywords }: Email): EmailTagReason[] {
  const has = (tag: string): boolean =>
    tagIds.includes(tag) || keywords.includes(tag) || (tag === 'junk' && keywords.includes('$junk'));
  return (findings.tags?.reasons ?? [])
    .filter(({ tag }) => has(tag))
    .map(reason => {
      const origin = originOf(reason);
      return {
        tag: reason.tag,
        origin,
        ruleId: origin === 'rule' ? reason.rule : null,
        ...reasonWords(reason),
      };
    });
}

/** What said how important the email is; nothing for those that were stored before anybody asked. */
export function importanceReasonsOf({ findings }: Email): ImportanceReasons {
  const { by = null, rule = null, reasons = [] } = findings.importance ?? {};
  return { by, ruleId: rule, list: reasons.map(reason => ({ ...reason, ...importanceWords(reason.id) })) };
}
