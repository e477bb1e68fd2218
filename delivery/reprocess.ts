import type { Arrival } from './delivery.ts';
import { parseMessage } from './message/message.ts';
import { loadOwnerWork } from './owner-work.ts';
import { judgeAgain, type PipelineDeps } from './pipeline.ts';
import { keptIndex } from './privacy/index.ts';
import type { OwnerWork, Work } from './stage-table.ts';
import { stageNames } from './stages.ts';
import type { Account, Email, EmailChange, Store } from './store/store.ts';
import { findingsOf, readableText } from './stored-email.ts';

/** What one run over an account did. */
export interface Reprocessed {
  readonly seen: number;
  readonly mended: number;
  readonly failed: number;
}

const pageSize = 100;

/**
 * Judges stored messages again: those with a failed stage, or all. A failed stage drags those behind it along, since
 * they read what it finds. Sealed messages can't be read here: their index is recomputed from the stored facts.
 */
export async function reprocessAccount(
  account: Account,
  deps: PipelineDeps & { store: Store },
  options: { all: boolean },
): Promise<Reprocessed> {
  const total = { seen: 0, mended: 0, failed: 0 };
  let after: string | null = null;
  do {
    const page = await nextPage(account, deps.store, { after, all: options.all });
    for (const email of await deps.store.getEmails(account.id, page.ids)) {
      const change = await changeFor(email, account, deps);
      total.seen++;
      if (change.findings && change.findings.failed.length > 0) total.failed++;
      await deps.store.changeEmails(account.id, [change]);
      total.mended++;
    }
    after = page.next;
  } while (after !== null);
  return total;
}

async function nextPage(
  account: Account,
  store: Store,
  { after, all }: { after: string | null; all: boolean },
): Promise<{ ids: string[]; next: string | null }> {
  if (!all) {
    const { items, next } = await store.listUnfinished(account.id, { after, limit: pageSize });
    return { ids: items.map(row => row.id), next };
  }
  const sort = [{ key: 'receivedAt', ascending: true }] as const;
  const { rows, next } = await store.queryEmails(account.id, { filter: null, sort, after, limit: pageSize });
  return { ids: rows.map(row => row.id), next };
}

async function changeFor(
  email: Email,
  account: Account,
  deps: PipelineDeps & { store: Store },
): Promise<EmailChange> {
  const octets = email.sealed ? null : await deps.store.getOctets(account.id, email.id);
  if (octets === null) {
    const { facts } = email.findings;
    const index = keptIndex('message', facts, email.index?.sources);
    return { emailId: email.id, index: { facts, index } };
  }
  const { work, owner } = await workOf(email, octets, account, deps);
  await judgeAgain(stagesToRun(email), work, owner, deps);
  const { facts, index } = owner;
  return {
    emailId: email.id,
    findings: findingsOf(owner, work, email.findings.traceOctets),
    searchText: readableText(owner, work).searchText,
    ...(facts && index ? { index: { facts, index } } : {}),
  };
}

/** From the first failed stage on; the tags of a message that its owner may have moved since stay as they are. */
function stagesToRun(email: Email): string[] {
  const first = stageNames.findIndex(name => email.findings.failed.includes(name));
  return stageNames.slice(Math.max(first, 0)).filter(name => name !== 'tag');
}

async function workOf(
  email: Email,
  octets: Uint8Array,
  account: Account,
  deps: PipelineDeps & { store: Store },
): Promise<{ work: Work; owner: OwnerWork }> {
  const { findings } = email;
  const raw = octets.subarray(findings.traceOctets);
  const arrival: Arrival = {
    door: 'import',
    id: email.id,
    raw,
    reversePath: findings.reversePath ?? '',
    session: findings.session ?? {
      source: 'trace',
      remoteAddress: null,
      remoteName: null,
      helo: null,
      tls: undefined,
      authenticatedUser: null,
    },
    receivedAt: email.receivedAt,
    recipients: [],
    trustedHops: 0,
  };
  const work: Work = { arrival, message: parseMessage(raw), failed: [] };
  if (findings.authentication) work.authentication = findings.authentication;
  const owner = await loadOwnerWork({ forwardPath: account.address, accountId: account.id }, work, deps);
  if (findings.decrypt) owner.decrypt = findings.decrypt;
  if (findings.score) owner.score = findings.score;
  if (findings.tags) owner.tags = findings.tags;
  return { work, owner };
}
