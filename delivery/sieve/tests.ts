import { flatten, parseAddressList } from '../message/address.ts';
import { type DateTime, parseDateTime } from '../message/date.ts';
import { decodeWords } from '../message/fields.ts';
import type { HeaderField } from '../message/shape.ts';
import { addressParts } from './addresses.ts';
import { contentTexts, rawBody, readableTexts } from './body-text.ts';
import { addressFields, isMailboxName } from './checks.ts';
import { datePart, zoneOffset } from './dates.ts';
import { flagsOf } from './flags.ts';
import { matchesAny } from './matching.ts';
import { itemWork, type Run } from './run.ts';
import type { Clause } from './shape.ts';

type Test = (clause: Clause, run: Run) => boolean;

/** The result of a test, noted in the trace. */
export function holdsTest(clause: Clause, run: Run): boolean {
  run.line = clause.line;
  run.spend(1);
  const test = tests[clause.name];
  // A script with an unknown test is none.
  if (!test) throw new Error('an unknown test was let through');
  const result = test(clause, run);
  run.step({ name: clause.name, result }, clause.line);
  return result;
}

const tests: Readonly<Record<string, Test>> = {
  true: () => true,
  false: () => false,
  not: ({ tests }, run) => !tests.every(each => holdsTest(each, run)),
  allof: ({ tests }, run) => tests.every(each => holdsTest(each, run)),
  anyof: ({ tests }, run) => tests.some(each => holdsTest(each, run)),
  exists: ({ positional: [names] }, run) =>
    run.strings(names).every(name => run.fieldsNamed(name).length > 0),
  size: ({ tags }, { input: { sizeOctets } }) => {
    const [over, under] = [tags.get('over'), tags.get('under')];
    return typeof over === 'number' ? sizeOctets > over : typeof under === 'number' && sizeOctets < under;
  },
  header: testHeader,
  address: testAddress,
  envelope: testEnvelope,
  body: testBody,
  string: (clause, run) => {
    const [sources, keys] = clause.positional;
    const values = run.strings(sources);
    // Of `:count` only strings that hold something count (RFC 5229 §5).
    const counted = clause.tags.has('count') ? values.filter(value => value !== '') : values;
    return matchesAny(counted, run.strings(keys), { clause, run });
  },
  hasflag: (clause, run) => {
    const [variables, keys] = clause.positional;
    const held =
      variables === undefined ? run.flags : flagsOf(run.strings(variables).map(name => run.variable(name)));
    const sought = clause.tags.has('count') ? run.strings(keys) : flagsOf(run.strings(keys));
    return matchesAny(held, sought, { clause, run });
  },
  date: testDate,
  currentdate: (clause, run) => {
    const [part, keys] = clause.positional;
    const at = run.context.now;
    return matchesPart(
      { at, offsetMinutes: offsetAsked(clause, run, at) },
      run.string(part),
      run.strings(keys),
      { clause, run },
    );
  },
  mailboxexists: ({ positional: [names] }, run) =>
    run.strings(names).every(name => isMailboxName(name) && run.context.mailboxExists(name)),
  specialuse_exists: ({ positional: [mailbox, attributes] }, run) => {
    const name = mailbox === undefined ? null : run.string(mailbox);
    return run.strings(attributes).every(attribute => run.context.hasSpecialUse(name, attribute));
  },
  environment: (clause, run) => {
    const [name, keys] = clause.positional;
    const item = run.string(name).toLowerCase();
    const { environment } = run.context;
    const value = Object.hasOwn(environment, item) ? environment[item] : undefined;
    return value !== undefined && matchesAny([value], run.strings(keys), { clause, run });
  },
  spamtest: testSpam,
};

/** Values of header fields as people read them (RFC 5228 §2.7.2): unfolded, encoded words decoded. */
function testHeader(clause: Clause, run: Run): boolean {
  const [names, keys] = clause.positional;
  const fields = run.strings(names).flatMap(name => run.fieldsNamed(name));
  const texts = picked(fields, clause).map(field => run.reading(field, textOf));
  return matchesAny(texts, run.strings(keys), { clause, run });
}

/** What a line was folded with shows as a space (RFC 5322 §2.2.3): many senders fold with tabs. */
function textOf(value: string): string {
  return decodeWords(value.replaceAll('\n\t', '\n '));
}

