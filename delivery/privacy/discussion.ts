import { afterSteps, nextSteps, offeredSteps } from './next.ts';
import type { DiscussionFacts, DiscussionIndex, Facts, PrivacyIndex } from './shape.ts';
import type { StepRow, SubjectTable } from './table.ts';
import { indexWith } from './table-index.ts';
import { evaluate, withUnknownAtBest } from './value.ts';

/** How many of the last messages count. */
const messagesThatCount = 10;

/**
 * The privacy index of a discussion: the lowest index among its last 10 messages that are neither marked nor
 * forged nor harmful, of equals the newest (PRIVACY-INDEX.md, "Discussion"). `table` is the message's.
 */
export function indexOfDiscussion(discussion: DiscussionFacts, table: SubjectTable): DiscussionIndex {
  const counted = countedMessages(discussion);
  const lowest = lowestOf(counted.map(({ facts }) => evaluate(table, facts).value));
  const chosen = lowest === null ? undefined : counted[lowest.position];
  if (lowest === null || chosen === undefined) return emptyDiscussion();
  const messages = counted.map(({ facts }) => facts);
  return {
    ...indexWith(table, chosen.facts),
    subject: 'discussion',
    upTo: Math.min(...messages.map(facts => evaluate(table, withUnknownAtBest(table, facts)).value)),
    next: nextSteps(
      table.steps.filter(step => messages.some(facts => offeredSteps(table, facts).includes(step))),
      steps => lowestAfter(table, messages, steps) - lowest.value,
    ),
    message: chosen.position,
  };
}

function countedMessages({ messages, marked }: DiscussionFacts): { facts: Facts; position: number }[] {
  return messages
    .map((facts, position) => ({ facts, position }))
    .filter(({ facts, position }) => !marked.includes(position) && !facts.forged && !facts.harmful)
    .slice(0, messagesThatCount);
}

/** The lowest index after steps that are taken for every message they are offered for. */
function lowestAfter(table: SubjectTable, messages: readonly Facts[], steps: readonly StepRow[]): number {
  const values = messages.map(facts => {
    const offered = offeredSteps(table, facts);
    const after = afterSteps(
      facts,
      steps.filter(step => offered.includes(step)),
    );
    return evaluate(table, after).value;
  });
  return Math.min(...values);
}

function lowestOf(values: readonly number[]): { value: number; position: number } | null {
  let lowest: { value: number; position: number } | null = null;
  for (const [position, value] of values.entries()) {
    if (lowest === null || value < lowest.value) lowest = { value, position };
  }
  return lowest;
}

function emptyDiscussion(): DiscussionIndex {
  const parts: PrivacyIndex['parts'] = { technical: 0, behaviour: 0, context: 0 };
  return {
    subject: 'discussion',
    version: 1,
    value: null,
    level: null,
    parts,
    facts: [],
    upTo: null,
    next: [],
    message: null,
  };
}
