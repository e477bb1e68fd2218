import * as v from 'valibot';
import type { Tag } from '../../../delivery/store/store.ts';
import { readArguments, setEntries } from './arguments.ts';
import { invalidProperties, SetError } from './errors.ts';
import { mailLimits } from './limits.ts';
import { mailboxOf, mailboxProperties, rightsOf, tagsById } from './mailbox.ts';
import { holderOf, updateInOrder } from './mailbox-order.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { sameJson } from './same.ts';
import {
  beginSet,
  emptyResults,
  readPatch,
  type SetResults,
  setResponse,
  tryRecord,
} from './standard-set.ts';

const setSchema = v.strictObject({
  ...setEntries,
  onDestroyRemoveEmails: v.optional(v.nullable(v.boolean()), false),
});

/** Mailbox/set (RFC 8621 §2.5). A name may come free by what the same call updates or destroys (RFC 8620 §5.3). */
export const mailboxSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const oldState = await beginSet('Mailbox', asked, context);
  const results = emptyResults();
  const { create, update, destroy } = {
    create: asked.create ?? {},
    update: asked.update ?? {},
    destroy: asked.destroy ?? [],
  };
  const resolved = (ids: readonly string[]) => new Set(ids.map(id => resolveId(id, context) ?? id));
  const work = { results, context };
  const lateCreate = await createAll(create, resolved([...Object.keys(update), ...destroy]), work);
  const lateUpdate = await updateAll(update, resolved(destroy), work);
  await destroyAll(destroy, asked.onDestroyRemoveEmails ?? false, work);
  await updateAll(lateUpdate, new Set(), work);
  await createAll(lateCreate, new Set(), work);
  const newState = await context.store.getState(context.account.id, 'Mailbox');
  return setResponse(results, { oldState, newState }, context.account.id);
};

/** Mailboxes by the keys that a call gave them: properties to create, or patches. */
type Given = Readonly<Record<string, Record<string, unknown>>>;

interface Work {
  readonly results: SetResults;
  readonly context: MethodContext;
}

/**
 * Creates parents before their children, whatever the order they were given in. Gives those back whose name, or their
 * parent's, is held by one of the `leaving`.
 */
async function createAll(
  create: Given,
  leaving: ReadonlySet<string>,
  { results, context }: Work,
): Promise<Given> {
  const late = new Map<string, Record<string, unknown>>();
  let waiting = Object.entries(create);
  while (waiting.length > 0) {
    const keys = new Set(waiting.map(([key]) => `#${key}`));
    const ready = waiting.filter(([key, mailbox]) => !waitsFor(mailbox.parentId, `#${key}`, keys));
    const now = ready.length > 0 ? ready : waiting;
    for (const [key, mailbox] of now) {
      const { parentId } = mailbox;
      if (typeof parentId === 'string' && late.has(parentId.slice(1))) late.set(key, mailbox);
      else {
        await tryRecord(key, results.notCreated, async () => {
          try {
            const made = await createOne(mailbox, context);
            context.createdIds.set(key, made.id);
            results.created.set(key, serverSet(made, mailbox));
          } catch (error) {
            if (!leaving.has(holderOf(error) ?? '')) throw error;
            late.set(key, mailbox);
          }
        });
      }
    }
    const done = new Set(now.map(([key]) => key));
    waiting = waiting.filter(([key]) => !done.has(key));
  }
  return Object.fromEntries(late);
}

function waitsFor(parentId: unknown, own: string, keys: ReadonlySet<string>): boolean {
  return typeof parentId === 'string' && parentId !== own && keys.has(parentId);
}

/** What the client doesn't know of what it made: the server-set properties and the defaults. */
function serverSet(tag: Tag, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const whole = mailboxOf(tag);
  return Object.fromEntries(
    mailboxProperties.filter(name => !Object.hasOwn(given, name)).map(name => [name, whole[name]]),
  );
}

/** What the server sets of every new mailbox: whoever copies a mailbox may send it along. */
const newborn: Readonly<Record<string, unknown>> = {
  totalEmails: 0,
  unreadEmails: 0,
  totalThreads: 0,
  unreadThreads: 0,
  myRights: rightsOf({ role: null }),
};