/** The one of the fields that `:index` and `:last` ask for (RFC 5260 §6), counted name by name; else all. */
function picked(fields: readonly HeaderField[], { tags }: Clause): readonly HeaderField[] {
  const index = tags.get('index');
  if (typeof index !== 'number') return fields;
  const field = fields.at(tags.has('last') ? -index : index - 1);
  return field ? [field] : [];
}

function testAddress(clause: Clause, run: Run): boolean {
  const [names, keys] = clause.positional;
  const fields = run
    .strings(names)
    .filter(name => addressFields.has(name.toLowerCase()))
    .flatMap(name => run.fieldsNamed(name));
  const addresses = picked(fields, clause).flatMap(field => {
    const found = run.reading(field, addressesOf);
    run.spend(found.length * itemWork);
    return found;
  });
  return matchesAny(addressParts(addresses, clause.tags), run.strings(keys), { clause, run });
}

function addressesOf(value: string): string[] {
  return flatten(parseAddressList(value)).map(({ address }) => address);
}

function testEnvelope(clause: Clause, run: Run): boolean {
  const [parts, keys] = clause.positional;
  const { reversePath, forwardPath } = run.input.envelope;
  const paths: Readonly<Record<string, string | null>> = { from: reversePath, to: forwardPath };
  const addresses = run.strings(parts).flatMap(part => {
    const name = part.toLowerCase();
    return (Object.hasOwn(paths, name) ? paths[name] : null) ?? [];
  });
  return matchesAny(addressParts(addresses, clause.tags), run.strings(keys), { clause, run });
}

/** What wildcards stand for in a body is not kept (RFC 5173 §6). */
function testBody(clause: Clause, run: Run): boolean {
  const { tags, positional } = clause;
  const { message } = run.input;
  const types = tags.has('content') ? run.strings(tags.get('content')) : null;
  const key = types ? `content ${JSON.stringify(types)}` : tags.has('raw') ? 'raw' : 'text';
  const values = run.bodies(key, () => {
    const read = types
      ? contentTexts(message, types)
      : tags.has('raw')
        ? rawBody(message)
        : readableTexts(message);
    run.spend(read.reduce((sum, text) => sum + text.length, message.raw.byteLength));
    return read;
  });
  return matchesAny(values, run.strings(positional[0]), { clause, run, keeps: false });
}

/** RFC 5260 §4: the first field, or the one that is asked for; behind the last semicolon, where Received has its date. */
function testDate(clause: Clause, run: Run): boolean {
  const [name, part, keys] = clause.positional;
  const fields = run.fieldsNamed(run.string(name));
  const [field] = clause.tags.has('index') ? picked(fields, clause) : fields;
  const read = field && run.reading(field, dateTimeOf);
  if (!read) return matchesAny([], run.strings(keys), { clause, run });
  const offsetMinutes = clause.tags.has('originalzone')
    ? read.offsetMinutes
    : offsetAsked(clause, run, read.at);
  return matchesPart({ at: read.at, offsetMinutes }, run.string(part), run.strings(keys), { clause, run });
}

function dateTimeOf(value: string): DateTime | null {
  return parseDateTime(value.slice(value.lastIndexOf(';') + 1));
}

function offsetAsked({ tags }: Clause, run: Run, at: Date): number {
  const asked = tags.has('zone') ? zoneOffset(run.string(tags.get('zone'))) : null;
  return asked ?? run.context.localOffsetMinutes(at);
}

function matchesPart(
  time: DateTime,
  part: string,
  keys: readonly string[],
  { clause, run }: { clause: Clause; run: Run },
): boolean {
  const value = datePart(part, time);
  return matchesAny(value === null ? [] : [value], keys, { clause, run });
}

/** RFC 5235 §2: 1 for what is surely wanted to 10 for what is surely not, or hundredths; 0 where nobody judged. */
function testSpam(clause: Clause, run: Run): boolean {
  const probability = run.context.spamProbability;
  const value =
    probability === null
      ? 0
      : clause.tags.has('percent')
        ? Math.round(probability * 100)
        : Math.min(10, 1 + Math.floor(probability * 10));
  return matchesAny([String(value)], run.strings(clause.positional[0]), { clause, run });
}
