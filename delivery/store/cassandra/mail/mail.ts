import { checkLearned } from '../../learned.ts';
import type { Mail, TagName } from '../../store.ts';
import type { ClockGuard } from '../clock-guard.ts';
import type { CassandraContext } from '../context.ts';
import type { ChangeLog } from '../log-change.ts';
import type { Indexer } from '../search/indexer.ts';
import { Buckets } from './buckets.ts';
import { type ChangeParts, changeEmails } from './change.ts';
import { ChangeReads } from './changes.ts';
import { type DeliverParts, deliverEmail } from './deliver.ts';
import { destroyEmails } from './destroy.ts';
import { destroyTag } from './destroy-tag.ts';
import { listDiscussions } from './discussion-list.ts';
import * as discussions from './discussions.ts';
import { Emails } from './emails.ts';
import { getLearned } from './learned.ts';
import { type LogLine, logStatement, typesOf } from './log.ts';
import { News } from './news.ts';
import { Places } from './places.ts';
import { Placing } from './placing.ts';
import { queryEmails } from './query.ts';
import * as reads from './reads.ts';
import { Tags, withCounts } from './tags.ts';
import { Telling } from './telling.ts';
import { UnderWay } from './under-way.ts';
import { Walks } from './walk.ts';

/** What mail asks of the other parts of the store. */
export interface MailHooks {
  readonly guard: ClockGuard;
  readonly indexer: Indexer;
  /** Octets of uploads that wait for an email. */
  readonly waitingOctets: (accountId: string) => Promise<number>;
  readonly dropUploads: (accountId: string, blobIds: readonly string[]) => Promise<void>;
}

/** The mail of a store, and what its other parts ask of it. */
export interface MailPart {
  readonly operations: Mail;
  readonly tagNames: (accountId: string) => Promise<TagName[]>;
  readonly news: News;
  readonly reads: reads.ReadParts;
  /** Octets that an account holds, uploads included. */
  heldOctets(accountId: string): Promise<number>;
  /** The change log for what is an account's own besides mail. */
  readonly changeLog: ChangeLog;
  /** Writes what waits, and ends what goes on in the background. */
  close(): Promise<void>;
}

export function openMail(context: CassandraContext, hooks: MailHooks): MailPart {
  const { guard, indexer } = hooks;
  const placing = new Placing(context);
  const buckets = new Buckets(context, placing);
  const emails = new Emails(context, placing);
  const news: News = new News(context, async (accountId, types) => {
    const states = await Promise.all(
      types.map(async type => [type, await changes.getState(accountId, type)] as const),
    );
    return Object.fromEntries(states);
  });
  const tell = (accountId: string, line: LogLine): void => news.publish(accountId, typesOf(line));
  const telling = new Telling(context, buckets, tell);
  const tags = new Tags(context, tell);
  const tagIds = (accountId: string): Promise<string[]> => tags.ids(accountId);
  const changes = new ChangeReads(context, { emails, tagIds });
  const walks = new Walks(context, { buckets, emails }, (accountId, bucket) =>
    indexer.note(accountId, bucket),
  );
  const read: reads.ReadParts = { context, buckets, emails, tags, walks };
  const heldOctets = async (accountId: string): Promise<number> => {
    const [sums, waiting] = await Promise.all([buckets.sums(accountId), hooks.waitingOctets(accountId)]);
    return sums.octets + waiting;
  };
  const getState = (accountId: string): Promise<string> => changes.getState(accountId, 'Email');
  const noteIndexed = (accountId: string, bucket: number): void => indexer.note(accountId, bucket);
  const change: ChangeParts = { context, buckets, emails, tagIds, getState, noteIndexed, telling };
  const deliver: DeliverParts = {
    context,
    buckets,
    placing,
    emails,
    places: new Places(),
    underWay: new UnderWay(),
    heldOctets,
    telling,
    noteIndexed,
    knownTags: (accountId, ids) => tags.known(accountId, ids),
    dropUploads: async (accountId, ids) => {
      if (ids.length > 0) await hooks.dropUploads(accountId, ids);
    },
  };
  const parts = { read, change, deliver, changes, guard };
  return {
    operations: { ...readOperations(parts), ...writeOperations(parts) },
    tagNames: accountId => tags.list(accountId),
    news,
    reads: read,
    heldOctets,
    changeLog: {
      require: () => guard.require(),
      line: (accountId, line) => logStatement(context, accountId, line),
      tell,
    },
    async close() {
      telling.stop();
      await news.close();
    },
  };
}

