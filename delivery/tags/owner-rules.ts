import { isDeepStrictEqual } from 'node:util';
import { conditionHolds, type TagsSoFar } from './conditions.ts';
import type { RuleActions, RuleCondition, RuleForm, TagReason, TagRule } from './findings.ts';
import type { TagEvidence } from './tag.ts';

/** What a message has before the owner's rules, and behind them. */
export interface RuledTags {
  readonly tagIds: readonly string[];
  readonly keywords: readonly string[];
  readonly importance: number;
  /** Id of the rule that set the importance, null when none did. */
  readonly importanceRule: string | null;
  readonly archive: boolean;
  readonly skipInbox: boolean;
  readonly reasons: readonly TagReason[];
}

/** Tries the owner's rules in their order; each sees what those before have made of the message. */
export function applyRules(evidence: TagEvidence, before: RuledTags): RuledTags {
  let tags = before;
  for (const rule of evidence.rules) {
    const form = formOf(rule);
    if (!form.isEnabled || !isMet(form, evidence, tags)) continue;
    tags = acted(tags, rule.id, form);
    if (form.stop) break;
  }
  return tags;
}

/** The rule as it is tried, from either form that is stored. */
export function formOf(rule: TagRule): RuleForm {
  if (rule.form) return rule.form;
  const { subject, field, value } = rule;
  const operator = subject === 'field' ? 'contains' : 'is';
  return {
    name: '',
    match: 'all',
    conditions: [{ subject, operator, value, ...(field === undefined ? {} : { field }) }],
    actions: {
      ...noActions,
      tagIds: [rule.tagId],
      keywords: rule.keywords ?? [],
      skipInbox: rule.skipInbox === true,
    },
    stop: false,
    isEnabled: true,
  };
}

/** What a rule does that does nothing. */
export const noActions: RuleActions = {
  tagIds: [],
  untagIds: [],
  keywords: [],
  archive: false,
  skipInbox: false,
  markRead: false,
  importance: null,
};

/** A short form that no message meets: `.invalid` names nothing (RFC 2606 §2). */
const neverHolds = { subject: 'list', value: 'rule.of-a-later-version.invalid' } as const;

/** A rule as it is stored: in the short form where that says all of it. */
export function storedRule(id: string, form: RuleForm): TagRule {
  const short = shortRule(id, form);
  if (short) return short;
  return { id, ...neverHolds, tagId: form.actions.tagIds[0] ?? 'inbox', form };
}

const shortOperators: Readonly<Record<string, string>> = {
  sender: 'is',
  list: 'is',
  field: 'contains',
  level: 'is',
};

function shortRule(id: string, form: RuleForm): TagRule | null {
  const [condition, ...others] = form.conditions;
  const { tagIds, keywords, skipInbox } = form.actions;
  const [tagId, ...moreTags] = tagIds;
  if (!condition || others.length > 0 || tagId === undefined || moreTags.length > 0) return null;
  const { subject, operator, field, value, isNegated } = condition;
  if (shortOperators[subject] !== operator || isNegated) return null;
  if (subject === 'sender' && !/^[^\s@]*@[^\s@]+$/.test(value.trim())) return null;
  const rule: TagRule = {
    id,
    // One of the keys of `shortOperators`, as was asked above.
    subject: subject as TagRule['subject'],
    value,
    tagId,
    ...(field === undefined ? {} : { field }),
    ...(keywords.length > 0 ? { keywords } : {}),
    ...(skipInbox ? { skipInbox } : {}),
  };
  return isDeepStrictEqual(formOf(rule), form) ? rule : null;
}

function isMet({ match, conditions }: RuleForm, evidence: TagEvidence, tags: RuledTags): boolean {
  const soFar: TagsSoFar = {
    tags: new Set([...tags.tagIds, ...tags.keywords]),
    importance: tags.importance,
  };
  const holds = (condition: RuleCondition) => conditionHolds(condition, evidence, soFar);
  return match === 'all' ? conditions.every(holds) : conditions.some(holds);
}

function acted(tags: RuledTags, ruleId: string, form: RuleForm): RuledTags {
  const { actions } = form;
  // Junk is no tag of the owner's: a rule doesn't take it off.
  const isKept = (tag: string): boolean => tag === '$junk' || !actions.untagIds.includes(tag);
  const keywords = [...actions.keywords, ...(actions.markRead ? ['$seen'] : [])];
  const added = [...actions.tagIds, ...keywords];
  return {
    tagIds: [...new Set([...tags.tagIds.filter(isKept), ...actions.tagIds])],
    keywords: [...new Set([...tags.keywords.filter(isKept), ...keywords])],
    importance: actions.importance ?? tags.importance,
    importanceRule: actions.importance === null ? tags.importanceRule : ruleId,
    archive: tags.archive || actions.archive,
    skipInbox: tags.skipInbox || actions.skipInbox || actions.archive,
    reasons: [
      ...tags.reasons.filter(({ tag }) => isKept(tag) || added.includes(tag)),
      ...[...new Set(added)].map(tag => ({ tag, rule: ruleId, ...ruleText(form) })),
    ],
  };
}

/**
 * The rule as its owner reads it: its name, else its conditions in both languages: `sender a@example.org`, `field Subject
 * contains invoice`.
 */
function ruleText({ name, match, conditions }: RuleForm): Pick<TagReason, 'text' | 'french'> {
  if (name !== '') return { text: name };
  const joined = (language: 'en' | 'fr'): string =>
    conditions.map(condition => conditionText(condition, language)).join(joinWords[match][language]);
  return { text: joined('en'), french: joined('fr') };
}

function conditionText(
  { subject, operator, field, value, isNegated }: RuleCondition,
  language: 'en' | 'fr',
): string {
  return [
    isNegated ? notWords[language] : '',
    subjectWords[subject][language],
    field ?? '',
    operatorWords[operator][language],
    operator === 'exists' ? '' : value,
  ]
    .filter(word => word !== '')
    .join(' ');
}

interface Both {
  readonly en: string;
  readonly fr: string;
}

const joinWords = { all: { en: ' and ', fr: ' et ' }, any: { en: ' or ', fr: ' ou ' } } as const;
const notWords: Both = { en: 'not', fr: 'pas' };

const subjectWords: Readonly<Record<RuleCondition['subject'], Both>> = {
  sender: { en: 'sender', fr: 'expéditeur' },
  recipient: { en: 'recipient', fr: 'destinataire' },
  list: { en: 'list', fr: 'liste' },
  field: { en: 'field', fr: 'champ' },
  text: { en: 'text', fr: 'texte' },
  tag: { en: 'tag', fr: 'étiquette' },
  level: { en: 'level', fr: 'niveau' },
  importance: { en: 'importance', fr: 'importance' },
  attachment: { en: 'attachment', fr: 'pièce jointe' },
  size: { en: 'size', fr: 'taille' },
};

const operatorWords: Readonly<Record<RuleCondition['operator'], Both>> = {
  is: { en: '', fr: '' },
  contains: { en: 'contains', fr: 'contient' },
  startsWith: { en: 'starts with', fr: 'commence par' },
  endsWith: { en: 'ends with', fr: 'finit par' },
  exists: { en: 'is there', fr: 'présent' },
  atLeast: { en: 'at least', fr: 'au moins' },
  atMost: { en: 'at most', fr: 'au plus' },
};
