import * as v from 'valibot';
import { describeError } from '../../../delivery/describe-error.ts';
import { changedImportance } from '../../../delivery/importance/findings.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { changeUndisturbed } from '../../../delivery/store/change-undisturbed.ts';
import { importanceOf } from '../../../delivery/store/importance.ts';
import type { Email, EmailChange, Tag } from '../../../delivery/store/store.ts';
import type { TagRule } from '../../../delivery/tags/findings.ts';
import { applyRules, formOf, type RuledTags } from '../../../delivery/tags/owner-rules.ts';
import type { TagEvidence } from '../../../delivery/tags/tag.ts';
import { idSchema, readArguments, unsignedSchema } from './arguments.ts';
import { MethodError } from './errors.ts';
import { tagsById } from './mailbox.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';

/** Emails that one call looks at: each is read whole. */
const maxEmails = 100;
/** Octets of a message that are read: its header, its text, and the names of most files. */
const maxOctets = 512 * 1024;

const applySchema = v.strictObject({
  accountId: v.string(),
  ids: v.pipe(v.array(idSchema), v.minLength(1)),
  after: v.optional(v.nullable(v.string()), null),
  limit: v.optional(v.nullable(unsignedSchema), null),
});

/**
 * TagRule/apply: tries rules on mail that is here already, newest first, a page at a time. Junk, trash, drafts and sent
 * mail are left alone, and so is sealed mail, which nobody can read here; encrypted mail is looked at as it lies.
 */
export const tagRuleApply: Handler = async (args, context) => {
  const { ids, after, limit } = readArguments(applySchema, args);
  const { store, account } = context;
  const rules = await chosenRules(ids, context);
  const tags = [...(await tagsById(context)).values()];
  const page = await store.queryEmails(account.id, {
    filter: { none: [...leftAlone(tags), { sealed: true }] },
    sort: [{ key: 'receivedAt', ascending: false }],
    after,
    limit: Math.min(Math.max(limit ?? maxEmails, 1), maxEmails),
  });
  const emails = await store.getEmails(
    account.id,
    page.rows.map(({ id }) => id),
  );
  const tried = await changeUndisturbed(account.id, emails, {
    changeOf: email => changeBy(rules, { email, tags }, context),
    store,
  });
  const failure = tried.find(one => one.failure)?.failure;
  if (failure) context.log.warn({ ...describeError(failure) }, 'emailNotChanged');
  const undo = tried.flatMap(({ before, change, outcome }) =>
    outcome.status === 'done' ? [[before.id, undoOf(before, change)] as const] : [],
  );
  return {
    accountId: account.id,
    seen: emails.length,
    undo: Object.fromEntries(undo),
    next: page.next,
    newState: await store.getState(account.id, 'Email'),
  };
};

async function chosenRules(ids: readonly string[], context: MethodContext): Promise<TagRule[]> {
  const wanted = new Set(ids.map(id => resolveId(id, context) ?? id));
  const rules = (await context.store.listTagRules(context.account.id)).filter(({ id }) => wanted.has(id));
  if (rules.length < wanted.size) {
    throw new MethodError('invalidArguments', 'there is no such rule', { arguments: ['ids'] });
  }
  // Whoever asks for a rule by name wants it tried, also when it is not in use.
  return rules.map(rule => ({ ...rule, form: { ...formOf(rule), isEnabled: true } }));
}

function leftAlone(tags: readonly Tag[]): { readonly tag: string }[] {
  const roles: readonly (string | null)[] = ['junk', 'trash', 'drafts', 'sent'];
  return tags.filter(({ role }) => roles.includes(role)).map(({ id }) => ({ tag: id }));
}

interface Applied {
  readonly email: Email;
  readonly tags: readonly Tag[];
}

async function changeBy(
  rules: readonly TagRule[],
  applied: Applied,
  { store, account }: MethodContext,
): Promise<EmailChange | null> {
  const { email } = applied;
  const octets = await store.getOctets(account.id, email.id);
  if (octets === null) return null;
  const before = tagsOf(email);
  const after = applyRules(evidenceOf(email, { octets, rules, address: account.address }), before);
  return after === before ? null : changeTo(after, applied);
}

