import { DeliveryError } from '../../../errors.ts';
import { randomText } from '../../ids.ts';
import { isSameDocument } from '../../same-document.ts';
import { findingColumns } from '../../sort-columns.ts';
import type { ChangeOutcome, EmailChange } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { grouped, mapAtOnce } from '../directory/at-once.ts';
import type { Statement } from '../session.ts';
import type { Buckets } from './buckets.ts';
import { judgedCells } from './detail.ts';
import { detailWrittenAt } from './detail-times.ts';
import { discussionLink, type Emails } from './emails.ts';
import { exchangedColumns, exchangeFindings } from './exchange-findings.ts';
import { writeLearned } from './learned.ts';
import type { LogLine } from './log.ts';
import { cleanKeywords, isUnread, type LightRow, markOfKeyword, markOfTag, sortTags } from './row.ts';
import type { Telling } from './telling.ts';

/** What changes and destructions need besides the rows of mail. */
export interface ChangeParts {
  readonly context: CassandraContext;
  readonly buckets: Buckets;
  readonly emails: Emails;
  readonly tagIds: (accountId: string) => Promise<string[]>;
  readonly getState: (accountId: string) => Promise<string>;
  /** Emails of the bucket have gone, or are found by other words: its index is behind. */
  readonly noteIndexed: (accountId: string, bucket: number) => void;
  readonly telling: Telling;
}

/** An email on its way from what it was to what it shall be. */
interface Edit {
  readonly row: LightRow;
  readonly tagIds: Set<string>;
  readonly keywords: Set<string>;
  index: EmailChange['index'];
  findings: EmailChange['findings'];
  ifFindings: EmailChange['ifFindings'];
  searchText: EmailChange['searchText'];
  learned: EmailChange['learned'];
  /** Marks the new words, if there are any. */
  readonly reworded: string;
}

/**
 * `Mail.changeEmails`. A change writes the cells that it changes, with a time later than theirs: changes of different
 * tags or keywords at once are all there afterwards, and of opposite ones the last counts, whatever the clocks say.
 */
export async function changeEmails(
  parts: ChangeParts,
  accountId: string,
  changes: readonly EmailChange[],
  options: { ifInState?: string } = {},
): Promise<ChangeOutcome[]> {
  await requireState(parts, accountId, options.ifInState);
  const ids = changes.map(({ emailId }) => emailId);
  const [, rows, tags] = await Promise.all([
    parts.emails.account(accountId),
    parts.emails.find(accountId, ids, { isForChange: true }),
    parts.tagIds(accountId),
  ]);
  const edits = new Map<string, Edit>();
  const known = new Set(tags);
  const outcomes = changes.map(change => editOne(edits, rows.get(change.emailId), change, known));
  await keepLearned(
    parts,
    accountId,
    [...edits.values()].filter(({ ifFindings }) => !ifFindings),
  );
  const disturbed = await writeEdits(parts, accountId, [...edits.values()]);
  const behind = [...edits.values()].filter(({ row, ifFindings }) => ifFindings && !disturbed.has(row.id));
  await keepLearned(parts, accountId, behind);
  return outcomes.map(outcome =>
    disturbed.has(outcome.emailId) ? { emailId: outcome.emailId, status: 'disturbed' } : outcome,
  );
}

async function keepLearned(
  { context }: ChangeParts,
  accountId: string,
  edits: readonly Edit[],
): Promise<void> {
  for (const { row, learned } of edits)
    if (learned !== undefined) await writeLearned(context, accountId, { row, learned });
}

/** Best effort: what others change at this moment is not seen. */
export async function requireState(
  { getState }: Pick<ChangeParts, 'getState'>,
  accountId: string,
  ifInState: string | undefined,
): Promise<void> {
  if (ifInState === undefined || ifInState === (await getState(accountId))) return;
  throw new DeliveryError('badRequest', 'the state is another', { fields: { field: 'stateMismatch' } });
}

