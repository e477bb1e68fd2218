import * as v from 'valibot';
import { maxConditions, ruleFaults } from '../../../delivery/tags/check.ts';
import { type RuleForm, ruleOperators, ruleSubjects } from '../../../delivery/tags/findings.ts';
import type { TagRule as WireRule } from '../../wire.ts';
import { readKeyword, readMailboxId } from './email-changes.ts';
import { invalidProperties } from './errors.ts';
import { tagsById } from './mailbox.ts';
import type { MethodContext } from './method.ts';
import { applyPatch } from './patch.ts';

const maxTagsOfRule = 20;
const flag = v.nullish(v.boolean(), false);
const fieldName = v.pipe(v.string(), v.regex(/^[\x21-\x39\x3b-\x7e]{1,100}$/));
const text = v.pipe(v.string(), v.maxLength(500));
const tagList = v.nullish(
  v.pipe(v.array(v.pipe(v.string(), v.maxLength(255))), v.maxLength(maxTagsOfRule)),
  [],
);

const conditionSchema = v.strictObject({
  subject: v.picklist(ruleSubjects),
  operator: v.picklist(ruleOperators),
  field: v.nullish(fieldName, null),
  value: v.nullish(text, ''),
  isNegated: flag,
});

const actionsSchema = v.strictObject({
  mailboxIds: tagList,
  removeTags: tagList,
  keywords: tagList,
  archive: flag,
  skipInbox: flag,
  markRead: flag,
  importance: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(-10), v.maxValue(10)), null),
});

const ruleSchema = v.strictObject({
  name: v.nullish(v.pipe(v.string(), v.trim(), v.maxLength(200)), ''),
  match: v.nullish(v.picklist(['all', 'any']), 'all'),
  conditions: v.pipe(v.array(conditionSchema), v.minLength(1), v.maxLength(maxConditions)),
  actions: actionsSchema,
  stop: flag,
  isEnabled: v.nullish(v.boolean(), true),
});

/** The properties of the short form, each with where it stands in the whole one. */
const shortProperties = ['subject', 'field', 'value', 'mailboxId', 'keywords', 'skipInbox'] as const;

/**
 * The rule that a client wrote, in the whole form or the short one (`subject`, `field`, `value`, `mailboxId`,
 * `keywords`, `skipInbox`); where both are there the whole one counts. Throws `invalidProperties`.
 */
export async function readRuleForm(
  given: Readonly<Record<string, unknown>>,
  context: MethodContext,
): Promise<RuleForm> {
  const result = v.safeParse(ruleSchema, inWholeForm(given));
  if (!result.success) {
    throw invalidProperties([...new Set(result.issues.map(issue => nameOf(issue.path, given)))]);
  }
  const { conditions, actions, ...others } = result.output;
  const { mailboxIds, removeTags, keywords, ...more } = actions;
  const form: RuleForm = {
    ...others,
    conditions: conditions.map(({ field, isNegated, value, ...condition }) => ({
      ...condition,
      value: value.trim(),
      ...(field === null ? {} : { field }),
      ...(isNegated ? { isNegated } : {}),
    })),
    actions: {
      ...more,
      tagIds: mailboxIds.map(id => readMailboxId(id, context)),
      untagIds: removeTags.map(tag => (tag.startsWith('#') ? readMailboxId(tag, context) : tag)),
      keywords: keywords.map(readKeyword),
    },
  };
  const faults = ruleFaults(form);
  const [fault] = faults;
  if (fault) throw invalidProperties([...new Set(faults.map(({ property }) => property))], fault.allowed);
  const known = await tagsById(context);
  if (form.actions.tagIds.some(id => !known.has(id))) {
    throw invalidProperties(['actions'], 'there is no such mailbox');
  }
  return form;
}

/** A fault is told by the name that the client wrote. */
function nameOf(
  path: readonly { key: unknown }[] | undefined,
  given: Readonly<Record<string, unknown>>,
): string {
  const [top, second, third] = (path ?? []).map(({ key }) => String(key));
  if (top !== undefined && Object.hasOwn(given, top)) return top;
  const short = top === 'conditions' ? third : second === 'mailboxIds' ? 'mailboxId' : second;
  return short ?? (top === 'conditions' ? 'subject' : (top ?? ''));
}

function inWholeForm(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { subject, field, value, mailboxId, keywords, skipInbox, ...whole } = given;
  return {
    ...whole,
    conditions: whole.conditions ?? [{ subject, operator: defaultOperator(subject), field, value }],
    actions: whole.actions ?? { mailboxIds: [mailboxId], keywords, skipInbox },
  };
}

/**
 * What a patch makes of a rule, in the whole form. Where it speaks in the short form alone, the rule must have one
 * condition and one mailbox at most; throws `invalidProperties` where it has more.
 */
export function patchedForm(
  { sortOrder: _sortOrder, ...rule }: WireRule,
  { sortOrder: _patchOrder, ...patch }: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { conditions, actions } = rule;
  const merged = applyPatch({ ...rule }, patch);
  const changed = withoutShort(merged);
  if (!isShortPatch(patch)) return changed;
  const [condition, ...others] = conditions;
  if (others.length > 0 || actions.mailboxIds.length > 1) {
    throw invalidProperties(['conditions'], 'this rule says more than the short form');
  }
  const { subject, field, value, mailboxId, keywords, skipInbox } = merged;
  const operator = subject === condition?.subject ? condition?.operator : defaultOperator(subject);
  return {
    ...changed,
    conditions: [{ ...condition, subject, operator, field, value }],
    actions: {
      ...actions,
      mailboxIds: mailboxId === undefined || mailboxId === null ? [] : [mailboxId],
      keywords,
      skipInbox,
    },
  };
}

function isShortPatch(patch: Readonly<Record<string, unknown>>): boolean {
  const spoken = new Set(Object.keys(patch).map(pointer => pointer.split('/')[0]));
  const speaks = (names: readonly string[]) => names.some(name => spoken.has(name));
  return speaks(shortProperties) && !speaks(['conditions', 'actions']);
}

function withoutShort(rule: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isWhole = (name: string) => name !== 'id' && !shortProperties.some(short => short === name);
  return Object.fromEntries(Object.entries(rule).filter(([name]) => isWhole(name)));
}

function defaultOperator(subject: unknown): string {
  return subject === 'field' ? 'contains' : 'is';
}

/** A rule as JMAP tells it, `sortOrder` apart: the whole form, and of its first condition and tag the short one. */
export function wireRuleOf(id: string, form: RuleForm): Omit<WireRule, 'sortOrder'> {
  const { conditions, actions } = form;
  const [first] = conditions;
  const { tagIds, untagIds, ...others } = actions;
  return {
    id,
    name: form.name,
    match: form.match,
    conditions: conditions.map(condition => ({
      subject: condition.subject,
      operator: condition.operator,
      field: condition.field ?? null,
      value: condition.value,
      isNegated: condition.isNegated === true,
    })),
    actions: { ...others, mailboxIds: tagIds, removeTags: untagIds },
    stop: form.stop,
    isEnabled: form.isEnabled,
    subject: first?.subject ?? 'text',
    field: first?.field ?? null,
    value: first?.value ?? '',
    mailboxId: tagIds[0] ?? null,
    keywords: actions.keywords,
    skipInbox: actions.skipInbox,
  };
}
