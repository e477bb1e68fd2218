import * as v from 'valibot';
import { checkFacts, keptIndex } from '../../../delivery/privacy/index.ts';
import { tables } from '../../../delivery/privacy/tables.ts';
import { idSchema, readArguments } from './arguments.ts';
import { MethodError } from './errors.ts';
import { type Handler, resolveId } from './method.ts';
import { privacyOf } from './privacy-view.ts';

const wordsSchema = v.strictObject({
  subjects: v.optional(v.nullable(v.array(v.picklist(['message', 'contact', 'device', 'account']))), null),
});

/** Privacy/words: the tables of the index with their texts, for help pages and labels in both languages. */
export const privacyWords: Handler = async args => {
  const { subjects } = readArguments(wordsSchema, args);
  const wanted = subjects ?? (['message', 'contact', 'device', 'account'] as const);
  return { list: [...new Set(wanted)].map(subject => tables[subject]) };
};

const reportSchema = v.strictObject({
  accountId: v.string(),
  emailId: idSchema,
  facts: v.strictObject({
    signature: v.optional(v.picklist(['verified', 'seen', 'unknownKey', 'none', 'invalid'])),
    tracking: v.optional(v.picklist(['clean', 'tracked'])),
    remoteContent: v.optional(v.picklist(['absent', 'present'])),
    subject: v.optional(v.picklist(['protected', 'open'])),
  }),
});

/**
 * Privacy/report: what the owner's own browser found when it opened a sealed message is stored as `source: device`
 * and the index recomputed (PRIVACY-INDEX.md, rule 1). Only the owner's web session may report, only on mail that
 * the server can't open.
 */
export const privacyReport: Handler = async (args, context) => {
  const { emailId, facts } = readArguments(reportSchema, args);
  const { store, account, caller } = context;
  if (caller.means !== 'session') throw new MethodError('forbidden', 'only a web session reports');
  const id = resolveId(emailId, context) ?? emailId;
  const [email] = await store.getEmails(account.id, [id]);
  if (!email?.sealed) throw new MethodError('invalidArguments', 'no sealed email has this id');
  const reported = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const merged = checkFacts('message', { ...email.findings.facts, ...reported });
  const fromDevice = Object.fromEntries(Object.keys(reported).map(fact => [fact, 'device' as const]));
  const index = keptIndex('message', merged, { ...email.index?.sources, ...fromDevice });
  await store.changeEmails(account.id, [{ emailId: id, index: { facts: merged, index } }]);
  const [changed] = await store.getEmails(account.id, [id]);
  const junk = (await store.listTags(account.id)).find(tag => tag.role === 'junk')?.id ?? null;
  return { accountId: account.id, emailId: id, privacy: privacyOf(changed ?? email, junk, false) };
};
