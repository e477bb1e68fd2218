import { allEntities } from '../message/body.ts';
import { decodeWords, fieldsNamed, unfold } from '../message/fields.ts';
import { normalizeText } from '../message/normalize.ts';
import type { Message } from '../message/shape.ts';
import { visibleText } from '../message/text.ts';
import type { RuleCondition, RuleOperator, RuleSubject } from './findings.ts';
import { matchesAddress, mayBeAuthor, soleAuthor } from './sender.ts';
import type { TagEvidence } from './tag.ts';

/** What the rules before have made of the message so far. */
export interface TagsSoFar {
  /** Ids of tags and keywords that it has. */
  readonly tags: ReadonlySet<string>;
  /** -10..10. */
  readonly importance: number;
}

type Test = (condition: RuleCondition, evidence: TagEvidence, soFar: TagsSoFar) => boolean;

/** One subject of conditions. */
export interface SubjectRow {
  readonly operators: readonly RuleOperator[];
  /** What the value must be. */
  readonly value: RegExp;
  readonly allowed: string;
  readonly holds: Test;
}

const textOperators = ['contains', 'is', 'startsWith', 'endsWith', 'exists'] as const;
const numberOperators = ['atLeast', 'atMost'] as const;
/** Characters, parts of the message, and fields or recipients, that a condition looks at. */
const maxText = 100_000;
const maxParts = 1000;
const maxValues = 1000;
/** Characters of one name or list identifier. */
const maxName = 1000;

/** Every subject of a condition, with what may be asked of it. A new one is a row here. */
export const subjects: Readonly<Record<RuleSubject, SubjectRow>> = {
  sender: {
    operators: ['is', 'contains'],
    value: /\S/,
    allowed: 'an addr-spec, @domain, or a piece of a name or address',
    holds: senderHolds,
  },
  recipient: {
    operators: ['is', 'contains'],
    value: /\S/,
    allowed: 'an addr-spec, @domain, or a piece of a name or address',
    holds: recipientHolds,
  },
  list: {
    operators: ['is', 'contains', 'exists'],
    value: /^\S*$/,
    allowed: 'a list identifier without spaces',
    holds: ({ operator, value }, { summary }) =>
      summary.listId !== null &&
      textHolds(operator, folded(summary.listId.slice(0, maxName)), withoutBrackets(value)),
  },
  field: { operators: textOperators, value: /^/, allowed: 'text', holds: fieldHolds },
  text: {
    operators: ['contains'],
    value: /\S/,
    allowed: 'text',
    holds: ({ value }, { message }) => {
      const wanted = folded(value).trim();
      return readOnce(message, 'text', () => [textOf(message)]).some(text => text.includes(wanted));
    },
  },
  tag: {
    operators: ['is'],
    value: /^[\x21-\x7e]{1,255}$/,
    allowed: 'the id of a tag, or a keyword',
    holds: ({ value }, _evidence, soFar) => soFar.tags.has(value),
  },
  level: {
    operators: ['is', ...numberOperators],
    value: /^[A-Ea-e]$/,
    allowed: 'A, B, C, D or E',
    holds: levelHolds,
  },
  importance: {
    operators: ['is', ...numberOperators],
    value: /^(?:-?\d|-?10)$/,
    allowed: '-10 to 10',
    holds: ({ operator, value }, _evidence, { importance }) => numberHolds(operator, importance, value),
  },
  attachment: {
    operators: ['exists', 'contains'],
    value: /^/,
    allowed: 'a piece of a file name or media type',
    holds: attachmentHolds,
  },
  size: {
    operators: numberOperators,
    value: /^\d{1,12}$/,
    allowed: 'a number of octets',
    holds: ({ operator, value }, { message, sizeOctets = message.raw.byteLength }) =>
      numberHolds(operator, sizeOctets, value),
  },
};

/** Whether a message meets one condition. */
export function conditionHolds(condition: RuleCondition, evidence: TagEvidence, soFar: TagsSoFar): boolean {
  return subjects[condition.subject].holds(condition, evidence, soFar) !== (condition.isNegated === true);
}

/** `is` takes an addr-spec or `@domain`. A forged sender, or one of several, never meets it. */
function senderHolds({ operator, value }: RuleCondition, evidence: TagEvidence): boolean {
  const author = soleAuthor(evidence);
  if (author === null) return false;
  return operator === 'is'
    ? matchesAddress(author.address, value)
    : contains(`${author.name?.slice(0, maxName) ?? ''} ${author.address.slice(0, maxName)}`, value);
}

