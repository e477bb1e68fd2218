import * as v from 'valibot';
import type { DecryptFindings } from '../../../delivery/crypto/findings.ts';
import { normalizeAddress } from '../../../delivery/message/address.ts';
import { checkFacts, keptIndex } from '../../../delivery/privacy/index.ts';
import { tables } from '../../../delivery/privacy/tables.ts';
import { changeUndisturbed, checkUndisturbed } from '../../../delivery/store/change-undisturbed.ts';
import type { Email } from '../../../delivery/store/store.ts';
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

const fingerprintSchema = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/));

const reportSchema = v.strictObject({
  accountId: v.string(),
  emailId: idSchema,
  facts: v.strictObject({
    signature: v.optional(v.picklist(['verified', 'seen', 'unknownKey', 'none', 'invalid'])),
    tracking: v.optional(v.picklist(['clean', 'tracked'])),
    remoteContent: v.optional(v.picklist(['absent', 'present'])),
    subject: v.optional(v.picklist(['protected', 'open'])),
  }),
  signer: v.optional(
    v.nullable(
      v.strictObject({
        keyId: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
        fingerprint: v.nullable(fingerprintSchema),
        address: v.nullable(v.pipe(v.string(), v.maxLength(320))),
      }),
    ),
    null,
  ),
});

type Report = v.InferOutput<typeof reportSchema>;

/**
 * Privacy/report: what the owner's own browser found when it opened a message is stored as `source: device` and the
 * index recomputed (PRIVACY-INDEX.md, rule 1). Only the owner's web session may report, only on mail that the server
 * can't open.
 */
export const privacyReport: Handler = async (args, context) => {
  const report = readArguments(reportSchema, args);
  const { store, account, caller } = context;
  if (caller.means !== 'session') throw new MethodError('forbidden', 'only a web session reports');
  const id = resolveId(report.emailId, context) ?? report.emailId;
  const [email] = await store.getEmails(account.id, [id]);
  if (!email || !isClosedHere(email)) {
    throw new MethodError('invalidArguments', 'no email that is closed to the server has this id');
  }
  const reported = Object.fromEntries(
    Object.entries(report.facts).filter(([, value]) => value !== undefined),
  );
  const fromDevice = Object.fromEntries(Object.keys(reported).map(fact => [fact, 'device' as const]));
  const tried = await changeUndisturbed(account.id, [email], {
    changeOf: async current => {
      const facts = checkFacts('message', { ...current.findings.facts, ...reported });
      const index = keptIndex('message', facts, { ...current.index?.sources, ...fromDevice });
      const findings = { ...current.findings, facts, decrypt: reportedFindings(current, report) };
      return { emailId: id, findings, ifFindings: current.findings, index: { facts, index } };
    },
    store,
  });
  checkUndisturbed(tried);
  const [changed] = await store.getEmails(account.id, [id]);
  const junk = (await store.listTags(account.id)).find(tag => tag.role === 'junk')?.id ?? null;
  return { accountId: account.id, emailId: id, privacy: privacyOf(changed ?? email, junk, false) };
};

function isClosedHere({ sealed, findings: { decrypt } }: Email): boolean {
  return sealed || (decrypt !== null && decrypt.form !== 'none' && decrypt.failure !== null);
}

/**
 * What later events on the message begin with: its signer's key may be confirmed, or revoked. The signer is who From
 * names, or nobody.
 */
function reportedFindings({ findings, summary }: Email, { facts, signer }: Report): DecryptFindings | null {
  const { decrypt } = findings;
  if (decrypt === null) return null;
  const author = summary.originators.from.length === 1 ? summary.originators.from[0]?.address : undefined;
  const isAuthor = signer?.address && author && normalizeAddress(signer.address) === normalizeAddress(author);
  return {
    ...decrypt,
    ...(facts.signature ? { signature: facts.signature } : {}),
    ...(facts.subject ? { subject: facts.subject } : {}),
    ...(facts.signature && signer
      ? { signer: { ...signer, address: isAuthor ? normalizeAddress(signer.address ?? '') : null } }
      : {}),
  };
}
