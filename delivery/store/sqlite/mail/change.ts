import { DeliveryError } from '../../../errors.ts';
import { isSameDocument } from '../../same-document.ts';
import { type Detail, readDetail, sortColumns } from '../../sort-columns.ts';
import type { ChangeOutcome, EmailChange } from '../../store.ts';
import { threadId } from '../../thread-names.ts';
import { rowId } from '../files.ts';
import type { WriteContext } from '../threads/context.ts';
import { listedKeywords } from './deliver.ts';
import { leaveDiscussion, recountDiscussion } from './discussion.ts';
import {
  type EmailRecord,
  findEmail,
  idOf,
  isSeen,
  isUnread,
  readKeywords,
  readTags,
  writeKeywords,
  writeTags,
} from './email-rows.ts';
import { putLearned } from './learned.ts';
import { Ledger } from './ledger.ts';
import { requireData } from './reads.ts';
import { readOctets, readTexts, writeStored } from './stored-detail.ts';
import { countStanding } from './thread.ts';

/** `Mail.changeEmails`. */
export function changeEmails(
  context: WriteContext,
  accountId: string,
  changes: readonly EmailChange[],
  options: { ifInState?: string } = {},
): ChangeOutcome[] {
  const ledger = new Ledger(context, accountId);
  requireState(ledger, options.ifInState);
  const outcomes = changes.map(change => changeOne(context, ledger, change));
  ledger.close();
  return outcomes;
}

function requireState(ledger: Ledger, ifInState: string | undefined): void {
  if (ifInState === undefined || ifInState === String(ledger.state.email_state)) return;
  throw new DeliveryError('badRequest', 'the state is another', { fields: { field: 'stateMismatch' } });
}

function changeOne(context: WriteContext, ledger: Ledger, change: EmailChange): ChangeOutcome {
  const { emailId } = change;
  const record = findEmail(context.database, ledger.number, emailId);
  if (!record) return { emailId, status: 'notFound' };
  const tags = changedTags(context, record, change.tags);
  if (tags === null) return { emailId, status: 'noSuchTag' };
  if (tags.size === 0) return { emailId, status: 'noTagLeft' };
  if (isDisturbed(context, record, change)) return { emailId, status: 'disturbed' };
  const keywords = changedKeywords(record, change.keywords);
  const isMoved = writeStanding(context, ledger, record, { tags: writeTags(tags), keywords });
  const isJudged = writeDetail(context, record, change);
  if (change.learned !== undefined)
    putLearned(context.database, rowId(record.account, record.seq), change.learned);
  if (isMoved || isJudged) {
    const flag = change.searchText === undefined ? null : 'words';
    ledger.log({ type: 'Email', kind: 'updated', object: emailId, flag });
  }
  return { emailId, status: 'done' };
}

function isDisturbed({ database }: WriteContext, record: EmailRecord, { ifFindings }: EmailChange): boolean {
  if (ifFindings === undefined) return false;
  const { detail } = readTexts(requireData(database, record));
  return !isSameDocument(readDetail(detail).findings, ifFindings);
}

/** The tags after the change; null when one that is added does not exist. */
function changedTags(
  { database }: WriteContext,
  record: EmailRecord,
  change: EmailChange['tags'],
): Set<number> | null {
  const tags = new Set(change?.replace ? [] : readTags(record.tags));
  const find = (id: string): number | undefined =>
    database.get<{ number: number }>(
      'select number from tag where account = ? and id = ?',
      record.account,
      id,
    )?.number;
  for (const id of change?.remove ?? []) {
    const number = find(id);
    if (number !== undefined) tags.delete(number);
  }
  for (const id of change?.add ?? []) {
    const number = find(id);
    if (number === undefined) return null;
    tags.add(number);
  }
  return tags;
}

function changedKeywords(record: EmailRecord, change: EmailChange['keywords']): string {
  const keywords = new Set(change?.replace ? [] : readKeywords(record.keywords));
  for (const keyword of change?.remove ?? []) keywords.delete(keyword);
  for (const keyword of change?.add ?? []) keywords.add(keyword);
  return writeKeywords(keywords);
}

/** Writes tags and keywords with all lists and counts that follow; false when nothing changed. */
function writeStanding(
  { database }: WriteContext,
  ledger: Ledger,
  record: EmailRecord,
  after: { readonly tags: string; readonly keywords: string },
): boolean {
  if (after.tags === record.tags && after.keywords === record.keywords) return false;
  const unread = isUnread(after.keywords);
  database.run(
    'update email set tags = ?, keywords = ?, seen = ?, unread = ? where account = ? and place = ?',
    after.tags,
    after.keywords,
    isSeen(after.keywords) ? 1 : 0,
    unread ? 1 : 0,
    record.account,
    record.place,
  );
  relist({ database }, record, after);
  countStanding(database, ledger, {
    thread: record.thread,
    before: { tags: readTags(record.tags), unread: record.unread === 1 },
    after: { tags: readTags(after.tags), unread },
  });
  if (unread !== (record.unread === 1)) {
    recountDiscussion(database, record.account, record.discussion, unread ? 1 : -1);
  }
  return true;
}

