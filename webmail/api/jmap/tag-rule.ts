import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { TagRule } from '../../../delivery/tags/findings.ts';
import { formOf, storedRule } from '../../../delivery/tags/owner-rules.ts';
import type { TagRule as WireRule } from '../../wire.ts';
import { checkProperties, getEntries, readArguments, setEntries } from './arguments.ts';
import { invalidProperties, MethodError, SetError } from './errors.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { patchedForm, readRuleForm, wireRuleOf } from './rule-form.ts';
import { askedIds, gathered, pick } from './standard-get.ts';
import { emptyResults, setResponse, tryRecord } from './standard-set.ts';

const properties = [
  ...['id', 'name', 'match', 'conditions', 'actions', 'stop', 'isEnabled', 'sortOrder'],
  ...['subject', 'field', 'value', 'mailboxId', 'keywords', 'skipInbox'],
];
/** Rules of one account; advertised. */
export const maxRules = 200;

const getSchema = v.strictObject(getEntries);
const setSchema = v.strictObject(setEntries);
const orderSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1));

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

function wireRule(rule: TagRule, place: number): WireRule {
  return { ...wireRuleOf(rule.id, formOf(rule)), sortOrder: place };
}

/** TagRule/set: new rules go behind the others unless `sortOrder` says where. */
export const tagRuleSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const { store, account } = context;
  const before = await store.listTagRules(account.id);
  const oldState = stateOf(before);
  if (asked.ifInState !== null && asked.ifInState !== oldState) throw new MethodError('stateMismatch');
  const rules = new RuleList(before);
  const results = emptyResults();
  for (const [key, given] of Object.entries(asked.create ?? {})) {
    await tryRecord(key, results.notCreated, async () => {
      if (rules.size >= maxRules) throw new SetError('overQuota', `at most ${maxRules} rules`);
      const rule = await readRule(`r${randomBytes(9).toString('hex')}`, given, context);
      rules.put(rule, readOrder(given));
      context.createdIds.set(key, rule.id);
      results.created.set(key, { id: rule.id });
    });
  }
  for (const [key, patch] of Object.entries(asked.update ?? {})) {
    await tryRecord(key, results.notUpdated, async () => {
      const rule = rules.get(resolveId(key, context) ?? key);
      if (!rule) throw new SetError('notFound');
      rules.put(await readRule(rule.id, patchedForm(wireRule(rule, 0), patch), context), readOrder(patch));
      results.updated.set(key, null);
    });
  }
  for (const key of asked.destroy ?? []) {
    if (rules.remove(resolveId(key, context) ?? key)) results.destroyed.push(key);
    else results.notDestroyed.set(key, { type: 'notFound' });
  }
  const after = rules.inOrder();
  await store.putTagRules(account.id, after);
  return setResponse(results, { oldState, newState: stateOf(after) }, account.id);
};

/** Rules by id in their order, with the places that were asked for. */
class RuleList {
  readonly #rules: Map<string, TagRule>;
  readonly #places = new Map<string, number>();

  constructor(rules: readonly TagRule[]) {
    this.#rules = new Map(rules.map(rule => [rule.id, rule]));
  }

  get size(): number {
    return this.#rules.size;
  }

  get(id: string): TagRule | undefined {
    return this.#rules.get(id);
  }

  put(rule: TagRule, place: number | null): void {
    this.#rules.set(rule.id, rule);
    if (place !== null) this.#places.set(rule.id, place);
  }

  remove(id: string): boolean {
    this.#places.delete(id);
    return this.#rules.delete(id);
  }

  /** Lowest places first, so that none moves another that has its place. */
  inOrder(): TagRule[] {
    const places = [...this.#places].sort(([, a], [, b]) => a - b);
    const moved = new Set(places.map(([id]) => id));
    const rules = [...this.#rules.values()].filter(({ id }) => !moved.has(id));
    for (const [id, place] of places) {
      const rule = this.#rules.get(id);
      if (rule) rules.splice(place, 0, rule);
    }
    return rules;
  }
}

function readOrder({ sortOrder }: Readonly<Record<string, unknown>>): number | null {
  if (sortOrder === undefined || sortOrder === null) return null;
  const result = v.safeParse(orderSchema, sortOrder);
  if (!result.success) throw invalidProperties(['sortOrder']);
  return result.output;
}

async function readRule(
  id: string,
  { sortOrder: _sortOrder, ...given }: Readonly<Record<string, unknown>>,
  context: MethodContext,
): Promise<TagRule> {
  return storedRule(id, await readRuleForm(given, context));
}
