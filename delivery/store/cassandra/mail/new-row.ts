import { sortColumns } from '../../sort-columns.ts';
import type { Account, NewEmail } from '../../store.ts';
import { messageKey } from '../../thread-names.ts';
import type { Statement } from '../session.ts';
import { instantOfEmail } from './bucket.ts';
import type { Claim } from './claim.ts';
import { detailCells } from './detail.ts';
import { discussionLink, messageLink, threadLink } from './emails.ts';
import type { PackedOctets } from './packed.ts';
import { cleanKeywords, type Head, markOfKeyword, markOfTag, sortedBy, writeHead } from './row.ts';

/** An email on its way into the store. */
export interface NewRow {
  readonly account: Account;
  readonly accountId: string;
  readonly email: NewEmail;
  readonly claim: Claim;
  /** False when an earlier try gave it its id: then it came at the instant of that. */
  readonly isFirst: boolean;
  /** Names this try to write it. */
  readonly generation: string;
  /** Time of its cells, before any change of them: a writer that is late undoes nothing. */
  readonly timestamp: bigint;
  /** Id of its thread. */
  readonly thread: string;
  readonly tagIds: readonly string[];
}

/** What of the email never changes. */
export function headOf({ account, email, thread, claim, isFirst }: NewRow): Head {
  const key = messageKey(account.hashKey, email.thread.messageId);
  const { discussion } = email;
  return {
    threadId: thread,
    discussion: discussion.key,
    participants: discussion.participants,
    receivedAt: isFirst ? email.receivedAt.getTime() : instantOfEmail(claim.emailId),
    sizeOctets: email.octets.byteLength,
    isSealed: email.sealed,
    ...sortedBy(sortColumns(email, email.receivedAt)),
    links: [threadLink(thread), discussionLink(discussion.key), ...(key === null ? [] : [messageLink(key)])],
  };
}

/** Rows by which the email is found without knowing its id. */
export function linkStatements({ accountId, claim, email, thread }: NewRow, { links }: Head): Statement[] {
  const { encrypted } = sortColumns(email, email.receivedAt);
  const linkValue = (name: string): string => {
    if (name.startsWith('d')) return String(encrypted);
    return name.startsWith('m') ? thread : '';
  };
  return links.map(name => ({
    cql: 'insert into link (account, name, id, value) values (?, ?, ?, ?)',
    values: [accountId, name, claim.emailId, linkValue(name)],
  }));
}

/** Its light row. */
export function emailStatement({ accountId, claim, email, tagIds }: NewRow, head: Head): Statement {
  const marks = [...tagIds.map(markOfTag), ...cleanKeywords(email.keywords).map(markOfKeyword)];
  const { level, importance, encrypted, unfinished } = sortColumns(email, email.receivedAt);
  return {
    cql: `insert into email (account, bucket, id, head, marks, level, importance, encrypted, unfinished,
        delivery_key) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    values: [
      accountId,
      claim.bucket,
      claim.emailId,
      writeHead(head),
      Object.fromEntries(marks.map(mark => [mark, true])),
      level ?? undefined,
      importance,
      encrypted === 1,
      unfinished === 1,
      email.deliveryKey ? Buffer.from(email.deliveryKey) : undefined,
    ],
  };
}

/** Its texts, and its octets or how many chunks have them. */
export function detailStatement(
  { accountId, claim, email, generation }: NewRow,
  packed: PackedOctets,
): Statement {
  const cells = detailCells(email);
  return {
    cql: `insert into detail (account, bucket, id, summary, findings, facts, judged, words, packing, head, body, chunks,
        generation, learned) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    values: [
      accountId,
      claim.bucket,
      claim.emailId,
      cells.summary,
      cells.findings,
      cells.facts,
      cells.judged,
      email.searchText === null ? undefined : JSON.stringify(email.searchText),
      packed.packing,
      packed.head.byteLength > 0 ? Buffer.from(packed.head) : undefined,
      packed.body ? Buffer.from(packed.body) : undefined,
      packed.chunks.length || undefined,
      packed.chunks.length > 0 ? generation : undefined,
      email.learned ? Buffer.from(email.learned) : undefined,
    ],
  };
}
