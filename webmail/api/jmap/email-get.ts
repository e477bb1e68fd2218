import * as v from 'valibot';
import { parseMessage } from '../../../delivery/message/message.ts';
import { shownMessage } from '../../../delivery/shown-message.ts';
import type { Email } from '../../../delivery/store/store.ts';
import { openStored } from '../opened.ts';
import { readMessage } from '../read-job.ts';
import { wantsBody } from '../read-view.ts';
import { readableBlob } from '../readable-blob.ts';
import { maxReadHere } from '../viewer.ts';
import { getEntries, idSchema, readArguments, unsignedSchema } from './arguments.ts';
import { Budget } from './budget.ts';
import { defaultParseProperties, type EmailPlan, planOf } from './email-properties.ts';
import { type EmailSource, emailView } from './email-view.ts';
import { MethodError } from './errors.ts';
import { coreLimits } from './limits.ts';
import type { Handler, MethodContext } from './method.ts';
import { changesOf } from './standard-changes.ts';
import { askedIds, gathered } from './standard-get.ts';

const bodyEntries = {
  bodyProperties: v.optional(v.nullable(v.array(v.string())), null),
  fetchTextBodyValues: v.optional(v.nullable(v.boolean()), false),
  fetchHTMLBodyValues: v.optional(v.nullable(v.boolean()), false),
  fetchAllBodyValues: v.optional(v.nullable(v.boolean()), false),
  maxBodyValueBytes: v.optional(v.nullable(unsignedSchema), 0),
};
const getSchema = v.strictObject({ ...getEntries, ...bodyEntries });
const parseSchema = v.strictObject({
  accountId: v.string(),
  blobIds: v.array(idSchema),
  properties: v.optional(v.nullable(v.array(v.string())), null),
  ...bodyEntries,
});

/** Email/get (RFC 8621 §4.2). Encrypted mail of a server-held key is opened for the answer and the look is recorded. */
export const emailGet: Handler = async (args, context) => {
  const asked = readArguments(getSchema, args);
  const plan = planOf(asked, context.using);
  const state = await context.store.getState(context.account.id, 'Email');
  const ids = asked.ids === null ? await allIds(context) : askedIds(asked.ids, context);
  const found = ids.length > 0 ? await context.store.getEmails(context.account.id, ids) : [];
  const { list, notFound } = gathered(ids, found);
  const junkTagId = await junkTag(plan, context);
  const views: Record<string, unknown>[] = [];
  const room = new Budget(context.answers.left);
  for (const email of list) {
    const view = await viewOf(email, { plan, junkTagId }, context);
    if (!view) notFound.push(email.id);
    else {
      room.charge(view);
      views.push(view);
    }
  }
  return { accountId: context.account.id, state, list: views, notFound };
};

/** Email/changes (RFC 8621 §4.3). */
export const emailChanges: Handler = async (args, context) =>
  (await changesOf('Email', args, context)).response;

/** All ids where the account holds no more than one /get may ask for; throws `requestTooLarge`. */
async function allIds(context: MethodContext): Promise<string[]> {
  const limit = coreLimits.maxObjectsInGet;
  const { rows, next } = await context.store.queryEmails(context.account.id, {
    filter: null,
    sort: [{ key: 'receivedAt', ascending: false }],
    limit,
  });
  if (next !== null && rows.length >= limit) throw new MethodError('requestTooLarge');
  return rows.map(row => row.id);
}

async function junkTag(plan: EmailPlan, context: MethodContext): Promise<string | null> {
  if (!plan.properties.includes('privacy') && !plan.properties.includes('privacyBrief')) return null;
  const tags = await context.store.listTags(context.account.id);
  return tags.find(tag => tag.role === 'junk')?.id ?? null;
}

/** What the plan is answered from; null when the octets have gone since. */
export async function sourceOf(
  email: Email,
  { plan, junkTagId }: { plan: EmailPlan; junkTagId: string | null },
  context: MethodContext,
): Promise<EmailSource | null> {
  if (!plan.needsOctets) return { email, stored: null, content: null, junkTagId };
  const octets = await context.store.getOctets(context.account.id, email.id);
  if (!octets) return null;
  const stored = shownMessage(parseMessage(octets), email);
  const content = await openStored({ email, stored, wantsBody: wantsBody(plan) }, context);
  return { email, stored, content, junkTagId };
}

/** The email as the plan wants it, read in another thread when it is long; null when the octets have gone since. */
async function viewOf(
  email: Email,
  { plan, junkTagId }: { plan: EmailPlan; junkTagId: string | null },
  context: MethodContext,
): Promise<Record<string, unknown> | null> {
  if (plan.needsOctets && email.sizeOctets > maxReadHere) {
    const octets = await context.store.getOctets(context.account.id, email.id);
    if (!octets) return null;
    const job = { octets, blobId: email.blobId, email, junkTagId, plan };
    const answer = await context.viewer.read({ kind: 'view', ...job });
    if (answer.kind === 'view') return answer.view;
  }
  const source = await sourceOf(email, { plan, junkTagId }, context);
  return source && emailView(source, plan);
}

/** Email/parse (RFC 8621 §4.9): any blob as a message, nothing stored. */
export const emailParse: Handler = async (args, context) => {
  const asked = readArguments(parseSchema, args);
  const plan = planOf(asked, context.using, defaultParseProperties);
  const blobIds = askedIds(asked.blobIds, context);
  const parsed = new Map<string, Record<string, unknown>>();
  const notFound: string[] = [];
  const notParsable: string[] = [];
  const room = new Budget(context.answers.left);
  for (const blobId of blobIds) {
    const blob = await readableBlob(blobId, context);
    if (!blob) notFound.push(blobId);
    else {
      const view = await parsedView(blobId, { octets: blob.octets, plan }, context);
      if (!view) notParsable.push(blobId);
      else {
        room.charge(view);
        parsed.set(blobId, view);
      }
    }
  }
  return {
    accountId: context.account.id,
    parsed: parsed.size > 0 ? Object.fromEntries(parsed) : null,
    notParsable: notParsable.length > 0 ? notParsable : null,
    notFound: notFound.length > 0 ? notFound : null,
  };
};

/** The blob as a message; null when it is none. Throws `tooBusy`. */
async function parsedView(
  blobId: string,
  { octets, plan }: { octets: Uint8Array; plan: EmailPlan },
  context: MethodContext,
): Promise<Record<string, unknown> | null> {
  const job = { kind: 'view', octets, blobId, email: null, junkTagId: null, plan } as const;
  const answer = await readMessage(job, context);
  return answer.kind === 'view' ? { ...answer.view, ...blobProperties(blobId, octets, plan) } : null;
}

/** What is known of a blob that is no stored email, where it is asked for. */
function blobProperties(
  blobId: string,
  { byteLength }: Uint8Array,
  { properties }: EmailPlan,
): { blobId?: string; size?: number } {
  return {
    ...(properties.includes('blobId') ? { blobId } : {}),
    ...(properties.includes('size') ? { size: byteLength } : {}),
  };
}
