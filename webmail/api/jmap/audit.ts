import * as v from 'valibot';
import type { AuditRow } from '../../wire.ts';
import { readArguments, unsignedSchema } from './arguments.ts';
import type { Handler } from './method.ts';

const getSchema = v.strictObject({
  accountId: v.string(),
  after: v.optional(v.nullable(v.string()), null),
  limit: v.optional(v.nullable(unsignedSchema), null),
});

/** Audit/get: every look at and change of the account, newest first (DESIGN.md, promise 6). */
export const auditGet: Handler = async (args, context) => {
  const { after, limit } = readArguments(getSchema, args);
  const page = await context.store.listAudit(context.account.id, {
    after,
    limit: Math.min(Math.max(limit ?? 50, 1), 500),
  });
  const list: AuditRow[] = page.items.map(({ at, actor, action, detail }) => ({
    at: at.toISOString(),
    actor,
    action,
    detail,
  }));
  return { accountId: context.account.id, list, next: page.next };
};