function tagsOf({ tagIds, keywords, findings }: Email): RuledTags {
  return {
    tagIds,
    keywords,
    importance: importanceOf(findings),
    importanceRule: null,
    archive: false,
    skipInbox: false,
    reasons: findings.tags?.reasons ?? [],
  };
}

function evidenceOf(
  { summary, findings, index, sizeOctets }: Email,
  { octets, rules, address }: { octets: Uint8Array; rules: readonly TagRule[]; address: string },
): TagEvidence {
  const { authentication, session } = findings;
  // What its owner has imported came by no door that could have looked at the sender.
  const isGiven = authentication === null && !findings.failed.includes('authenticate');
  return {
    message: parseMessage(octets.subarray(findings.traceOctets, findings.traceOctets + maxOctets)),
    sizeOctets: sizeOctets - findings.traceOctets,
    summary,
    authentication,
    authenticatedUser: isGiven ? address : (session?.authenticatedUser ?? null),
    score: findings.score,
    index,
    rules,
    importance: importanceOf(findings),
  };
}

function changeTo(after: RuledTags, { email, tags }: Applied): EmailChange | null {
  const idOf = (role: Tag['role']) => tags.find(tag => tag.role === role)?.id ?? '';
  const known = new Set(tags.map(({ id }) => id));
  const wanted = new Set(after.tagIds.filter(id => known.has(id)));
  if (after.skipInbox) wanted.delete(idOf('inbox'));
  if (after.archive || wanted.size === 0) wanted.add(idOf('archive'));
  const tagChange = differenceTo(email.tagIds, [...wanted]);
  const keywords = differenceTo(email.keywords, after.keywords);
  const isSet = after.importanceRule !== null && after.importance !== importanceOf(email.findings);
  if (!tagChange && !keywords && !isSet) return null;
  return {
    emailId: email.id,
    ...(tagChange ? { tags: tagChange } : {}),
    ...(keywords ? { keywords } : {}),
    findings: findingsWith(after, email, isSet),
    ifFindings: email.findings,
  };
}

function findingsWith(after: RuledTags, { findings }: Email, isSet: boolean): Email['findings'] {
  const { roles = [], tagIds = [], keywords = [] } = findings.tags ?? {};
  // Those of tags that are taken off stay: whoever takes it back wants them, too.
  const all = [...(findings.tags?.reasons ?? []), ...after.reasons];
  const reasons = all.filter(
    ({ tag, rule }, place) => all.findIndex(one => one.tag === tag && one.rule === rule) === place,
  );
  const { importance: value, importanceRule } = after;
  return {
    ...findings,
    tags: { roles, tagIds, keywords, reasons },
    ...(isSet && importanceRule !== null
      ? {
          importance: changedImportance(
            { value, by: 'rule', reasons: [], rule: importanceRule },
            findings.importance,
          ),
        }
      : {}),
  };
}

function differenceTo(
  before: readonly string[],
  after: readonly string[],
): { add: string[]; remove: string[] } | null {
  const add = after.filter(item => !before.includes(item));
  const remove = before.filter(item => !after.includes(item));
  return add.length + remove.length > 0 ? { add, remove } : null;
}

/** The patch of Email/set that takes the change back. */
function undoOf(before: Email, { tags, keywords, findings }: EmailChange): Record<string, unknown> {
  const patch: [string, unknown][] = [];
  for (const [property, change] of [['mailboxIds', tags] as const, ['keywords', keywords] as const]) {
    for (const item of change?.add ?? []) patch.push([`${property}/${escaped(item)}`, null]);
    for (const item of change?.remove ?? []) patch.push([`${property}/${escaped(item)}`, true]);
  }
  const importance = importanceOf(before.findings);
  if (findings && importanceOf(findings) !== importance) {
    // To set it by hand would be the owner's word, and teach.
    patch.push(['importance', before.findings.importance?.by === 'owner' ? importance : null]);
  }
  return Object.fromEntries(patch);
}

/** RFC 6901 §3 */
function escaped(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
