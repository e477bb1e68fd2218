import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { untilUndisturbed } from '../../../delivery/store/version-mismatch.ts';
import type { TagRule } from '../../../delivery/tags/findings.ts';
import { formOf, storedRule } from '../../../delivery/tags/owner-rules.ts';
import type { TagRule as WireRule } from '../../wire.ts';
import { checkProperties, getEntries, readArguments, setEntries } from './arguments.ts';
import { invalidProperties, MethodError, SetError } from './errors.ts';
import { tagsById } from './mailbox.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { applyPatch } from './patch.ts';
import { patchedForm, readRuleForm, wireRuleOf } from './rule-form.ts';
import { askedIds, gathered, pick } from './standard-get.ts';
import { emptyResults, type SetResults, setResponse, tryRecord } from './standard-set.ts';

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
  const tags = await tagsById(context);
  const all = rules.map((rule, place) => wireRule(rule, place, tags));
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

type Tags = Awaited<ReturnType<typeof tagsById>>;

/** A mailbox that is gone is no longer told: a rule that names it can still be changed. */
function wireRule(rule: TagRule, place: number, tags: Tags): WireRule {
  const form = formOf(rule);
  const tagIds = form.actions.tagIds.filter(id => tags.has(id));
  return { ...wireRuleOf(rule.id, { ...form, actions: { ...form.actions, tagIds } }), sortOrder: place };
}

type Asked = v.InferOutput<typeof setSchema>;

/** TagRule/set: new rules go behind the others unless `sortOrder` says where. */
export const tagRuleSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const { store, account } = context;
  return untilUndisturbed(async () => {
    const before = await store.listTagRules(account.id);
    const { after, result } = await changeRules(asked, before, context);
    if (stateOf(after) !== stateOf(before)) await store.putTagRules(account.id, after, before);
    return result;
  });
};

async function changeRules(
  asked: Asked,
  before: readonly TagRule[],
  context: MethodContext,
): Promise<{ readonly after: readonly TagRule[]; readonly result: Awaited<ReturnType<Handler>> }> {
  const oldState = stateOf(before);
  if (asked.ifInState !== null && asked.ifInState !== oldState) throw new MethodError('stateMismatch');
  const work: Work = {
    rules: new RuleList(before),
    results: emptyResults(),
    wanted: new Map(),
    tags: await tagsById(context),
  };
  const { rules, results } = work;
  await createAll(asked.create ?? {}, work, context);
  await updateAll(asked.update ?? {}, work, context);
  for (const key of asked.destroy ?? []) {
    if (rules.remove(resolveId(key, context) ?? key)) results.destroyed.push(key);
    else results.notDestroyed.set(key, { type: 'notFound' });
  }
  const after = rules.inOrder();
  tellChanges(after, work);
  const states = { oldState, newState: stateOf(after) };
  return { after, result: setResponse(results, states, context.account.id) };
}

interface Work {
  readonly rules: RuleList;
  readonly results: SetResults;
  /** By the id of a rule: the key that it was given by, and what the client knows of it. */
  readonly wanted: Map<string, { readonly key: string; readonly known: Members }>;
  readonly tags: Tags;
}

type Members = Readonly<Record<string, unknown>>;

async function createAll(
  create: Readonly<Record<string, Members>>,
  { rules, results, wanted }: Work,
  context: MethodContext,
): Promise<void> {
  for (const [key, given] of Object.entries(create)) {
    await tryRecord(key, results.notCreated, async () => {
      if (rules.size >= maxRules) throw new SetError('overQuota', `at most ${maxRules} rules`);
      const rule = await readRule(`r${randomBytes(9).toString('hex')}`, given, context);
      rules.put(rule, readOrder(given));
      context.createdIds.set(key, rule.id);
      results.created.set(key, { id: rule.id });
      wanted.set(rule.id, { key, known: given });
    });
  }
}

async function updateAll(
  update: Readonly<Record<string, Members>>,
  { rules, results, wanted, tags }: Work,
  context: MethodContext,
): Promise<void> {
  for (const [key, patch] of Object.entries(update)) {
    await tryRecord(key, results.notUpdated, async () => {
      const id = resolveId(key, context) ?? key;
      const rule = rules.get(id);
      if (!rule) throw new SetError('notFound');
      const before = wireRule(rule, rules.placeOf(id), tags);
      if ('id' in patch && patch.id !== id) throw invalidProperties(['id'], 'set by the server');
      const known = applyPatch({ ...before }, patch);
      rules.put(await readRule(id, patchedForm(before, patch), context), readOrder(patch));
      results.updated.set(key, null);
      wanted.set(id, { key, known });
    });
  }
}

/** What a client can't know of the rules that it made and changed (RFC 8620 §5.3). */
function tellChanges(after: readonly TagRule[], { results, wanted, tags }: Work): void {
  for (const [place, rule] of after.entries()) {
    const { key, known } = wanted.get(rule.id) ?? {};
    if (key === undefined || known === undefined) continue;
    const isNew = results.created.has(key);
    const unknown = Object.entries(wireRule(rule, place, tags)).filter(
      // What a patch has set to null it knows to be null.
      ([name, value]) => !isDeepStrictEqual(value, isNew ? known[name] : (known[name] ?? null)),
    );
    const told = Object.fromEntries(unknown);
    if (isNew) results.created.set(key, told);
    else if (unknown.length > 0) results.updated.set(key, told);
  }
}

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

  placeOf(id: string): number {
    return [...this.#rules.keys()].indexOf(id);
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
