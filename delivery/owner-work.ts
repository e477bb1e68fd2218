import type { Recipient } from './delivery.ts';
import { discussionOf } from './discussions/discussion.ts';
import { DeliveryError } from './errors.ts';
import { emptyImportance, importanceStateName } from './importance/memory.ts';
import { normalizeAddress } from './message/address.ts';
import { summarize } from './message/summary.ts';
import type { PipelineDeps } from './pipeline.ts';
import { scriptStateName } from './sieve/stored-scripts.ts';
import type { OwnerWork, Work } from './stage-table.ts';
import type { OwnerContext, Summary } from './store/store.ts';
import { emptyMemory, tagStateName } from './tags/memory.ts';

/** Most participants that are looked up among the contacts; a message to more is no private talk anyway. */
const maxLookedUp = 500;

const nothingKnown: OwnerContext = {
  rules: [],
  contacts: [],
  publicKeys: [],
  privateKeys: [],
  habit: null,
  settings: {},
  stateVersions: {},
  tags: null,
};

/** What judging this message for this owner starts from. Throws `recipientUnavailable` when the account is gone. */
export async function loadOwnerWork(
  { forwardPath, accountId }: Recipient,
  work: Work,
  {
    store,
    tagMemories,
    importanceMemories,
    scripts,
  }: Pick<PipelineDeps, 'store' | 'tagMemories' | 'importanceMemories' | 'scripts'>,
): Promise<OwnerWork> {
  const owner = await store?.getOwner(accountId);
  if (!store || !owner) throw new DeliveryError('recipientUnavailable', `account ${accountId} is gone`);
  const { account, addresses } = owner;
  const summary = summarize(work.message);
  const discussion = discussionOf(summary, addresses, account.hashKey);
  const context = await store.getOwnerContext(account.id, {
    addresses: participantAddresses(summary),
    discussionKey: discussion.key,
    tagsWithState: scriptStateName,
  });
  const { stateVersions } = context;
  const tagMemory = await tagMemories?.read(account.id, stateVersions[tagStateName]);
  const importance = await importanceMemories?.read(account.id, stateVersions[importanceStateName]);
  return {
    ...{ forwardPath, account, addresses, context, discussion, summary, failed: [] },
    tagMemory: tagMemory ?? emptyMemory,
    importanceMemory: importance ?? emptyImportance,
    script: (await scripts?.read(account.id, context.stateVersions[scriptStateName])) ?? null,
  };
}

/** Nobody in particular: no contacts, no keys, no rules. */
export function anonymousOwner(work: Work): OwnerWork {
  const summary = summarize(work.message);
  return {
    forwardPath: null,
    account: null,
    addresses: [],
    context: nothingKnown,
    discussion: discussionOf(summary, [], new Uint8Array(32)),
    summary,
    tagMemory: emptyMemory,
    importanceMemory: emptyImportance,
    script: null,
    failed: [],
  };
}

function participantAddresses({ originators, destinations }: Summary): string[] {
  const mailboxes = [...originators.from, ...originators.replyTo, ...destinations.to, ...destinations.cc];
  return [...new Set(mailboxes.map(mailbox => normalizeAddress(mailbox.address)))].slice(0, maxLookedUp);
}