function editOne(
  edits: Map<string, Edit>,
  row: LightRow | undefined,
  change: EmailChange,
  known: ReadonlySet<string>,
): ChangeOutcome {
  const { emailId } = change;
  if (!row) return { emailId, status: 'notFound' };
  const edit = edits.get(emailId) ?? newEdit(row);
  const tagIds = changed(edit.tagIds, change.tags);
  if (change.tags?.add?.some(id => !known.has(id))) return { emailId, status: 'noSuchTag' };
  if (tagIds.size === 0) return { emailId, status: 'noTagLeft' };
  if (isDisturbed(edit, change)) return { emailId, status: 'disturbed' };
  const keywords = new Set(cleanKeywords(changed(edit.keywords, change.keywords)));
  edits.set(emailId, {
    row,
    tagIds,
    keywords,
    index: change.index ?? edit.index,
    findings: change.findings ?? edit.findings,
    ifFindings: edit.ifFindings ?? (edit.findings ? undefined : change.ifFindings),
    searchText: change.searchText === undefined ? edit.searchText : change.searchText,
    learned: change.learned === undefined ? edit.learned : change.learned,
    reworded: edit.reworded,
  });
  return { emailId, status: 'done' };
}

/** Whether a change is made of other findings than earlier ones of the same call leave. */
function isDisturbed({ findings, ifFindings, index }: Edit, change: EmailChange): boolean {
  const left = findings ?? ifFindings;
  if (!left || !change.ifFindings) return false;
  return !isSameDocument(index ? { ...left, facts: index.facts } : left, change.ifFindings);
}

function newEdit(row: LightRow): Edit {
  return {
    row,
    tagIds: new Set(row.tagIds),
    keywords: new Set(row.keywords),
    index: undefined,
    findings: undefined,
    ifFindings: undefined,
    searchText: undefined,
    learned: undefined,
    reworded: randomText(10),
  };
}

function changed(before: ReadonlySet<string>, change: EmailChange['tags']): Set<string> {
  const after = new Set(change?.replace ? [] : before);
  for (const id of change?.remove ?? []) after.delete(id);
  for (const id of change?.add ?? []) after.add(id);
  return after;
}

/** Emails of one bucket changed in one batch. */
const atOnce = 25;
/** Buckets changed side by side. In one, transactions go one after the other: there they are in each other's way. */
const bucketsAtOnce = 4;

/** Gives the ids of those that were not made, because findings are no longer what they were made of. */
async function writeEdits(
  parts: ChangeParts,
  accountId: string,
  edits: readonly Edit[],
): Promise<ReadonlySet<string>> {
  const disturbed = new Set<string>();
  const real = edits.filter(edit => isChange(edit) || edit.ifFindings);
  const byBucket = Map.groupBy(real, ({ row }) => row.bucket);
  await parts.buckets.whileChanging(accountId, byBucket.keys(), async () => {
    await mapAtOnce([...byBucket], bucketsAtOnce, async ([bucket, some]) => {
      for (const group of grouped(some, atOnce))
        for (const id of await writeSome(parts, accountId, group)) disturbed.add(id);
      if (some.some(({ searchText }) => searchText !== undefined)) parts.noteIndexed(accountId, bucket);
    });
  });
  return disturbed;
}

function isChange(edit: Edit): boolean {
  return isMoved(edit) || isJudged(edit);
}

function isMoved({ row, tagIds, keywords }: Edit): boolean {
  return differs(row.tagIds, tagIds) || differs(row.keywords, keywords);
}

function isJudged({ index, findings, searchText }: Edit): boolean {
  return index !== undefined || findings !== undefined || searchText !== undefined;
}

function differs(before: readonly string[], after: ReadonlySet<string>): boolean {
  return before.length !== after.size || before.some(item => !after.has(item));
}

