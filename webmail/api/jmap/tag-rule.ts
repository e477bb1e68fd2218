import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { ruleSubjects, type TagRule } from '../../../delivery/tags/findings.ts';
import type { TagRule as WireRule } from '../../wire.ts';
import { checkProperties, getEntries, readArguments, setEntries } from './arguments.ts';
import { readKeyword, readMailboxId } from './email-changes.ts';
import { invalidProperties, MethodError, SetError } from './errors.ts';
import { tagsById } from './mailbox.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { askedIds, gathered, pick } from './standard-get.ts';
import { emptyResults, setResponse, tryRecord } from './standard-set.ts';

const properties = ['id', 'subject', 'field', 'value', 'mailboxId', 'keywords', 'skipInbox'];
const maxRules = 200;

const getSchema = v.strictObject(getEntries);
const setSchema = v.strictObject(setEntries);

const ruleSchema = v.strictObject({
  subject: v.picklist(ruleSubjects),
  field: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[\x21-\x39\x3b-\x7e]{1,100}$/))), null),
  value: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500)),
  mailboxId: v.string(),
  keywords: v.optional(v.nullable(v.array(v.string())), null),
  skipInbox: v.optional(v.nullable(v.boolean()), false),
});

/** TagRule/get: the owner's rules, in the order in which they are tried. */
export const tagRuleGet: Handler = async (args, context) => {
  const { ids, properties: wanted } = readArguments(getSchema, args);
  checkProperties(wanted, name => properties.includes(name));
  const rules = await context.store.listTagRules(context.account.id);
  const all = rules.map(wireRule);
  const asked = ids === null ? all.map(rule => rule.id) : askedIds(ids, context);
  const { list, notFound } = gathered(asked, all);
  return {
    accountId: context.account.id,
    state: stateOf(rules),
    list: list.map(rule => pick({ ...rule }, wanted)),
    notFound,
  };
};

/** Rules are few and come as one document: their digest is their state. */
function stateOf(rules: readonly TagRule[]): string {
  return createHash('sha256').update(JSON.stringify(rules)).digest('base64url').slice(0, 16);
}

function wireRule(rule: TagRule): WireRule {
  return {
    id: rule.id,
    subject: rule.subject,
    field: rule.field ?? null,
    value: rule.value,
    mailboxId: rule.tagId,
    keywords: rule.keywords ?? [],
    skipInbox: rule.skipInbox ?? false,
  };
}

/** TagRule/set: new rules go behind the others. */
export const tagRuleSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const { store, account } = context;
  const before = await store.listTagRules(account.id);
  const oldState = stateOf(before);
  if (asked.ifInState !== null && asked.ifInState !== oldState) throw new MethodError('stateMismatch');
  const rules = new Map(before.map(rule => [rule.id, rule]));
  const results = emptyResults();
  for (const [key, given] of Object.entries(asked.create ?? {})) {
    await tryRecord(key, results.notCreated, async () => {
      if (rules.size >= maxRules) throw new SetError('overQuota', `at most ${maxRules} rules`);
      const rule = await readRule(`r${randomBytes(9).toString('hex')}`, given, context);
      rules.set(rule.id, rule);
      context.createdIds.set(key, rule.id);
      results.created.set(key, { id: rule.id });
    });
  }
  for (const [key, patch] of Object.entries(asked.update ?? {})) {
    await tryRecord(key, results.notUpdated, async () => {
      const id = resolveId(key, context) ?? key;
      const rule = rules.get(id);
      if (!rule) throw new SetError('notFound');
      rules.set(id, await readRule(id, { ...withoutId(wireRule(rule)), ...withoutId(patch) }, context));
      results.updated.set(key, null);
    });
  }
  for (const key of asked.destroy ?? []) {
    if (rules.delete(resolveId(key, context) ?? key)) results.destroyed.push(key);
    else results.notDestroyed.set(key, { type: 'notFound' });
  }
  const after = [...rules.values()];
  await store.putTagRules(account.id, after);
  return setResponse(results, { oldState, newState: stateOf(after) }, account.id);
};

function withoutId(record: Readonly<Record<string, unknown>> | WireRule): Record<string, unknown> {
  const { id: _id, ...others } = { ...record } as Record<string, unknown>;
  return others;
}

async function readRule(
  id: string,
  given: Record<string, unknown>,
  context: MethodContext,
): Promise<TagRule> {
  const result = v.safeParse(ruleSchema, given);
  if (!result.success) {
    throw invalidProperties([...new Set(result.issues.map(issue => String(issue.path?.[0]?.key ?? '')))]);
  }
  const { subject, field, value, mailboxId, keywords, skipInbox } = result.output;
  if ((subject === 'field') !== (field !== null)) {
    throw invalidProperties(['field'], 'the name of a header field, with the subject field only');
  }
  if (subject === 'level' && !/^[A-E]$/.test(value)) throw invalidProperties(['value'], 'A, B, C, D or E');
  const tagId = readMailboxId(mailboxId, context);
  if (!(await tagsById(context)).has(tagId))
    throw invalidProperties(['mailboxId'], 'there is no such mailbox');
  return {
    id,
    subject,
    value,
    tagId,
    ...(field === null ? {} : { field }),
    ...(keywords ? { keywords: keywords.map(readKeyword) } : {}),
    ...(skipInbox ? { skipInbox: true } : {}),
  };
}
