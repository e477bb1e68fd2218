import * as directory from './directory/reads.ts';
import * as changes from './mail/change-reads.ts';
import { listDiscussions } from './mail/discussion-list.ts';
import * as discussions from './mail/discussion-reads.ts';
import { getLearned } from './mail/learned.ts';
import { queryEmails } from './mail/query.ts';
import {
  getBlob,
  getEmails,
  getOctets,
  getThreads,
  listTags,
  listUnfinished,
  usedOctets,
} from './mail/reads.ts';
import * as verify from './mail/verify.ts';
import * as personal from './personal/reads.ts';
import { getAccountState } from './personal/state-reads.ts';
import { getSenderCounts } from './senders/reads.ts';
import * as zones from './zones/reads.ts';

/** Every operation of a reader thread. */
export const reads = {
  ...directory,
  ...changes,
  getDiscussions: discussions.getDiscussions,
  listDiscussionEmails: discussions.listDiscussionEmails,
  discussionHabit: discussions.discussionHabit,
  listDiscussions,
  ...personal,
  getAccountState,
  getSenderCounts,
  ...verify,
  getPublishedKey: zones.getPublishedKey,
  listPublishedKeys: zones.listPublishedKeys,
  getZone: zones.getZone,
  listZones: zones.listZones,
  getZoneChanges: zones.getZoneChanges,
  verifyPublished: zones.verifyPublished,
  queryEmails,
  getBlob,
  getEmails,
  getLearned,
  getOctets,
  getThreads,
  listTags,
  listUnfinished,
  usedOctets,
} as const;

export type Reads = typeof reads;
