import * as v from 'valibot';
import { renewIndex } from '../../../delivery/renew-index.ts';
import { idSchema, readArguments } from './arguments.ts';
import { MethodError } from './errors.ts';
import { type Handler, resolveId } from './method.ts';
import { privacyOf } from './privacy-view.ts';

const schema = v.strictObject({ accountId: v.string(), emailId: idSchema });

/**
 * Privacy/renew: the owner has acted on this message, by adding a contact from it, so that who takes part is judged
 * by the contacts of today (PRIVACY-INDEX.md, "Message"). Every other fact stays as of the delivery.
 */
export const privacyRenew: Handler = async (args, context) => {
  const { emailId } = readArguments(schema, args);
  const { store, account } = context;
  const id = resolveId(emailId, context) ?? emailId;
  const owner = await store.getOwner(account.id);
  const isThere = owner !== null && (await renewIndex(owner, id, { store }));
  const [email] = isThere ? await store.getEmails(account.id, [id]) : [];
  if (!email) throw new MethodError('invalidArguments', 'no email has this id', { arguments: ['emailId'] });
  const junk = (await store.listTags(account.id)).find(tag => tag.role === 'junk')?.id ?? null;
  return { accountId: account.id, emailId: id, privacy: privacyOf(email, junk, false) };
};
