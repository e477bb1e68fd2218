import type { Level } from '../privacy/shape.ts';
import { casemapKey } from '../search/collation.ts';
import { importanceOf } from './importance.ts';
import type { Email, Findings, Summary } from './store.ts';

/** Columns beside the detail by which lists are sorted and filtered. */
export interface SortColumns {
  readonly sentAt: number;
  readonly attachment: number;
  readonly encrypted: number;
  readonly unfinished: number;
  readonly level: Level | null;
  /** -10..10. */
  readonly importance: number;
  readonly subject: string;
  readonly originator: string;
  readonly destination: string;
}

/** The parts of an email that lie in `detail`. */
export type Detail = Pick<Email, 'summary' | 'findings' | 'index'>;

/** The columns that follow from an email's detail. Emails without an origination date sort by their arrival. */
export function sortColumns(detail: Detail, receivedAt: Date): SortColumns {
  const { summary, findings, index } = detail;
  return {
    sentAt: (summary.sentAt ?? receivedAt).getTime(),
    attachment: summary.hasAttachment ? 1 : 0,
    ...findingColumns(findings),
    level: index?.level ?? null,
    subject: baseSubject(summary.subject ?? ''),
    originator: mailboxKey(summary.originators.from),
    destination: mailboxKey(summary.destinations.to),
  };
}

/** Those of them that follow from the findings alone. */
export function findingColumns(
  findings: Findings,
): Pick<SortColumns, 'encrypted' | 'unfinished' | 'importance'> {
  const { decrypt, failed } = findings;
  const isEncrypted = decrypt?.encryption === 'strong' || decrypt?.encryption === 'weak';
  return {
    encrypted: isEncrypted ? 1 : 0,
    unfinished: failed.length > 0 ? 1 : 0,
    importance: importanceOf(findings),
  };
}

/** Longest sort key in characters: beyond it, texts count as equal. */
const maxSortKey = 100;

/** The subject without what replies and forwards put around it (in the spirit of RFC 5256 §2.1). */
function baseSubject(subject: string): string {
  let base = subject.slice(0, 1000).trim().toLowerCase();
  for (;;) {
    const shorter = base
      .replace(/^(?:re|fwd?|aw|wg|tr|rv|sv)\s*(?:\[[^\]]{0,80}\])?\s*:\s*/, '')
      .replace(/^\[[^\]]{0,80}\]\s*(?=\S)/, '');
    if (shorter === base) return sortKey(base);
    base = shorter;
  }
}

function mailboxKey(mailboxes: Summary['originators']['from']): string {
  const first = mailboxes[0];
  return sortKey(first?.name || first?.address || '');
}

/** Texts are sorted by `i;unicode-casemap`, the collation that the JMAP door names. */
function sortKey(text: string): string {
  return casemapKey(text.slice(0, maxSortKey)).slice(0, maxSortKey);
}

/** The detail read back: its dates are dates again. */
export function readDetail(text: string): Detail {
  const detail = JSON.parse(text) as Detail;
  const { sentAt } = detail.summary as { sentAt: string | null };
  return { ...detail, summary: { ...detail.summary, sentAt: sentAt === null ? null : new Date(sentAt) } };
}