interface AllParts {
  readonly read: reads.ReadParts;
  readonly change: ChangeParts;
  readonly deliver: DeliverParts;
  readonly changes: ChangeReads;
  readonly guard: ClockGuard;
}

type Written = 'deliverEmail' | 'changeEmails' | 'destroyEmails' | 'putTag' | 'destroyTag';

function readOperations({ read, changes }: AllParts): Omit<Mail, Written> {
  const { buckets, emails, tags } = read;
  return {
    getEmails: (accountId, ids) => reads.getEmails(read, accountId, ids),
    getOctets: (accountId, id) => reads.getOctets(read, accountId, id),
    getLearned: (accountId, id) => getLearned(read, accountId, id),
    queryEmails: async (accountId, query) => {
      await emails.account(accountId);
      return await queryEmails(read, accountId, query);
    },
    getThreads: (accountId, ids) => reads.getThreads(read, accountId, ids),
    listTags: async accountId => {
      const [, list, books] = await Promise.all([
        emails.account(accountId),
        tags.list(accountId),
        buckets.books(accountId),
      ]);
      return withCounts(list, books);
    },
    getState: async (accountId, type) => {
      const [, state] = await Promise.all([emails.account(accountId), changes.getState(accountId, type)]);
      return state;
    },
    getChanges: async (accountId, type, since, limit) => {
      await emails.account(accountId);
      return await changes.getChanges(accountId, type, { since, limit });
    },
    listDiscussions: (accountId, page) => listDiscussions(read, accountId, page),
    getDiscussions: (accountId, keys) => discussions.getDiscussions(read, accountId, keys),
    listDiscussionEmails: (accountId, key, page) =>
      discussions.listDiscussionEmails(read, accountId, { key, page }),
    discussionHabit: async (accountId, key) => {
      const [, habit] = await Promise.all([
        emails.account(accountId),
        discussions.discussionHabit(read.context, accountId, key),
      ]);
      return habit;
    },
    listUnfinished: (accountId, page) => reads.listUnfinished(read, accountId, page),
    usedOctets: async accountId => {
      const [, sums] = await Promise.all([emails.account(accountId), buckets.sums(accountId)]);
      return sums.octets;
    },
  };
}

function writeOperations({ read, change, deliver, guard }: AllParts): Pick<Mail, Written> {
  const { buckets, emails, tags } = read;
  return {
    deliverEmail: async (accountId, email) => {
      checkLearned(email.learned);
      guard.require();
      return await deliverEmail(deliver, accountId, email);
    },
    changeEmails: async (accountId, changes, options) => {
      for (const { learned } of changes) checkLearned(learned);
      guard.require();
      return await changeEmails(change, accountId, changes, options);
    },
    destroyEmails: async (accountId, ids, options) => {
      guard.require();
      return await destroyEmails(change, accountId, ids, options);
    },
    putTag: async (accountId, tag) => {
      guard.require();
      await emails.account(accountId);
      const put = await tags.put(accountId, tag);
      const [counted] = withCounts([put], await buckets.books(accountId));
      return counted ?? { ...put, totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 };
    },
    destroyTag: async (accountId, id, { destroyEmails: isForced }) => {
      guard.require();
      await emails.account(accountId);
      await destroyTag({ ...read, change }, accountId, { id, isForced });
    },
  };
}
