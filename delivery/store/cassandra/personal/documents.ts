import type { TagRule } from '../../../tags/findings.ts';
import { isSameDocument } from '../../same-document.ts';
import type { OwnerContext } from '../../store.ts';
import { versionMismatch } from '../../version-mismatch.ts';
import type { CassandraContext } from '../context.ts';
import { ofAccount, requireAccount } from '../directory/rows.ts';
import { type Cell, exchangeCell, readCell } from '../exchange-cell.ts';
import type { ChangeLog, PersonalChange } from '../log-change.ts';
import type { Session, Statement } from '../session.ts';
import { type StateRow, stateVersionsIn } from './account-states.ts';

/** Documents of an account. */
export interface Documents {
  readonly settings: Record<string, unknown>;
  readonly tagRules: TagRule[];
}

interface DocumentRow extends StateRow {
  /** Null: it is no document, but the row of a state. */
  readonly value: string | null;
}

/** Both documents, empty where none was put, and the versions of the states beside them. */
export async function readDocuments(
  session: Session,
  accountId: string,
): Promise<Documents & Pick<OwnerContext, 'stateVersions'>> {
  const rows = await session.rows<DocumentRow>(
    'select name, value, version from document where account = ?',
    [accountId],
  );
  const found = Object.fromEntries(
    rows.flatMap(({ name, value }) => (value === null ? [] : [[name, JSON.parse(value) as unknown]])),
  );
  return {
    ...emptyDocuments,
    ...(found as Partial<Documents>),
    stateVersions: stateVersionsIn(rows),
  };
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

/** Replaces one document, and notes it in the same batch. */
export async function putDocument<Name extends keyof Documents>(
  { session }: CassandraContext,
  document: { readonly accountId: string; readonly name: Name; readonly value: Readonly<Documents[Name]> },
  changes: ChangeLog,
): Promise<void> {
  changes.require();
  const { accountId, name, value } = document;
  const change: PersonalChange = { class: 'settings', kind: 'updated', object: name };
  await requireAccount(session, accountId);
  const known = await session.row<{ written: bigint | null }>(
    'select writetime(value) as written from document where account = ? and name = ?',
    [accountId, name],
  );
  const update: Statement = {
    cql: 'update document set value = ? where account = ? and name = ?',
    values: [JSON.stringify(value), accountId, name],
  };
  await session.together([update, changes.line(accountId, change)], {
    timestamp: session.micros([known?.written]),
    isLogged: true,
  });
  changes.tell(accountId, change);
}

/** What stands for a document that was never put. */
const emptyDocuments: Documents = { settings: {}, tagRules: [] };

/**
 * Replaces one document where it still says the same as `ifUnchanged`. A lightweight transaction can't be in one batch
 * with the line that tells it: so it is told before it, and again behind it, because who reads the first line may still
 * find what was there.
 */
export async function exchangeDocument<Name extends keyof Documents>(
  { session }: CassandraContext,
  document: {
    readonly accountId: string;
    readonly name: Name;
    readonly value: Readonly<Documents[Name]>;
    readonly ifUnchanged: Readonly<Documents[Name]>;
  },
  changes: ChangeLog,
): Promise<void> {
  changes.require();
  const { accountId, name, value, ifUnchanged } = document;
  const change: PersonalChange = { class: 'settings', kind: 'updated', object: name };
  const cell: Cell = { table: 'document', column: 'value', key: { account: accountId, name } };
  await requireAccount(session, accountId);
  const { value: before } = await readCell(session, cell);
  const stored: unknown = before === null ? emptyDocuments[name] : JSON.parse(before);
  if (!isSameDocument(stored, ifUnchanged)) throw versionMismatch({ accountId, name });
  await session.together([changes.line(accountId, change)]);
  const isPut = await exchangeCell(session, cell, { before, after: JSON.stringify(value) });
  if (!isPut) throw versionMismatch({ accountId, name });
  await session.together([changes.line(accountId, change)]);
  changes.tell(accountId, change);
}
