import { attachmentRules } from './rules/attachments.ts';
import { authenticationRules } from './rules/authentication.ts';
import { contentRules } from './rules/contents.ts';
import { linkTargetRules } from './rules/link-targets.ts';
import { linkTextRules } from './rules/link-texts.ts';
import { originatorRules } from './rules/originators.ts';
import type { Rule } from './rules/rule.ts';
import { senderRules } from './rules/sender.ts';
import { structureRules } from './rules/structure.ts';

export { isAligned } from './rules/authentication.ts';
export type { Found, Rule, RuleEvidence } from './rules/rule.ts';

/** The rules about a message, one row each. `find` is pure, linear in what was looked at, and never throws. */
export const rules: readonly Rule[] = [
  ...originatorRules,
  ...linkTextRules,
  ...linkTargetRules,
  ...contentRules,
  ...structureRules,
  ...attachmentRules,
  ...authenticationRules,
  ...senderRules,
];
