import { closestWord } from '../closest-word.ts';
import { DeliveryError } from '../errors.ts';
import { ruleSubjects, type TagRule } from './findings.ts';

/** One thing that is wrong with given rules. */
export interface RuleFault {
  /** Where: `rules[2].value`. */
  readonly key: string;
  readonly found: string;
  readonly allowed: string;
}

/** How one key of a rule is checked; `allowed` is for the error. */
interface KeyRow {
  readonly required: boolean;
  readonly allowed: string;
  isFine(value: unknown): boolean;
}

const maxRules = 1000;
const fieldName = /^[\x21-\x39\x3b-\x7e]{1,200}$/;
const id = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** RFC 8621 §4.1.1: visible ASCII but these. */
const keyword = /^[^\x00-\x20\x7f-\uffff(){\]%*"\\]{1,255}$/;

const keys: Readonly<Record<keyof TagRule, KeyRow>> = {
  id: {
    required: true,
    allowed: 'an id of letters, digits, _ and -',
    isFine: value => isText(value) && id.test(value),
  },
  subject: {
    required: true,
    allowed: ruleSubjects.map(word => `"${word}"`).join(', '),
    isFine: value => ruleSubjects.some(word => word === value),
  },
  field: {
    required: false,
    allowed: 'the name of a header field',
    isFine: value => isText(value) && fieldName.test(value),
  },
  value: {
    required: true,
    allowed: 'text of 1 to 1000 characters',
    isFine: value => isText(value) && value.trim() !== '' && value.length <= 1000,
  },
  tagId: { required: true, allowed: 'the id of a tag', isFine: value => isText(value) && id.test(value) },
  keywords: {
    required: false,
    allowed: 'a list of at most 100 keywords',
    isFine: value =>
      Array.isArray(value) && value.length <= 100 && value.every(word => isText(word) && keyword.test(word)),
  },
  skipInbox: { required: false, allowed: 'true or false', isFine: value => typeof value === 'boolean' },
};

/** What the value of each subject must be. */
const valuesBySubject: Readonly<Record<TagRule['subject'], { pattern: RegExp; allowed: string }>> = {
  sender: { pattern: /^[^\s@]*@[^\s@]+$/, allowed: 'an addr-spec or @domain' },
  list: { pattern: /^\S+$/, allowed: 'a list identifier without spaces' },
  field: { pattern: /\S/, allowed: 'text' },
  level: { pattern: /^[A-Ea-e]$/, allowed: 'A, B, C, D or E' },
};

/**
 * The rules of an owner out of any value. Throws `badInput` that lists every fault at once; its `fields.faults` are
 * `RuleFault[]`.
 */
export function checkRules(input: unknown): TagRule[] {
  const faults = listFaults(input);
  if (faults.length > 0) {
    const lines = faults.map(({ key, found, allowed }) => `${key}: found ${found}, allowed: ${allowed}`);
    throw new DeliveryError('badInput', `rules:\n${lines.join('\n')}`, { fields: { faults } });
  }
  // Checked above.
  return input as TagRule[];
}

function listFaults(input: unknown): RuleFault[] {
  if (!Array.isArray(input)) return [{ key: 'rules', found: show(input), allowed: 'a list of rules' }];
  if (input.length > maxRules) {
    return [{ key: 'rules', found: `${input.length} rules`, allowed: `at most ${maxRules}` }];
  }
  const faults = input.flatMap((rule: unknown, position) => ruleFaults(rule, `rules[${position}]`));
  const seen = new Set<unknown>();
  for (const [position, rule] of input.entries()) {
    const found: unknown = isRecord(rule) ? rule.id : undefined;
    if (typeof found === 'string' && seen.has(found)) {
      faults.push({
        key: `rules[${position}].id`,
        found: show(found),
        allowed: 'an id that no other rule has',
      });
    }
    seen.add(found);
  }
  return faults;
}

function ruleFaults(rule: unknown, path: string): RuleFault[] {
  if (!isRecord(rule)) return [{ key: path, found: show(rule), allowed: 'one object' }];
  const faults: RuleFault[] = [];
  const fault = (key: string, value: unknown, allowed: string): void => {
    faults.push({ key: `${path}.${key}`, found: show(value), allowed });
  };
  for (const key of Object.keys(rule)) {
    if (Object.hasOwn(keys, key)) continue;
    const near = closestWord(key, Object.keys(keys));
    fault(
      key,
      rule[key],
      near ? `no such key; did you mean "${near}"?` : `the keys ${Object.keys(keys).join(', ')}`,
    );
  }
  for (const [key, row] of Object.entries(keys)) {
    if (!Object.hasOwn(rule, key)) {
      if (row.required) fault(key, undefined, row.allowed);
    } else if (!row.isFine(rule[key])) fault(key, rule[key], row.allowed);
  }
  for (const wrong of combinationFaults(rule)) fault(...wrong);
  return faults;
}

/** What keys must be together: a field's name with `field` alone, a value that fits the subject. */
function combinationFaults(rule: Record<string, unknown>): [key: string, value: unknown, allowed: string][] {
  const subject = ruleSubjects.find(word => word === rule.subject);
  if (subject === undefined) return [];
  const wrong: [string, unknown, string][] = [];
  const hasField = Object.hasOwn(rule, 'field');
  if (subject === 'field' && !hasField) wrong.push(['field', undefined, keys.field.allowed]);
  if (subject !== 'field' && hasField) wrong.push(['field', rule.field, 'only with the subject "field"']);
  const { pattern, allowed } = valuesBySubject[subject];
  if (isText(rule.value) && keys.value.isFine(rule.value) && !pattern.test(rule.value.trim())) {
    wrong.push(['value', rule.value, allowed]);
  }
  return wrong;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
