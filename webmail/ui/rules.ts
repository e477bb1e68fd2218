import type { Mailbox, TagRule, TagRuleActions, TagRuleCondition } from '../wire.ts';
import type { Progress } from './batch.ts';
import { automaticWords, kindOfKeyword } from './locales/automatic.ts';
import type { Language } from './locales/languages.ts';
import type { RulesWords } from './locales/rules.ts';
import type { Asking, FullEmail } from './mail.ts';
import { plainLine } from './text.ts';

/** What is filled in of a rule: what the server adds is left out. */
export type RuleDraft = Pick<TagRule, 'name' | 'match' | 'conditions' | 'actions' | 'stop' | 'isEnabled'>;

/** What a condition may be about on the screen: the subject of a message apart from its other header fields. */
export type Asked = keyof RulesWords['subjects'];
export type Operator = TagRuleCondition['operator'];

const texts = ['contains', 'is', 'startsWith', 'endsWith', 'exists'] as const;
const numbers = ['atLeast', 'atMost'] as const;

/** What can be asked of each (`webmail/README.md`); the first is asked when nobody has chosen. */
export const operatorsOf: Readonly<Record<Asked, readonly Operator[]>> = {
  sender: ['is', 'contains'],
  recipient: ['is', 'contains'],
  subject: texts,
  text: ['contains'],
  list: ['is', 'contains', 'exists'],
  attachment: ['exists', 'contains'],
  size: numbers,
  tag: ['is'],
  level: ['atLeast', 'atMost', 'is'],
  importance: ['atLeast', 'atMost', 'is'],
  field: texts,
};

export const askedNames = Object.keys(operatorsOf) as readonly Asked[];

const octetsPerUnit = 1000;

/** What a condition is about. */
export function askedOf({ subject, field }: TagRuleCondition): Asked {
  if (subject !== 'field') return subject;
  return field?.toLowerCase() === 'subject' ? 'subject' : 'field';
}

/** A condition about something else, with nothing filled in yet. */
export function conditionOn(asked: Asked): TagRuleCondition {
  const operator = operatorsOf[asked][0] ?? 'is';
  const field = asked === 'subject' ? 'Subject' : asked === 'field' ? '' : null;
  const value = asked === 'level' ? 'C' : asked === 'importance' ? '1' : '';
  return { subject: asked === 'subject' ? 'field' : asked, operator, field, value, isNegated: false };
}

/** The value as it is typed: sizes are in thousands of octets. */
export function typedValue(condition: TagRuleCondition): string {
  const { subject, value } = condition;
  return subject === 'size' && value !== '' ? String(Number(value) / octetsPerUnit) : value;
}

/** What `typedValue` stands for. */
export function valueTyped({ subject }: TagRuleCondition, typed: string): string {
  if (subject !== 'size' || typed === '') return typed;
  return String(Math.round(Number(typed.replace(',', '.')) * octetsPerUnit));
}

const noActions: TagRuleActions = {
  ...{ mailboxIds: [], removeTags: [], keywords: [] },
  ...{ archive: false, skipInbox: false, markRead: false, importance: null },
};

/** A rule in which nothing is filled in. */
export function emptyDraft(): RuleDraft {
  const conditions = [conditionOn('sender')];
  return { name: '', match: 'all', conditions, actions: noActions, stop: false, isEnabled: true };
}

/** A rule for messages like this one: of its list, else its sender. */
export function draftFrom(email: Pick<FullEmail, 'from'>, listId: string | null): RuleDraft {
  const sender = email.from?.[0]?.email ?? '';
  const first = listId
    ? { ...conditionOn('list'), value: listId }
    : { ...conditionOn('sender'), value: plainLine(sender) };
  return { ...emptyDraft(), conditions: [first] };
}

export function draftOf({ name, match, conditions, actions, stop, isEnabled }: TagRule): RuleDraft {
  return { name, match, conditions, actions, stop, isEnabled };
}

/** Whether a rule does anything. */
export function doesSomething({ actions }: RuleDraft): boolean {
  const { mailboxIds, removeTags, keywords, archive, skipInbox, markRead, importance } = actions;
  const lists = mailboxIds.length + removeTags.length + keywords.length;
  return lists > 0 || archive || skipInbox || markRead || importance !== null;
}

interface Naming {
  readonly words: RulesWords;
  readonly language: Language;
  readonly tags: readonly Mailbox[];
  /** What a tag is called on screen. */
  readonly nameOf: (tag: Mailbox) => string;
}

/** What a mailbox id or a keyword is called. */
export function nameOfTag(id: string, { language, tags, nameOf }: Omit<Naming, 'words'>): string {
  const kind = kindOfKeyword(id);
  if (kind) return automaticWords[language].kinds[kind];
  const tag = tags.find(one => one.id === id);
  return tag ? nameOf(tag) : plainLine(id);
}

/** A rule by its name, else by when it holds. */
export function nameOfRule(rule: RuleDraft, naming: Naming): string {
  return plainLine(rule.name) || whenOf(rule, naming);
}

/** When a rule holds, as a sentence. */
export function whenOf({ conditions, match }: RuleDraft, naming: Naming): string {
  const { words } = naming;
  return conditions
    .map(condition => conditionText(condition, naming))
    .join(match === 'all' ? words.and : words.or);
}

