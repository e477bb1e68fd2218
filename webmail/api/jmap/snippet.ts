import * as v from 'valibot';
import { parseMessage } from '../../../delivery/message/message.ts';
import { visibleText } from '../../../delivery/message/text.ts';
import { shownTerms, snippets } from '../../../delivery/search/snippet.ts';
import type { EmailFilter } from '../../../delivery/store/query.ts';
import type { Email } from '../../../delivery/store/store.ts';
import { openStored } from '../opened.ts';
import { idSchema, objectSchema, readArguments } from './arguments.ts';
import { readEmailFilter } from './email-filter.ts';
import type { Handler, MethodContext } from './method.ts';
import { askedIds, gathered } from './standard-get.ts';

const getSchema = v.strictObject({
  accountId: v.string(),
  filter: v.optional(v.nullable(objectSchema), null),
  emailIds: v.array(idSchema),
});

/** Text that is looked through for the words of one snippet. */
const maxCharacters = 200_000;

/** SearchSnippet/get (RFC 8621 §5.1). Sealed mail has no snippets. */
export const searchSnippetGet: Handler = async (args, context) => {
  const { filter, emailIds } = readArguments(getSchema, args);
  const read = await readEmailFilter(filter, context);
  const ids = askedIds(emailIds, context);
  const found = ids.length > 0 ? await context.store.getEmails(context.account.id, ids) : [];
  const { list, notFound } = gathered(ids, found);
  const snippetList: Record<string, unknown>[] = [];
  for (const email of list) snippetList.push(await snippetOf(email, read.filter, context));
  return {
    accountId: context.account.id,
    list: snippetList,
    notFound: notFound.length > 0 ? notFound : null,
  };
};

async function snippetOf(
  email: Email,
  filter: EmailFilter | null,
  context: MethodContext,
): Promise<Record<string, unknown>> {
  const { subject } = email.summary;
  const inSubject = shownTerms(filter, ['subject']);
  const inBody = shownTerms(filter, ['body']);
  return {
    emailId: email.id,
    subject: subject === null ? null : snippets(subject, inSubject, Number.POSITIVE_INFINITY),
    preview: inBody.length === 0 || email.sealed ? null : snippets(await textOf(email, context), inBody),
  };
}

async function textOf(email: Email, context: MethodContext): Promise<string> {
  const octets = await context.store.getOctets(context.account.id, email.id);
  if (!octets) return '';
  const content = await openStored({ email, stored: parseMessage(octets), wantsBody: true }, context);
  return content.armor ? '' : visibleText(content.message, maxCharacters);
}