/** Gives the ids of those that were not made. */
async function writeSome(parts: ChangeParts, accountId: string, edits: readonly Edit[]): Promise<string[]> {
  const { context, telling } = parts;
  const { session } = context;
  const disturbed: string[] = [];
  for (const edit of edits)
    if (!(await exchangeFindings(session, accountId, edit))) disturbed.push(edit.row.id);
  const made = edits.filter(edit => isChange(edit) && !disturbed.includes(edit.row.id));
  const [first] = made;
  if (!first) return disturbed;
  const judged = made.filter(isJudged);
  // Behind the exchanges, so that it is later than what they wrote.
  const written = await detailWrittenAt(
    session,
    accountId,
    judged.map(({ row }) => row),
  );
  const timestamp = session.micros([...made.flatMap(({ row }) => row.writtenAt), ...written]);
  // Texts are big, and count for nothing that is listed or counted: they go first.
  for (const edit of judged) await session.together([textStatement(accountId, edit)], { timestamp });
  const compared = judged.filter(({ ifFindings }) => ifFindings).map(({ row }) => row);
  const statements = [
    ...made.flatMap(edit => editStatements(accountId, edit)),
    ...(await exchangedColumns(session, accountId, compared)),
  ];
  const { bucket } = first.row;
  await telling.write({ accountId, bucket, timestamp, statements, lines: made.map(lineOf) });
  return disturbed;
}

function lineOf({ row, tagIds, keywords }: Edit): LogLine {
  const base = { kind: 'updated', object: row.id, thread: row.head.threadId } as const;
  const wasUnread = row.isUnread;
  const hasMoved = differs(row.tagIds, tagIds);
  if (!hasMoved && wasUnread === isUnread([...keywords])) return { ...base, class: 'email' };
  return { ...base, class: 'standing', tags: sortTags([...new Set([...row.tagIds, ...tagIds])]) };
}

function editStatements(accountId: string, edit: Edit): Statement[] {
  const { row } = edit;
  const where = [accountId, row.bucket, row.id];
  const statements: Statement[] = [];
  const marks = changedMarks(edit);
  if (Object.keys(marks).length > 0) {
    statements.push({
      cql: 'update email set marks = marks + ? where account = ? and bucket = ? and id = ?',
      values: [marks, ...where],
    });
  }
  if (isJudged(edit)) statements.push(...judgedStatements(accountId, edit));
  return statements;
}

/** What is taken away is written as false: a deleted cell would stay in the way of lists. */
function changedMarks({ row, tagIds, keywords }: Edit): Record<string, boolean> {
  const marks: Record<string, boolean> = {};
  const note = (
    before: readonly string[],
    after: ReadonlySet<string>,
    markOf: (name: string) => string,
  ): void => {
    for (const name of before) if (!after.has(name)) marks[markOf(name)] = false;
    for (const name of after) if (!before.includes(name)) marks[markOf(name)] = true;
  };
  note(row.tagIds, tagIds, markOfTag);
  note(row.keywords, keywords, markOfKeyword);
  return marks;
}

/** New findings, index or words. Their mark is the same in both rows: an index tells by it which words it holds. */
function textStatement(accountId: string, edit: Edit): Statement {
  const { row, ifFindings, searchText, reworded } = edit;
  // What was compared is written already.
  const { findings, facts, judged } = ifFindings ? {} : judgedCells(edit);
  const words = searchText === null ? null : searchText && JSON.stringify(searchText);
  const mark = searchText === undefined ? undefined : reworded;
  return {
    cql: `update detail set findings = ?, facts = ?, judged = ?, words = ?, reworded = ?
      where account = ? and bucket = ? and id = ?`,
    values: [findings, facts, judged, words, mark, accountId, row.bucket, row.id],
  };
}

/** The columns that follow from new findings, index or words, but for those that go with an exchange. */
function judgedStatements(accountId: string, edit: Edit): Statement[] {
  const { row, index, findings, ifFindings, searchText, reworded } = edit;
  const columns = findings && findingColumns(findings);
  const plain = ifFindings ? undefined : columns;
  const statements: Statement[] = [
    {
      cql: `update email set level = ?, importance = ?, encrypted = ?, unfinished = ?, reworded = ?
        where account = ? and bucket = ? and id = ?`,
      values: [
        index && !ifFindings ? index.index.level : undefined,
        plain?.importance,
        plain && plain.encrypted === 1,
        plain && plain.unfinished === 1,
        searchText === undefined ? undefined : reworded,
        ...[accountId, row.bucket, row.id],
      ],
    },
  ];
  if (columns && (columns.encrypted === 1) !== row.isEncrypted) {
    statements.push({
      cql: 'insert into link (account, name, id, value) values (?, ?, ?, ?)',
      values: [accountId, discussionLink(row.head.discussion), row.id, String(columns.encrypted)],
    });
  }
  return statements;
}
