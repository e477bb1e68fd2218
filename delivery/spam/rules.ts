import { attachmentRules } from './rules/attachments.ts';
import { authenticationRules } from './rules/authentication.ts';
import { contentRules } from './rules/contents.ts';
import { linkTargetRules } from './rules/link-targets.ts';
import { linkTextRules } from './rules/link-texts.ts';
import { originatorRules } from './rules/originators.ts';
import { ownerRules } from './rules/owner.ts';
import type { Rule, RuleRow } from './rules/rule.ts';
import { senderRules } from './rules/sender.ts';
import { structureRules } from './rules/structure.ts';

export { isAligned } from './rules/authentication.ts';
export type { OwnerEvidence } from './rules/owner.ts';
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

/** Every row, also of the rules that depend on whom an owner knows: what has a weight and words. */
export const ruleRows: readonly RuleRow[] = [...rules, ...ownerRules];