/** To, Cc, Bcc, and the forward-path that it came by. */
function recipientHolds({ operator, value }: RuleCondition, evidence: TagEvidence): boolean {
  const { forwardPath, message } = evidence;
  if (operator === 'is') {
    const { to, cc, bcc } = message.destinations;
    const path = forwardPath ? [forwardPath] : [];
    return [...path, ...[...to, ...cc, ...bcc].slice(0, maxValues).map(({ address }) => address)].some(
      address => matchesAddress(address, value),
    );
  }
  if (forwardPath && contains(forwardPath, value)) return true;
  const wanted = folded(value).trim();
  return readOnce(message, 'recipients', () => recipientTexts(message)).some(text => text.includes(wanted));
}

function recipientTexts({ destinations: { to, cc, bcc } }: Message): string[] {
  return foldedAll([...to, ...cc, ...bcc], ({ name, address }) => `${name ?? ''} ${address}`);
}

/** Fields that name the author: a rule on them is a rule by sender in disguise. */
const authorFields: ReadonlySet<string> = new Set(['from', 'sender', 'reply-to', 'return-path']);

/** Some field of the name, encoded words (RFC 2047) read. */
function fieldHolds({ operator, field = '', value }: RuleCondition, evidence: TagEvidence): boolean {
  if (authorFields.has(field.toLowerCase()) && !mayBeAuthor(evidence)) return false;
  const { message } = evidence;
  const name = field.toLowerCase();
  return readOnce(message, `field:${name}`, () =>
    foldedAll(fieldsNamed(message.root.fields, name), found => decodeWords(unfold(found.value))),
  ).some(text => textHolds(operator, text, value));
}

const levelOrder = 'EDCBA';

function levelHolds({ operator, value }: RuleCondition, { index }: TagEvidence): boolean {
  const level = index ? levelOrder.indexOf(index.level) : -1;
  return level >= 0 && numberHolds(operator, level, String(levelOrder.indexOf(value.trim().toUpperCase())));
}

/** Files are what has a name or asks to be saved. */
function attachmentHolds({ operator, value }: RuleCondition, { message }: TagEvidence): boolean {
  return allEntities(message)
    .slice(0, maxParts)
    .filter(({ fileName, disposition }) => fileName !== null || disposition === 'attachment')
    .some(
      ({ fileName, mediaType }) =>
        operator === 'exists' || contains(fileName ?? '', value) || contains(mediaType, value),
    );
}

function numberHolds(operator: RuleOperator, found: number, value: string): boolean {
  const wanted = Number(value);
  if (operator === 'is') return found === wanted;
  return operator === 'atLeast' ? found >= wanted : found <= wanted;
}

/** `text` is folded already. */
function textHolds(operator: RuleOperator, text: string, value: string): boolean {
  const wanted = folded(value).trim();
  if (operator === 'exists') return true;
  if (operator === 'is') return text.trim() === wanted;
  if (operator === 'startsWith') return text.trimStart().startsWith(wanted);
  if (operator === 'endsWith') return text.trimEnd().endsWith(wanted);
  return text.includes(wanted);
}

/** What conditions look at in a message, folded, as long as it is in use: many conditions may ask for the same. */
const kept = new WeakMap<Message, Map<string, readonly string[]>>();

function readOnce(message: Message, what: string, read: () => readonly string[]): readonly string[] {
  const known = kept.get(message) ?? new Map<string, readonly string[]>();
  kept.set(message, known);
  const texts = known.get(what) ?? read();
  known.set(what, texts);
  return texts;
}

/** The first of them, folded, as far as all together are not too long. */
function foldedAll<T>(items: readonly T[], textOf: (item: T) => string): string[] {
  const texts: string[] = [];
  let left = maxText;
  for (const item of items.slice(0, maxValues)) {
    if (left <= 0) break;
    const text = folded(textOf(item)).slice(0, left);
    left -= text.length;
    texts.push(text);
  }
  return texts;
}

/** Subject and text of a message. */
function textOf(message: Message): string {
  return folded(`${message.subject ?? ''}\n\n${visibleText(message, maxText)}`);
}

function contains(found: string, value: string): boolean {
  return folded(found).includes(folded(value).trim());
}

/** Case and runs of spaces make no difference. */
function folded(text: string): string {
  return normalizeText(text.slice(0, 2 * maxText), 'NFC')
    .toLowerCase()
    .replace(/\s+/g, ' ');
}

function withoutBrackets(value: string): string {
  return value.trim().replace(/^<(.*)>$/, '$1');
}