/** Brings the lists by tag and by keyword from the record's standing to the new one. */
function relist(
  { database }: Pick<WriteContext, 'database'>,
  record: EmailRecord,
  after: { readonly tags: string; readonly keywords: string },
): void {
  const { account, place } = record;
  const seen = isSeen(after.keywords) ? 1 : 0;
  const tags = compare(readTags(record.tags), readTags(after.tags));
  for (const tag of tags.gone) {
    database.run('delete from email_tag where account = ? and tag = ? and place = ?', account, tag, place);
  }
  for (const tag of tags.come) {
    database.run(
      'insert into email_tag(account, tag, place, seen) values (?, ?, ?, ?)',
      account,
      tag,
      place,
      seen,
    );
  }
  if (seen !== record.seen) {
    for (const tag of tags.kept) {
      database.run(
        'update email_tag set seen = ? where account = ? and tag = ? and place = ?',
        seen,
        account,
        tag,
        place,
      );
    }
  }
  const keywords = compare(listedKeywords(record.keywords), listedKeywords(after.keywords));
  for (const keyword of keywords.gone) {
    database.run(
      'delete from email_keyword where account = ? and keyword = ? and place = ?',
      account,
      keyword,
      place,
    );
  }
  for (const keyword of keywords.come) {
    database.run(
      'insert into email_keyword(account, keyword, place) values (?, ?, ?)',
      account,
      keyword,
      place,
    );
  }
}

function compare<T>(before: readonly T[], after: readonly T[]): { gone: T[]; come: T[]; kept: T[] } {
  return {
    gone: before.filter(item => !after.includes(item)),
    come: after.filter(item => !before.includes(item)),
    kept: before.filter(item => after.includes(item)),
  };
}

/** New findings, index or words to search; false when the change has none. */
function writeDetail({ database }: WriteContext, record: EmailRecord, change: EmailChange): boolean {
  const { findings, index, searchText } = change;
  if (!findings && !index && searchText === undefined) return false;
  const row = rowId(record.account, record.seq);
  const octets = readOctets(requireData(database, record));
  const stored = readTexts(requireData(database, record));
  const detail = changedDetail(readDetail(stored.detail), change);
  const words = searchText === undefined ? stored.words : searchText && JSON.stringify(searchText);
  database.run(
    'update detail set data = ? where id = ?',
    writeStored({ detail: JSON.stringify(detail), words }, octets),
    row,
  );
  const columns = sortColumns(detail, new Date(record.received_at));
  database.run(
    'update email set encrypted = ?, unfinished = ?, level = ?, importance = ? where account = ? and place = ?',
    columns.encrypted,
    columns.unfinished,
    columns.level,
    columns.importance,
    record.account,
    record.place,
  );
  return true;
}

function changedDetail(known: Detail, { findings = known.findings, index }: EmailChange): Detail {
  return {
    summary: known.summary,
    findings: index ? { ...findings, facts: index.facts } : findings,
    index: index?.index ?? known.index,
  };
}

/** `Mail.destroyEmails`. */
export function destroyEmails(
  context: WriteContext,
  accountId: string,
  ids: readonly string[],
  options: { ifInState?: string } = {},
): { destroyed: string[]; notFound: string[] } {
  const ledger = new Ledger(context, accountId);
  requireState(ledger, options.ifInState);
  const destroyed: string[] = [];
  const notFound: string[] = [];
  for (const id of ids) {
    const record = findEmail(context.database, ledger.number, id);
    if (record) {
      destroyOne(context, ledger, record);
      destroyed.push(id);
    } else if (!destroyed.includes(id)) notFound.push(id);
  }
  ledger.close();
  return { destroyed, notFound };
}

/** Deletes an email and counts it out everywhere; its delivery key stays. */
export function destroyOne({ database }: WriteContext, ledger: Ledger, record: EmailRecord): void {
  const { account, place, thread } = record;
  const row = rowId(account, record.seq);
  relist({ database }, record, { tags: ',', keywords: record.seen === 1 ? ' $seen ' : '' });
  database.run('delete from email where account = ? and place = ?', account, place);
  database.run('delete from detail where id = ?', row);
  database.run('delete from content where id = ?', row);
  const before = { tags: readTags(record.tags), unread: record.unread === 1 };
  const threadKind = countStanding(database, ledger, { thread, before, after: null });
  leaveDiscussion(database, account, { key: record.discussion, unread: before.unread });
  ledger.state.used -= record.size;
  ledger.state.emails -= 1;
  ledger.state.sealed -= record.sealed;
  ledger.log({
    type: 'Email',
    kind: 'destroyed',
    object: idOf(record),
    thread: { id: threadId(thread), kind: threadKind },
  });
}