async function createOne(mailbox: Record<string, unknown>, context: MethodContext): Promise<Tag> {
  const change = readChange(withoutUnchanged(new Map(Object.entries(mailbox)), newborn), context);
  if (change.name === undefined) throw invalidProperties(['name'], 'a name is needed');
  await checkPlace(null, change, context);
  return putTag(change, context);
}

/** Gives those back whose name is held by one of the `leaving`. */
async function updateAll(
  update: Given,
  leaving: ReadonlySet<string>,
  { results, context }: Work,
): Promise<Given> {
  const late = new Map<string, Record<string, unknown>>();
  const keys = new Map<string, string>();
  for (const key of Object.keys(update)) {
    const id = resolveId(key, context) ?? key;
    if (!keys.has(id)) keys.set(id, key);
    else results.notUpdated.set(key, new SetError('invalidPatch', 'the same mailbox is updated twice').body);
  }
  const keyOf = (id: string): string => keys.get(id) ?? id;
  await updateInOrder({
    ids: [...keys.keys()],
    async update(id) {
      await updateOne(id, update[keyOf(id)] ?? {}, context);
      results.updated.set(keyOf(id), null);
    },
    // An id is no name that anybody gives.
    setAside: async id => void (await putTag({ id, name: id }, context)),
    async failed(id, error) {
      const key = keyOf(id);
      if (leaving.has(holderOf(error) ?? '')) late.set(key, update[key] ?? {});
      else await tryRecord(key, results.notUpdated, () => Promise.reject(error));
    },
  });
  return Object.fromEntries(late);
}

async function updateOne(
  tagId: string,
  patch: Record<string, unknown>,
  context: MethodContext,
): Promise<void> {
  const current = (await tagsById(context)).get(tagId);
  if (!current) throw new SetError('notFound');
  const { whole, below } = readPatch(patch);
  if (below.size > 0) throw invalidPatchOf([...below.keys()]);
  const changed = withoutUnchanged(whole, mailboxOf(current));
  const change = readChange(changed, context);
  await checkPlace(current, change, context);
  if (Object.keys(change).length > 0) await putTag({ id: tagId, ...change }, context);
}

function invalidPatchOf(names: readonly string[]): SetError {
  return names.every(name => name === 'myRights')
    ? invalidProperties(names, 'set by the server')
    : new SetError('invalidPatch', `nothing below ${names.join(', ')}`);
}

/** Server-set and immutable properties may be sent as long as they say what is so (RFC 8620 §5.3). */
function withoutUnchanged(
  given: ReadonlyMap<string, unknown>,
  current: Readonly<Record<string, unknown>>,
): Map<string, unknown> {
  return new Map(
    [...given].filter(([name, value]) => !(Object.hasOwn(current, name) && sameJson(current[name], value))),
  );
}

type TagChange = Parameters<MethodContext['store']['putTag']>[1];
type Writable = { -readonly [K in keyof TagChange]: TagChange[K] };

/** The properties a client may set, each with what it must be. */
const readers: Readonly<
  Record<string, (value: unknown, change: Writable, context: MethodContext) => boolean>
