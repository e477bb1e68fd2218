import * as v from 'valibot';
import { describeError } from '../../../delivery/describe-error.ts';
import { changedImportance } from '../../../delivery/importance/findings.ts';
import { changeUndisturbed } from '../../../delivery/store/change-undisturbed.ts';
import { importanceOf } from '../../../delivery/store/importance.ts';
import type { ChangeOutcome, Email, EmailChange } from '../../../delivery/store/store.ts';
import { readArguments, setEntries } from './arguments.ts';
import { readUpdate } from './email-changes.ts';
import { createEmail } from './email-create.ts';
import { checkUnchanged } from './email-unchanged.ts';
import { invalidProperties, SetError } from './errors.ts';
import { noteJunkActs } from './junk-acts.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { learnFromActs } from './owner-acts.ts';
import { beginSet, emptyResults, type SetResults, setResponse, tryRecord } from './standard-set.ts';

const setSchema = v.strictObject(setEntries);

/** Email/set (RFC 8621 §4.6). */
export const emailSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const oldState = await beginSet('Email', asked, context);
  const results = emptyResults();
  for (const [key, email] of Object.entries(asked.create ?? {})) {
    await tryRecord(key, results.notCreated, async () => {
      const created = await createEmail(email, context);
      context.createdIds.set(key, created.id);
      results.created.set(key, { ...created });
    });
  }
  await updateAll(asked.update ?? {}, { results, destroyed: asked.destroy ?? [] }, context);
  await destroyAll(asked.destroy ?? [], results, context);
  const newState = await context.store.getState(context.account.id, 'Email');
  return setResponse(results, { oldState, newState }, context.account.id);
};

interface Updating {
  readonly results: SetResults;
  readonly destroyed: readonly string[];
}

/** All updates go to the store in one call. */
async function updateAll(
  update: Readonly<Record<string, Record<string, unknown>>>,
  { results, destroyed }: Updating,
  context: MethodContext,
): Promise<void> {
  const ids = new Map(Object.keys(update).map(key => [resolveId(key, context) ?? key, key]));
  if (ids.size === 0) return;
  const { store, account } = context;
  const emails = await store.getEmails(account.id, [...ids.keys()]);
  const known = new Set(emails.map(({ id }) => id));
  for (const [id, key] of ids) {
    if (known.has(id)) continue;
    const isGoing = destroyed.includes(key) || destroyed.includes(id);
    results.notUpdated.set(key, { type: isGoing ? 'willDestroy' : 'notFound' });
  }
  const changeOf = async (email: Email): Promise<EmailChange | null> => {
    const { id } = email;
    const key = ids.get(id) ?? id;
    let change: EmailChange | null = null;
    await tryRecord(key, results.notUpdated, async () => {
      if (destroyed.includes(key) || destroyed.includes(id)) throw new SetError('willDestroy');
      const { change: asked, importance, unchanged } = readUpdate(id, update[key] ?? {}, context);
      await checkUnchanged(email, unchanged, context);
      const made = { ...asked, ...importanceByHand(email, importance) };
      if (made.tags || made.keywords || made.findings) change = made;
      else results.updated.set(key, null);
    });
    return change;
  };
  const tried = await changeUndisturbed(account.id, emails, { changeOf, store });
  for (const { outcome, failure } of tried) {
    const key = ids.get(outcome.emailId) ?? outcome.emailId;
    if (failure) context.log.warn({ emailId: outcome.emailId, ...describeError(failure) }, 'emailNotChanged');
    await tryRecord(key, results.notUpdated, async () => {
      checkOutcome(outcome);
      results.updated.set(key, null);
    });
  }
  const acts = tried.filter(({ outcome }) => outcome.status === 'done');
  if (acts.length === 0) return;
  await learnFromActs(acts, context);
  await noteJunkActs(acts, context);
}

/** The owner's own word, where it is another than what is told already; null takes it back. */
function importanceByHand(
  { findings }: Email,
  value: number | null | undefined,
): Pick<EmailChange, 'findings' | 'ifFindings'> {
  const { importance, ...others } = findings;
  if (value === undefined || value === importanceOf(findings)) return {};
  if (value !== null) {
    const changed = changedImportance({ value, by: 'owner', reasons: [] }, importance);
    return { findings: { ...others, importance: changed }, ifFindings: findings };
  }
  const before = importance?.before;
  if (before) return { findings: { ...others, importance: before }, ifFindings: findings };
  return importance && importance.by !== 'model' ? { findings: others, ifFindings: findings } : {};
}

function checkOutcome(outcome: ChangeOutcome): void {
  const { status } = outcome;
  // Registered for whole methods (RFC 8620 §9.5); no SetError of the standard says "the same may succeed later".
  if (status === 'disturbed') throw new SetError('serverUnavailable', 'it is being changed; try again');
  if (status === 'notFound') throw new SetError('notFound');
  if (status === 'noSuchTag') throw invalidProperties(['mailboxIds'], 'there is no such mailbox');
  if (status === 'noTagLeft') throw invalidProperties(['mailboxIds'], 'an email is in at least one mailbox');
}

async function destroyAll(
  ids: readonly string[],
  results: SetResults,
  context: MethodContext,
): Promise<void> {
  if (ids.length === 0) return;
  const keys = new Map(ids.map(id => [resolveId(id, context) ?? id, id]));
  const { destroyed, notFound } = await context.store.destroyEmails(context.account.id, [...keys.keys()]);
  results.destroyed.push(...destroyed.map(id => keys.get(id) ?? id));
  for (const id of notFound) results.notDestroyed.set(keys.get(id) ?? id, { type: 'notFound' });
}
