import type { Email } from '../../../delivery/store/store.ts';
import { defaultBodyProperties } from './email-body.ts';
import { sourceOf } from './email-get.ts';
import { planOf } from './email-properties.ts';
import { emailView } from './email-view.ts';
import { invalidProperties, MethodError } from './errors.ts';
import type { MethodContext } from './method.ts';
import { isRecord } from './request.ts';
import { sameJson } from './same.ts';

const partLists = ['bodyStructure', 'textBody', 'htmlBody', 'attachments'];

/**
 * Immutable and server-set properties may be sent in an update as long as they say what is so (RFC 8620 §5.3), so
 * that a whole Email as Email/get gave it is a patch, too. Throws SetError `invalidProperties` naming the others.
 */
export async function checkUnchanged(
  email: Email,
  given: ReadonlyMap<string, unknown>,
  context: MethodContext,
): Promise<void> {
  if (given.size === 0) return;
  const known = [...given.keys()].filter(name => isProperty(name, context));
  const actual = known.length > 0 ? await viewOf(email, { known, given }, context) : {};
  const wrong = [...given].filter(
    ([name, value]) => !known.includes(name) || !says(name, actual[name], value),
  );
  if (wrong.length === 0) return;
  throw invalidProperties(
    wrong.map(([name]) => name),
    'unknown, immutable or set by the server',
  );
}

const everyValue = { fetchTextBodyValues: false, fetchHTMLBodyValues: false, fetchAllBodyValues: true };

function isProperty(name: string, { using }: MethodContext): boolean {
  try {
    planOf({ properties: [name], bodyProperties: null, ...everyValue, maxBodyValueBytes: 0 }, using);
    return true;
  } catch (error) {
    if (error instanceof MethodError) return false;
    throw error;
  }
}

async function viewOf(
  email: Email,
  { known, given }: { known: readonly string[]; given: ReadonlyMap<string, unknown> },
  context: MethodContext,
): Promise<Record<string, unknown>> {
  const partNames = new Set(partLists.flatMap(name => membersOf(given.get(name))));
  const bodyProperties = [...new Set([...defaultBodyProperties, ...partNames])].filter(
    name => name !== 'subParts',
  );
  try {
    const asked = { properties: known, bodyProperties, ...everyValue, maxBodyValueBytes: 0 };
    const plan = planOf(asked, context.using);
    const source = await sourceOf(email, { plan, junkTagId: null }, context);
    return source ? emailView(source, plan) : {};
  } catch (error) {
    // A member of a part that no part has: nothing given says what is so.
    if (error instanceof MethodError && error.type === 'invalidArguments') return {};
    throw error;
  }
}

/** Names of the members of parts, at whatever depth. */
function membersOf(parts: unknown): string[] {
  if (Array.isArray(parts)) return parts.flatMap(membersOf);
  if (!isRecord(parts)) return [];
  return [...Object.keys(parts), ...membersOf(parts.subParts)];
}

function says(name: string, actual: unknown, given: unknown): boolean {
  if (name === 'bodyValues') return isRecord(given) && isRecord(actual) && holdsValues(actual, given);
  return partLists.includes(name) ? saysParts(actual, given) : sameJson(actual, given);
}

/** Email/get gives the values and the members of parts that were asked for: those given count. */
function saysParts(actual: unknown, given: unknown): boolean {
  if (Array.isArray(actual) && Array.isArray(given)) {
    return actual.length === given.length && actual.every((item, at) => saysParts(item, given[at]));
  }
  if (!isRecord(actual) || !isRecord(given)) return sameJson(actual, given);
  return Object.entries(given).every(([name, value]) =>
    name === 'subParts' ? saysParts(actual[name] ?? null, value) : sameJson(actual[name], value),
  );
}

function holdsValues(actual: Record<string, unknown>, given: Record<string, unknown>): boolean {
  return Object.entries(given).every(([partId, value]) => {
    const whole = actual[partId];
    if (!isRecord(whole) || !isRecord(value)) return false;
    if (value.isTruncated !== true) return sameJson(whole, value);
    return typeof value.value === 'string' && String(whole.value).startsWith(value.value);
  });
}
