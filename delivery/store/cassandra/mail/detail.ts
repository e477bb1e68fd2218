import { type Detail, readDetail } from '../../sort-columns.ts';
import type { EmailChange, Findings, NewEmail } from '../../store.ts';

/**
 * An email's texts, a cell for each part that can change by itself: facts and index after an event, findings after
 * reprocessing, words when a message became readable.
 */
export interface DetailCells {
  readonly summary: string;
  /** Without the facts. */
  readonly findings: string;
  readonly facts: string;
  /** The privacy index; `null` as JSON for none. */
  readonly judged: string;
}

export function detailCells({
  summary,
  findings,
  index,
}: Pick<NewEmail, 'summary' | 'findings' | 'index'>): DetailCells {
  return { summary: JSON.stringify(summary), ...findingCells(findings), judged: JSON.stringify(index) };
}

export function findingCells({ facts, ...findings }: Findings): Pick<DetailCells, 'findings' | 'facts'> {
  return { findings: JSON.stringify(findings), facts: JSON.stringify(facts) };
}

/** The cells of new findings and of a new index. */
export function judgedCells({
  findings,
  index,
}: {
  readonly findings: EmailChange['findings'];
  readonly index: EmailChange['index'];
}): Partial<Omit<DetailCells, 'summary'>> {
  return {
    ...(findings ? findingCells(findings) : {}),
    ...(index ? { facts: JSON.stringify(index.facts), judged: JSON.stringify(index.index) } : {}),
  };
}

/** The detail read back. */
export function readCells({ summary, judged, ...cells }: DetailCells): Detail {
  // Assembled as one text, so that there is one reader of it.
  return readDetail(`{"summary":${summary},"findings":${findingsText(cells)},"index":${judged}}`);
}

/** The findings alone, as a document to be compared. */
export function readFindings(cells: Pick<DetailCells, 'findings' | 'facts'>): unknown {
  return JSON.parse(findingsText(cells));
}

function findingsText({ findings, facts }: Pick<DetailCells, 'findings' | 'facts'>): string {
  const inner = findings === '{}' ? '{' : `${findings.slice(0, -1)},`;
  return `${inner}"facts":${facts}}`;
}
