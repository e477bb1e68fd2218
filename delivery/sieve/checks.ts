import { comparators, defaultComparator } from './comparators.ts';
import { dateParts, zoneOffset } from './dates.ts';
import { quoted } from './fault.ts';
import { isRelation } from './relations.ts';
import type { Clause, Value } from './shape.ts';

/** Why a clause whose arguments have the right shape can't be, one text for each reason. */
export type Check = (clause: Clause, extensions: ReadonlySet<string>) => string[];

/** The constants of an argument; what a run fills in is left out. */
export function constants(value: Value | null | undefined): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return value.flatMap(({ constant }) => (constant === null ? [] : [constant]));
}

/** Fields that hold addresses (RFC 5228 §5.1): those of RFC 5322, and what senders and servers add. */
export const addressFields: ReadonlySet<string> = new Set([
  ...['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'],
  ...['resent-from', 'resent-sender', 'resent-reply-to', 'resent-to', 'resent-cc', 'resent-bcc'],
  ...['return-path', 'delivered-to', 'envelope-to', 'x-envelope-to', 'x-original-to', 'x-original-from'],
  ...['apparently-to', 'errors-to', 'x-beenthere', 'x-envelope-from', 'x-forwarded-to', 'x-forwarded-for'],
  ...[
    'mail-followup-to',
    'mail-reply-to',
    'disposition-notification-to',
    'return-receipt-to',
    'abuse-reports-to',
  ],
  ...['for-approval', 'for-comment', 'for-handling', 'read-receipt-to', 'x-admin', 'x-complaints-to'],
  ...[
    'x-confirm-reading-to',
    'x-report-abuse-to',
    'registered-mail-reply-requested-by',
    'original-recipient',
  ],
]);

const fieldName = /^[!-9;-~]+$/;

function checkFieldNames({ positional: [names] }: Clause): string[] {
  const wrong = constants(names).filter(name => !fieldName.test(name));
  return wrong.map(name => `${quoted(name)} is not the name of a header field`);
}

function checkMatching({ tags }: Clause, extensions: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const name = constants(tags.get('comparator'))[0] ?? defaultComparator;
  const comparator = comparators.get(name);
  const isBuiltIn = name === 'i;octet' || name === defaultComparator;
  if (!comparator) faults.push(`there is no comparator ${quoted(name)}`);
  else if (!isBuiltIn && !extensions.has(`comparator-${name}`)) {
    faults.push(`the comparator ${quoted(name)} must be required as "comparator-${name}"`);
  }
  const seeks = ['contains', 'matches'].find(type => tags.has(type));
  if (seeks && comparator && !comparator.hasSubstrings) faults.push(`${name} can't do :${seeks}`);
  for (const type of ['value', 'count']) {
    if (!tags.has(type)) continue;
    const [relation = ''] = constants(tags.get(type));
    if (!isRelation(relation)) faults.push(`:${type} takes "gt", "ge", "lt", "le", "eq" or "ne"`);
  }
  return faults;
}

function checkIndex({ tags }: Clause): string[] {
  if (tags.get('index') === 0) return [':index counts from 1'];
  return tags.has('last') && !tags.has('index') ? [':last needs :index'] : [];
}

function checkAddress({ positional: [names] }: Clause): string[] {
  const wrong = constants(names).filter(
    name => fieldName.test(name) && !addressFields.has(name.toLowerCase()),
  );
  return wrong.map(name => `${quoted(name)} is not a header field with addresses`);
}

function checkEnvelope({ positional: [parts] }: Clause): string[] {
  const wrong = constants(parts).filter(part => !['from', 'to'].includes(part.toLowerCase()));
  return wrong.map(part => `there is no envelope part ${quoted(part)}`);
}

function checkZone({ tags }: Clause): string[] {
  return constants(tags.get('zone'))
    .filter(zone => zoneOffset(zone) === null)
    .map(zone => `${quoted(zone)} is not a time zone such as "+0100"`);
}

function checkDatePart(parts: Value | undefined): string[] {
  const wrong = constants(parts).filter(part => !dateParts.has(part.toLowerCase()));
  return wrong.map(part => `there is no date part ${quoted(part)}`);
}

const variableName = /^[a-z_][a-z0-9_]*$/i;

function checkVariable(value: Value | undefined): string[] {
  if (typeof value !== 'object') return [];
  return value
    .filter(({ constant }) => constant === null || !variableName.test(constant))
    .map(({ constant }) =>
      constant === null ? 'the name of a variable is no reference' : nameFault(constant),
    );
}

function nameFault(name: string): string {
  if (/^[0-9]+$/.test(name)) return `${quoted(name)} is set by matches alone`;
  return `${quoted(name)} is not the name of a variable`;
}

const checkFlagVariable: Check = ({ positional: [variable] }, extensions) => {
  if (variable === undefined) return [];
  if (!extensions.has('variables')) return ['a variable needs require "variables"'];
  return checkVariable(variable);
};

/** Whether a text can name a mailbox: steps with something in them, no control characters. */
export function isMailboxName(text: string): boolean {
  return (
    text.length <= 1000 &&
    text.isWellFormed() &&
    !/\p{Cc}/u.test(text) &&
    text.split('/').every(step => step.trim() !== '')
  );
}

function checkMailbox(value: Value | undefined): string[] {
  return constants(value)
    .filter(name => !isMailboxName(name))
    .map(name => `${quoted(name)} is not the name of a mailbox`);
}

function checkAttribute(value: Value | null | undefined): string[] {
  return constants(value)
    .filter(attribute => !/^\\[a-z]+$/i.test(attribute))
    .map(attribute => `${quoted(attribute)} is not a special use such as "\\\\Junk"`);
}

const redirects: Check = () => ["this server can't forward yet"];

/** What each command and test asks beyond the shape of its arguments. */
export const checks: Readonly<Record<string, readonly Check[]>> = {
  redirect: [redirects],
  fileinto: [
    ({ positional: [name] }) => checkMailbox(name),
    ({ tags }) => checkAttribute(tags.get('specialuse')),
  ],
  set: [({ positional: [name] }) => checkVariable(name)],
  setflag: [checkFlagVariable],
  addflag: [checkFlagVariable],
  removeflag: [checkFlagVariable],
  exists: [checkFieldNames],
  header: [checkFieldNames, checkMatching, checkIndex],
  address: [checkFieldNames, checkMatching, checkIndex, checkAddress],
  envelope: [checkMatching, checkEnvelope],
  body: [checkMatching],
  string: [checkMatching],
  hasflag: [checkMatching, checkFlagVariable],
  date: [
    checkFieldNames,
    checkMatching,
    checkIndex,
    checkZone,
    ({ positional: [, part] }) => checkDatePart(part),
  ],
  currentdate: [checkMatching, checkZone, ({ positional: [part] }) => checkDatePart(part)],
  specialuse_exists: [({ positional: [, attributes] }) => checkAttribute(attributes)],
  environment: [checkMatching],
  spamtest: [checkMatching],
};