> = {
  name(value, change) {
    if (typeof value !== 'string' || !isName(value)) return false;
    change.name = value.normalize('NFC');
    return true;
  },
  parentId(value, change, context) {
    if (value !== null && typeof value !== 'string') return false;
    const parentId = value === null ? null : resolveId(value, context);
    if (value !== null && parentId === null) return false;
    change.parentId = parentId;
    return true;
  },
  role(value, change) {
    const roles = ['inbox', 'archive', 'drafts', 'sent', 'junk', 'trash'] as const;
    const role = roles.find(known => known === value) ?? null;
    if (value !== null && role === null) return false;
    change.role = role;
    return true;
  },
  sortOrder(value, change) {
    const order = value ?? 0;
    if (typeof order !== 'number' || !Number.isSafeInteger(order) || order < 0 || order >= 2 ** 31)
      return false;
    change.sortOrder = order;
    return true;
  },
  isSubscribed(value, change) {
    const isSubscribed = value ?? true;
    if (typeof isSubscribed !== 'boolean') return false;
    change.isSubscribed = isSubscribed;
    return true;
  },
  colour(value, change) {
    if (value !== null && !(typeof value === 'string' && /^#[0-9a-fA-F]{6}$/.test(value))) return false;
    change.colour = value as string | null;
    return true;
  },
};

/** Net-Unicode (RFC 5198) without control characters, 1 to 255 octets, not only spaces. */
function isName(name: string): boolean {
  const octets = Buffer.byteLength(name.normalize('NFC'));
  return octets <= mailLimits.maxSizeMailboxName && name.trim() !== '' && !/\p{Cc}|\u2028|\u2029/u.test(name);
}

function readChange(given: ReadonlyMap<string, unknown>, context: MethodContext): Writable {
  const change: Writable = {};
  const wrong = [...given]
    .filter(([name, value]) => !readers[name]?.(value, change, context))
    .map(([name]) => name);
  if (wrong.length > 0) throw invalidProperties(wrong, 'unknown, set by the server, or of a wrong value');
  return change;
}

/** A name is unique among its siblings, a role in the account, and a parent is no descendant (RFC 8621 §2). */
async function checkPlace(current: Tag | null, change: Writable, context: MethodContext): Promise<void> {
  const tags = await tagsById(context);
  const name = change.name ?? current?.name ?? '';
  const parentId = change.parentId === undefined ? (current?.parentId ?? null) : change.parentId;
  const role = change.role === undefined ? (current?.role ?? null) : change.role;
  const others = [...tags.values()].filter(tag => tag.id !== current?.id);
  if (parentId !== null && !isFreeParent(parentId, current, tags)) throw invalidProperties(['parentId']);
  if (role !== null && role !== current?.role && others.some(tag => tag.role === role)) {
    throw invalidProperties(['role'], 'another mailbox has this role');
  }
  if (current?.role && role === null) throw invalidProperties(['role'], 'this mailbox keeps its role');
  // Last, because somebody may step aside for it.
  const twin = others.find(tag => tag.parentId === parentId && tag.name.normalize('NFC') === name);
  if (twin) {
    throw new SetError('alreadyExists', 'there is a mailbox of this name here', {
      existingId: twin.id,
      properties: ['name'],
    });
  }
}

function isFreeParent(parentId: string, current: Tag | null, tags: ReadonlyMap<string, Tag>): boolean {
  let depth = 1;
  for (let at: string | null = parentId; at !== null; depth++) {
    const parent: Tag | undefined = tags.get(at);
    if (!parent || parent.id === current?.id || depth >= mailLimits.maxMailboxDepth) return false;
    at = parent.parentId;
  }
  return true;
}

async function putTag(change: TagChange, context: MethodContext): Promise<Tag> {
  return context.store.putTag(context.account.id, change);
}

/** Destroys children before their parents, whatever the order they were given in. */
async function destroyAll(
  ids: readonly string[],
  destroyEmails: boolean,
  { results, context }: { results: SetResults; context: MethodContext },
): Promise<void> {
  const tags = await tagsById(context);
  const resolved = new Map(ids.map(id => [id, resolveId(id, context) ?? id]));
  const deepestFirst = [...resolved].sort((a, b) => depthOf(b[1], tags) - depthOf(a[1], tags));
  for (const [id, tagId] of deepestFirst) {
    await tryRecord(id, results.notDestroyed, async () => {
      const tag = tags.get(tagId);
      if (!tag) throw new SetError('notFound');
      if (tag.role !== null) throw new SetError('forbidden', 'a mailbox with a role stays');
      await context.store.destroyTag(context.account.id, tagId, { destroyEmails });
      results.destroyed.push(id);
    });
  }
}

function depthOf(id: string, tags: ReadonlyMap<string, Tag>): number {
  let depth = 0;
  for (let at = tags.get(id); at?.parentId && depth < 100; at = tags.get(at.parentId)) depth++;
  return depth;
}
