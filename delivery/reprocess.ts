import { type Arrival, unseenSession } from './delivery.ts';
import { parseMessage } from './message/message.ts';
import { loadOwnerWork } from './owner-work.ts';
import { judgeAgain, type PipelineDeps } from './pipeline.ts';
import { keptIndex } from './privacy/index.ts';
import type { OwnerWork, Work } from './stage-table.ts';
import { stageNames } from './stages.ts';
import { changeUndisturbed, checkUndisturbed } from './store/change-undisturbed.ts';
import type { Account, Email, EmailChange, Findings, Store } from './store/store.ts';
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
 * Messages that are opened for it stand in the account's audit.
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
    const opened: string[] = [];
    for (const email of await deps.store.getEmails(account.id, page.ids)) {
      const { isOpened, isFailed, isMended } = await mend(email, account, deps);
      if (isOpened) opened.push(email.id);
      total.seen++;
      if (isFailed) total.failed++;
      if (isMended) total.mended++;
    }
    await recordOpened(account, opened, deps);
    after = page.next;
  } while (after !== null);
  return total;
}

/** Judges one message again. What its owner or a rule wrote into its findings meanwhile stays: it is judged once more. */
async function mend(
  email: Email,
  account: Account,
  deps: PipelineDeps & { store: Store },
): Promise<{ isOpened: boolean; isFailed: boolean; isMended: boolean }> {
  let isOpened = false;
  let isFailed = false;
  const tried = await changeUndisturbed(account.id, [email], {
    changeOf: async current => {
      const made = await changeFor(current, account, deps);
      isOpened ||= made.isOpened;
      isFailed = made.change.findings.failed.length > 0;
      return isChange(made.change, current) ? { ...made.change, ifFindings: current.findings } : null;
    },
    store: deps.store,
  });
  checkUndisturbed(tried);
  return { isOpened, isFailed, isMended: tried.length > 0 };
}

/** The owner sees every look (DESIGN.md, promise 6). */
async function recordOpened(
  { id }: Account,
  emailIds: readonly string[],
  { store, clock }: Pick<PipelineDeps, 'clock'> & { store: Store },
): Promise<void> {
  if (emailIds.length === 0) return;
  const detail = { means: 'store reprocess', emailIds };
  await store.appendAudit(id, { at: clock.now(), actor: 'operator', action: 'mailOpened', detail });
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

type Change = EmailChange & { findings: Findings };

function isChange({ findings, index, searchText }: Change, email: Email): boolean {
  const before = JSON.stringify([email.findings, email.index]);
  return searchText !== undefined || before !== JSON.stringify([findings, index?.index ?? email.index]);
}

async function changeFor(
  email: Email,
  account: Account,
  deps: PipelineDeps & { store: Store },
): Promise<{ change: Change; isOpened: boolean }> {
  const octets = email.sealed ? null : await deps.store.getOctets(account.id, email.id);
  if (octets === null) return { change: sealedChange(email), isOpened: false };
  const { work, owner } = await workOf(email, octets, account, deps);
  await judgeAgain(stagesToRun(email), work, owner, deps);
  const { facts, index } = owner;
  const change = {
    emailId: email.id,
    findings: withMark(findingsOf(owner, work, email.findings.traceOctets), email),
    ...(email.findings.failed.includes('decrypt') && owner.content
      ? { searchText: readableText(owner, work).searchText }
      : {}),
    ...(facts && index ? { index: { facts, index } } : {}),
  };
  return { change, isOpened: owner.content !== undefined && owner.decrypt?.opened === true };
}

/** What its owner has said of a message stays said. */
function withMark(findings: Findings, before: Email): Findings {
  const { marked } = before.findings.score ?? {};
  return marked && findings.score ? { ...findings, score: { ...findings.score, marked } } : findings;
}

/** What the server could not judge before it sealed a message, only the owner's device can still find out. */
function sealedChange(email: Email): Change {
  const findings: Findings = { ...email.findings, failed: [] };
  const { facts } = findings;
  if (email.index === null) return { emailId: email.id, findings };
  return {
    emailId: email.id,
    findings,
    index: { facts, index: keptIndex('message', facts, email.index.sources) },
  };
}

/**
 * From the first failed stage on; without one, all that can be judged again: what DNS said at delivery is kept. A
 * message that was opened must be opened again to be read. Tags stay as they are: its owner may have moved it since.
 */
function stagesToRun({ findings }: Email): string[] {
  const first = stageNames.findIndex(name => findings.failed.includes(name));
  const names = stageNames.slice(first === -1 ? stageNames.indexOf('decrypt') : first);
  const opens = findings.decrypt?.opened === true && !names.includes('decrypt');
  return [...(opens ? ['decrypt'] : []), ...names].filter(name => name !== 'tag');
}

async function workOf(
  email: Email,
  octets: Uint8Array,
  account: Account,
  deps: PipelineDeps & { store: Store },
): Promise<{ work: Work; owner: OwnerWork }> {
  const { findings } = email;
  const arrival: Arrival = {
    door: 'import',
    id: email.id,
    raw: octets.subarray(findings.traceOctets),
    reversePath: findings.reversePath ?? '',
    session: findings.session ?? unseenSession,
    receivedAt: email.receivedAt,
    recipients: [],
    trustedHops: findings.trustedHops,
  };
  const work: Work = { arrival, message: parseMessage(arrival.raw), failed: [] };
  if (findings.authentication) work.authentication = findings.authentication;
  if (findings.reputation) work.reputation = findings.reputation;
  const owner = await loadOwnerWork({ forwardPath: account.address, accountId: account.id }, work, deps);
  return { work, owner: { ...owner, ...knownBefore(email) } };
}

/** What the stages that are not run again found at delivery. */
function knownBefore({ findings }: Email): Partial<OwnerWork> {
  const { decrypt, score, tags, importance, facts } = findings;
  return {
    facts,
    ...(decrypt ? { decrypt } : {}),
    ...(score ? { score } : {}),
    ...(tags ? { tags } : {}),
    ...(importance ? { importance } : {}),
  };
}
