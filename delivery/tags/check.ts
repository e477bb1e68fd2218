import { subjects } from './conditions.ts';
import type { RuleForm } from './findings.ts';

/** What is wrong with a rule whose shape is right. */
export interface RuleFault {
  readonly property: 'conditions' | 'actions';
  readonly allowed: string;
}

/** Conditions that one rule may have. */
export const maxConditions = 20;

/** What its parts must be together: operators and values that fit the subject, at least one thing to do. */
export function ruleFaults({ conditions, actions }: RuleForm): RuleFault[] {
  const faults: RuleFault[] = [];
  if (conditions.length === 0 || conditions.length > maxConditions) {
    faults.push({ property: 'conditions', allowed: `1 to ${maxConditions} conditions` });
  }
  for (const { subject, operator, field, value } of conditions) {
    const row = subjects[subject];
    if (!row.operators.includes(operator)) {
      faults.push({ property: 'conditions', allowed: `${subject} with ${row.operators.join(', ')}` });
    } else if ((subject === 'field') !== (field !== undefined)) {
      faults.push({
        property: 'conditions',
        allowed: 'the name of a header field, with the subject field only',
      });
    } else if (operator === 'exists' ? value !== '' : value.trim() === '' || !row.value.test(value.trim())) {
      faults.push({ property: 'conditions', allowed: operator === 'exists' ? 'no value' : row.allowed });
    }
  }
  if (!doesSomething(actions)) faults.push({ property: 'actions', allowed: 'at least one thing to do' });
  return faults;
}

function doesSomething(actions: RuleForm['actions']): boolean {
  const { tagIds, untagIds, keywords, archive, skipInbox, markRead, importance } = actions;
  const lists = tagIds.length + untagIds.length + keywords.length;
  return lists > 0 || archive || skipInbox || markRead || importance !== null;
}
