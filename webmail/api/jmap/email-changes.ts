import type { EmailChange } from '../../../delivery/store/store.ts';
import { capabilities } from '../../wire.ts';
import { invalidProperties, SetError } from './errors.ts';
import { mailLimits } from './limits.ts';
import { type MethodContext, resolveId } from './method.ts';
import { isRecord } from './request.ts';
import { readPatch } from './standard-set.ts';

/** A set of a patch: the whole of it, or what is added and removed. */
type SetChange = NonNullable<EmailChange['tags']>;

/** What an update of an Email (RFC 8621 §4.6) changes, and the properties that must already be so. */
export interface ReadUpdate {
  readonly change: EmailChange;
  /** Set by hand, -10..10; null: as it was judged before that; undefined where nothing is said of it. */
  readonly importance: number | null | undefined;
  /** Other properties that were sent: allowed as long as they say what is so (RFC 8620 §5.3). */
  readonly unchanged: ReadonlyMap<string, unknown>;
}

/** Reads a PatchObject; throws SetErrors `invalidPatch` and `invalidProperties`. */
export function readUpdate(
  emailId: string,
  patch: Record<string, unknown>,
  context: MethodContext,
): ReadUpdate {
  const { whole, below } = readPatch(patch);
  for (const property of below.keys()) {
    if (property !== 'mailboxIds' && property !== 'keywords') {
      throw new SetError('invalidPatch', `nothing can be set below ${property.slice(0, 40)}`);
    }
  }
  const tags = readSetChange('mailboxIds', { whole, below }, id => readMailboxId(id, context));
  const keywords = readSetChange('keywords', { whole, below }, readKeyword);
  const changeable = [
    'mailboxIds',
    'keywords',
    ...(context.using.has(capabilities.discussion) ? ['importance'] : []),
  ];
  const unchanged = new Map([...whole].filter(([name]) => !changeable.includes(name)));
  return {
    importance:
      whole.has('importance') && !unchanged.has('importance')
        ? readImportance(whole.get('importance'))
        : undefined,
    change: { emailId, ...(tags ? { tags } : {}), ...(keywords ? { keywords } : {}) },
    unchanged,
  };
}

function readImportance(value: unknown): number | null {
  if (value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 10) return value + 0;
  throw invalidProperties(['importance'], 'a whole number, -10 to 10');
}

interface Patch {
  readonly whole: ReadonlyMap<string, unknown>;
  readonly below: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
}

function readSetChange(
  property: string,
  { whole, below }: Patch,
  readItem: (item: string) => string,
): SetChange | null {
  if (whole.has(property)) {
    // Null stands for the default (RFC 8620 §5.3): no keywords. Mailboxes have none.
    const value = whole.get(property) ?? (property === 'keywords' ? {} : null);
    return { replace: true, add: readSet(property, value, readItem) };
  }
  const members = below.get(property);
  if (!members) return null;
  const add: string[] = [];
  const remove: string[] = [];
  for (const [item, value] of members) {
    if (value === true) add.push(readItem(item));
    // False is no value of a set (RFC 8621 §4.1.1), yet clients mean null by it, and nothing else could be meant.
    else if (value === null || value === false) remove.push(readItem(item));
    else throw invalidProperties([`${property}/${item}`], 'true or null');
  }
  if (property === 'mailboxIds') checkCount(add);
  return { add, remove };
}

/** A whole set of mailbox ids or keywords as the client writes it; throws `invalidProperties`. */
export function readSet(property: string, value: unknown, readItem: (item: string) => string): string[] {
  if (!isRecord(value) || !Object.values(value).every(member => member === true)) {
    throw invalidProperties([property], 'an object of true values');
  }
  const items = [...new Set(Object.keys(value).map(readItem))];
  if (property === 'mailboxIds') {
    if (items.length === 0) throw invalidProperties([property], 'an email is in at least one mailbox');
    checkCount(items);
  }
  return items;
}

function checkCount(mailboxIds: readonly string[]): void {
  if (mailboxIds.length > mailLimits.maxMailboxesPerEmail) throw new SetError('tooManyMailboxes');
}

/** A mailbox id, creation references resolved. */
export function readMailboxId(id: string, context: MethodContext): string {
  const resolved = resolveId(id, context);
  if (resolved === null) throw invalidProperties(['mailboxIds'], `nothing was created as ${id.slice(0, 40)}`);
  return resolved;
}

/** A keyword (RFC 8621 §4.1.1), lower-case; throws `invalidProperties`. */
export function readKeyword(keyword: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(keyword) || /[()\]{%*"\\]/.test(keyword)) {
    throw invalidProperties(['keywords'], 'no such keyword can be');
  }
  return keyword.toLowerCase();
}
