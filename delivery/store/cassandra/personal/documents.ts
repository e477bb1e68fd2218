import type { TagRule } from '../../../tags/findings.ts';
import type { CassandraContext } from '../context.ts';
import { ofAccount, requireAccount } from '../directory/rows.ts';
import type { LogChange } from '../log-change.ts';
import type { Session } from '../session.ts';

/** Documents of an account. */
export interface Documents {
  readonly settings: Record<string, unknown>;
  readonly tagRules: TagRule[];
}

/** Both documents, empty where none was put. */
export async function readDocuments(session: Session, accountId: string): Promise<Documents> {
  const rows = await session.rows<{ name: string; value: string }>(
    'select name, value from document where account = ?',
    [accountId],
  );
  const found = Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value) as unknown]));
  return { settings: {}, tagRules: [], ...(found as Partial<Documents>) };
}

/** `Keys.getSettings`. */
export async function getSettings(
  { session }: CassandraContext,
  accountId: string,
): Promise<Record<string, unknown>> {
  return (await ofAccount(session, accountId, () => readDocuments(session, accountId))).settings;
}

/** `Keys.listTagRules`. */
export async function listTagRules({ session }: CassandraContext, accountId: string): Promise<TagRule[]> {
  return (await ofAccount(session, accountId, () => readDocuments(session, accountId))).tagRules;
}

/** Replaces one document. */
export async function putDocument<Name extends keyof Documents>(
  { session }: CassandraContext,
  document: { readonly accountId: string; readonly name: Name; readonly value: Readonly<Documents[Name]> },
  logChange: LogChange,
): Promise<void> {
  const { accountId, name, value } = document;
  await requireAccount(session, accountId);
  const known = await session.row<{ written: bigint | null }>(
    'select writetime(value) as written from document where account = ? and name = ?',
    [accountId, name],
  );
  await session.run(
    'update document set value = ? where account = ? and name = ?',
    [JSON.stringify(value), accountId, name],
    session.micros([known?.written]),
  );
  await logChange(accountId, { class: 'settings', kind: 'updated', object: name });
}
