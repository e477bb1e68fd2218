import { closestWord } from '../closest-word.ts';
import { DeliveryError } from '../errors.ts';
import { allowedValues, isAllowed } from './scale.ts';
import type { DiscussionFacts, Facts, Subject } from './shape.ts';
import type { SubjectTable } from './table.ts';
import { tables } from './tables.ts';

/** One thing that is wrong with given facts. */
export interface FactFault {
  /** Where: the fact id, or `messages[3].sender`. */
  readonly key: string;
  /** What was found, shortened. */
  readonly found: string;
  /** What is allowed there. */
  readonly allowed: string;
}

/**
 * The facts of a subject out of any value (PRIVACY-INDEX.md, "Given facts"): keys are fact ids and ceilings that
 * no fact implies, values those of the tables. Throws `badInput` that lists every fault at once; its `fields.faults`
 * are `FactFault[]`.
 */
export function checkFacts(subject: SubjectTable['subject'], input: unknown): Facts;
export function checkFacts(subject: 'discussion', input: unknown): DiscussionFacts;
export function checkFacts(subject: Subject, input: unknown): Facts | DiscussionFacts;
export function checkFacts(subject: Subject, input: unknown): Facts | DiscussionFacts {
  const faults = subject === 'discussion' ? discussionFaults(input) : factFaults(tables[subject], input, '');
  if (faults.length > 0) {
    const lines = faults.map(({ key, found, allowed }) => `${key}: found ${found}, allowed: ${allowed}`);
    throw new DeliveryError('badInput', `${subject} facts:\n${lines.join('\n')}`, { fields: { faults } });
  }
  if (subject !== 'discussion') return input as Facts;
  // Checked above: an object whose two keys are lists or missing.
  const { messages = [], marked = [] } = input as Partial<DiscussionFacts>;
  return { messages, marked };
}

function factFaults(table: SubjectTable, input: unknown, path: string): FactFault[] {
  if (!isRecord(input)) return [{ key: path || 'input', found: show(input), allowed: 'one object of facts' }];
  const prefix = path === '' ? '' : `${path}.`;
  const faults: FactFault[] = [];
  for (const [key, value] of Object.entries(input)) {
    const allowed = allowedFor(table, key, value);
    if (allowed === null) continue;
    faults.push({ key: `${prefix}${keyName(key)}`, found: show(value), allowed });
  }
  for (const { flag, fact, value } of table.needs) {
    if (input[flag] !== true || input[fact] === value) continue;
    faults.push({ key: `${prefix}${flag}`, found: 'true', allowed: `only with "${fact}": "${value}"` });
  }
  return faults;
}

/** What is allowed when this key or value isn't; null when all is well. */
function allowedFor(table: SubjectTable, key: string, value: unknown): string | null {
  if (table.flags.includes(key)) return typeof value === 'boolean' ? null : 'true or false';
  const row = table.facts.find(({ id }) => id === key);
  if (row !== undefined) return isAllowed(row.scale, value) ? null : allowedValues(row.scale);
  const keys = [...table.facts.map(({ id }) => id), ...table.flags];
  const near = closestWord(key, keys);
  return near === null ? `the keys ${keys.join(', ')}` : `no such key; did you mean "${near}"?`;
}

function discussionFaults(input: unknown): FactFault[] {
  const shape = '{"messages": [facts, newest first], "marked": [positions from 0]}';
  if (!isRecord(input)) return [{ key: 'input', found: show(input), allowed: shape }];
  const { messages = [], marked = [], ...others } = input;
  const faults = Object.keys(others).map(key => ({
    key: keyName(key),
    found: show(others[key]),
    allowed: shape,
  }));
  const list: unknown[] = Array.isArray(messages) ? messages : [];
  if (!Array.isArray(messages)) {
    faults.push({ key: 'messages', found: show(messages), allowed: 'a list of facts, newest first' });
  }
  for (const [position, facts] of list.entries()) {
    faults.push(...factFaults(tables.message, facts, `messages[${position}]`));
  }
  const isPosition = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) < list.length;
  if (!Array.isArray(marked) || !marked.every(isPosition)) {
    faults.push({ key: 'marked', found: show(marked), allowed: 'a list of positions of messages, from 0' });
  }
  return faults;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key as it can stand in a line: quoted when it is anything but a plain word. */
function keyName(key: string): string {
  return /^\w+$/.test(key) ? key : show(key);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