function conditionText(condition: TagRuleCondition, naming: Naming): string {
  const { words } = naming;
  const { operator, isNegated, value, field } = condition;
  const asked = askedOf(condition);
  const what = asked === 'field' ? plainLine(field ?? '') : words.subjects[asked];
  const how = (isNegated ? words.negated : words.operators)[operator];
  const shown = asked === 'tag' ? nameOfTag(value, naming) : plainLine(typedValue(condition));
  return [what, how, operator === 'exists' ? '' : shown].filter(Boolean).join(' ');
}

/** What a rule does, as a list. */
export function doesOf({ actions }: RuleDraft, naming: Naming): string {
  const { does } = naming.words;
  const { mailboxIds, removeTags, keywords, archive, skipInbox, markRead, importance } = actions;
  return [
    ...mailboxIds.map(id => does.tag(nameOfTag(id, naming))),
    ...removeTags.map(id => does.untag(nameOfTag(id, naming))),
    ...(archive ? [does.archive] : skipInbox ? [does.skipInbox] : []),
    ...(markRead ? [does.markRead] : []),
    ...keywords.map(keyword => (keyword === '$flagged' ? does.flag : does.keyword(plainLine(keyword)))),
    ...(importance === null ? [] : [does.importance(importance)]),
  ].join(', ');
}

/** The server would not have the rule: `type` is the SetError's (RFC 8620 §5.3). */
export class RuleRefused extends Error {
  readonly type: string;

  constructor(type: string) {
    super(type);
    this.type = type;
  }
}

/** The rules in their order. */
export async function loadRules({ client, accountId }: Asking): Promise<readonly TagRule[]> {
  const answers = await client.call([['TagRule/get', { accountId, ids: null }, 'rules']]);
  return (answers.rules?.list ?? []) as readonly TagRule[];
}

/** Makes a rule, at a place or behind the others; gives its id. Throws `RuleRefused`. */
export async function makeRule(
  { client, accountId }: Asking,
  rule: RuleDraft & { readonly sortOrder?: number },
): Promise<string> {
  const answers = await client.call([['TagRule/set', { accountId, create: { rule } }, 'set']]);
  check(answers.set?.notCreated, 'rule');
  return ((answers.set?.created ?? {}) as Record<string, { id: string }>).rule?.id ?? '';
}

/** Changes a rule, or moves it. Throws `RuleRefused`. */
export async function changeRule(
  { client, accountId }: Asking,
  id: string,
  change: Partial<RuleDraft> & { readonly sortOrder?: number },
): Promise<void> {
  const answers = await client.call([['TagRule/set', { accountId, update: { [id]: change } }, 'set']]);
  check(answers.set?.notUpdated, id);
}

export async function removeRule({ client, accountId }: Asking, id: string): Promise<void> {
  await client.call([['TagRule/set', { accountId, destroy: [id] }, 'set']]);
}

/** The patches of Email/set that take back what a rule changed. */
export type Applied = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a run of a rule came to; it is whole when all mail was looked at. */
export interface RuleRun {
  readonly undo: Applied;
  readonly isWhole: boolean;
}

/** Messages that one run looks at, the newest. */
const mostApplied = 20_000;
const pageOfApplied = 100;

/**
 * Tries a rule on mail that is here already, page by page, until somebody stops it. Throws where that fails before
 * anything was changed.
 */
export async function applyRule(
  { client, accountId }: Asking,
  id: string,
  { isStopped, tell }: Progress,
): Promise<RuleRun> {
  let undo: Applied = {};
  let seen = 0;
  let after: string | null = null;
  do {
    const args = { accountId, ids: [id], after, limit: pageOfApplied };
    try {
      const page = (await client.call([['TagRule/apply', args, 'apply']])).apply ?? {};
      undo = { ...undo, ...(page.undo as Applied) };
      after = (page.next ?? null) as string | null;
      seen += Number(page.seen);
    } catch (error) {
      // What is changed already can be taken back only by whoever is told of it.
      if (Object.keys(undo).length > 0) return { undo, isWhole: false };
      throw error;
    }
    tell(seen, null);
  } while (after !== null && seen < mostApplied && !isStopped());
  return { undo, isWhole: after === null };
}

const pageOfUndone = 200;

/** Takes back what a rule changed, of mail that is still here; throws when that can't be. */
export async function takeBackRule({ client, accountId }: Asking, applied: Applied): Promise<void> {
  const patches = Object.entries(applied);
  for (let at = 0; at < patches.length; at += pageOfUndone) {
    const update = Object.fromEntries(patches.slice(at, at + pageOfUndone));
    const answers = await client.call([['Email/set', { accountId, update }, 'set']]);
    const refused = Object.values((answers.set?.notUpdated ?? {}) as Record<string, { type: string }>);
    const other = refused.find(({ type }) => type !== 'notFound');
    if (other) throw new Error(other.type);
  }
}

function check(refused: unknown, key: string): void {
  const error = (refused as Readonly<Record<string, { type: string }>> | null | undefined)?.[key];
  if (error) throw new RuleRefused(error.type);
}
