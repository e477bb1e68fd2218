import { indexOfDiscussion } from './discussion.ts';
import type { DiscussionFacts, DiscussionIndex, Facts, KeptIndex, PrivacyIndex, Subject } from './shape.ts';
import type { SubjectTable } from './table.ts';
import type { Sources } from './table-index.ts';
import { indexWith, keptWith } from './table-index.ts';
import { tables } from './tables.ts';

export { checkFacts } from './check.ts';
export type { Sources } from './table-index.ts';
export { levelOf } from './table-index.ts';

/**
 * The privacy index of a subject (PRIVACY-INDEX.md). Pure: same facts, same result. `facts` are those that
 * `checkFacts` let through or a stage of ours collected; `sources` names, by fact id, where the evidence came
 * from when it isn't the table's usual source.
 */
export function computeIndex(subject: SubjectTable['subject'], facts: Facts, sources?: Sources): PrivacyIndex;
export function computeIndex(subject: 'discussion', facts: DiscussionFacts): DiscussionIndex;
export function computeIndex(
  subject: Subject,
  facts: Facts | DiscussionFacts,
  sources?: Sources,
): PrivacyIndex | DiscussionIndex;
export function computeIndex(
  subject: Subject,
  facts: Facts | DiscussionFacts,
  sources: Sources = {},
): PrivacyIndex | DiscussionIndex {
  // The overloads tie the facts to the subject, which the compiler can't see in here.
  if (subject === 'discussion') return indexOfDiscussion(facts as DiscussionFacts, tables.message);
  return indexWith(tables[subject], facts as Facts, sources);
}

/** What is kept of `computeIndex` with the same arguments. */
export function keptIndex(subject: SubjectTable['subject'], facts: Facts, sources?: Sources): KeptIndex {
  return keptWith(tables[subject], facts, sources);
}
