import { DeliveryError } from '../../../errors.ts';
import { newId } from '../../ids.ts';
import { type Tag, type TagRole, tagRoles } from '../../store.ts';
import { maxTagDepth, maxTags, requireTagName, systemTagNames, type TagChange } from '../../system-tags.ts';
import type { CassandraContext } from '../context.ts';
import { forEver } from '../directory/making-end.ts';
import { type LogLine, logStatement } from './log.ts';
import { sortTags } from './row.ts';
import { claimName, freeName, holderOfName, nameTaken } from './tag-names.ts';
import type { Books } from './tally.ts';

/** A tag without its counts. */
export type TagRecord = Omit<Tag, 'totalEmails' | 'unreadEmails' | 'totalThreads' | 'unreadThreads'>;

interface TagRow {
  readonly id: string;
  readonly name: string | null;
  /** Empty for none. */
  readonly parent: string | null;
  readonly sort_order: number | null;
  readonly colour: string | null;
  readonly subscribed: boolean | null;
  readonly name_at: bigint | null;
  readonly parent_at: bigint | null;
  readonly sort_at: bigint | null;
  readonly colour_at: bigint | null;
  readonly subscribed_at: bigint | null;
}

const selectTags = `select id, name, parent, sort_order, colour, subscribed, writetime(name) as name_at,
  writetime(parent) as parent_at, writetime(sort_order) as sort_at, writetime(colour) as colour_at,
  writetime(subscribed) as subscribed_at from tag where account = ?`;

/** When the cells of a tag were written. */
function writtenAt(rows: readonly TagRow[], id: string): (bigint | null)[] {
  const row = rows.find(candidate => candidate.id === id);
  return row ? [row.name_at, row.parent_at, row.sort_at, row.colour_at, row.subscribed_at] : [];
}

/** The tags of accounts. System tags are there without a row, until their owner changes them. */
export class Tags {
  readonly #context: CassandraContext;
  readonly #tell: (accountId: string, line: LogLine) => void;

  constructor(context: CassandraContext, tell: (accountId: string, line: LogLine) => void) {
    this.#context = context;
    this.#tell = tell;
  }

  /** All tags, system tags first. */
  async list(accountId: string): Promise<TagRecord[]> {
    return mergeRows(await this.#rows(accountId));
  }

  async ids(accountId: string): Promise<string[]> {
    return (await this.list(accountId)).map(({ id }) => id);
  }

  /** Those of these ids that are tags. */
  async known(accountId: string, ids: readonly string[]): Promise<string[]> {
    const own = ids.filter(id => !isRole(id));
    if (own.length === 0) return [...ids];
    const rows = await this.#context.session.rows<{ id: string; name: string | null }>(
      'select id, name from tag where account = ? and id in ?',
      [accountId, own],
    );
    const found = new Set(rows.flatMap(({ id, name }) => (name === null ? [] : id)));
    return ids.filter(id => isRole(id) || found.has(id));
  }

  async #rows(accountId: string): Promise<TagRow[]> {
    return await this.#context.session.rows<TagRow>(selectTags, [accountId]);
  }

  /** `Mail.putTag`. */
  async put(accountId: string, change: TagChange): Promise<TagRecord> {
    const rows = await this.#rows(accountId);
    const all = mergeRows(rows);
    const known = change.id === undefined ? undefined : requireTag(all, change.id);
    if (change.role !== undefined && (change.role ?? null) !== (known?.role ?? null)) {
      throw new DeliveryError('badRequest', 'roles belong to the system tags', { fields: { field: 'role' } });
    }
    const merged = mergeChange(all, change, known, () => newId('T', this.#context.clock.now().getTime()));
    if (!known && all.length >= maxTags) throw new DeliveryError('badRequest', `at most ${maxTags} tags`);
    const isNamed = !known || known.name !== merged.name || known.parentId !== merged.parentId;
    if (isNamed) await this.#claimName(accountId, merged, all);
    await this.#write(accountId, merged, { known, times: writtenAt(rows, merged.id) });
    if (!isNamed) return merged;
    const holder = await holderOfName(this.#context.session, accountId, merged);
    if (holder !== null && holder !== merged.id) {
      await this.#giveUp(accountId, merged, known);
      throw nameTaken(holder);
    }
    if (known) await freeName(this.#context.session, accountId, known);
    return merged;
  }

  async #write(
    accountId: string,
    tag: TagRecord,
    { known, times }: { readonly known: TagRecord | undefined; readonly times: readonly (bigint | null)[] },
  ): Promise<void> {
    const line: LogLine = { class: 'tag', kind: known ? 'updated' : 'created', object: tag.id };
    // Cells that stay as they are may be changed by another process at this moment.
    const ifNew = <T>(value: T, before: T | undefined): T | undefined =>
      value === before ? undefined : value;
    await this.#context.session.together(
      [
        {
          cql: `insert into tag (account, id, name, parent, sort_order, colour, subscribed)
            values (?, ?, ?, ?, ?, ?, ?)`,
          values: [
            accountId,
            tag.id,
            ifNew(tag.name, known?.name),
            ifNew(tag.parentId ?? '', known ? (known.parentId ?? '') : undefined),
            ifNew(tag.sortOrder, known?.sortOrder),
            ifNew(tag.colour ?? '', known ? (known.colour ?? '') : undefined),
            ifNew(tag.isSubscribed, known?.isSubscribed),
          ],
        },
        logStatement(this.#context, accountId, line),
      ],
      { timestamp: this.#context.session.micros(times), isLogged: true },
    );
    this.#tell(accountId, line);
  }

  /** One of all who want a name below the same parent at once gets it. */
  async #claimName(accountId: string, tag: TagRecord, all: readonly TagRecord[]): Promise<void> {
    const other = all.find(
      ({ id, name, parentId }) => id !== tag.id && name === tag.name && parentId === tag.parentId,
    );
    if (other) throw nameTaken(other.id);
    await claimName(this.#context.session, { accountId, tag }, () => this.list(accountId));
  }

  /** Another has taken the name over meanwhile: what was written is taken back. */
  async #giveUp(accountId: string, tag: TagRecord, known: TagRecord | undefined): Promise<void> {
    if (!known) return await this.#delete(accountId, tag.id);
    const times = writtenAt(await this.#rows(accountId), tag.id);
    await this.#write(accountId, known, { known: tag, times });
  }

  /** The tag, if it can be removed at all. Throws `notFound`, `forbidden`, `badRequest` with field `mailboxHasChild`. */
  async requireRemovable(accountId: string, id: string): Promise<TagRecord> {
    const all = await this.list(accountId);
    const tag = requireTag(all, id);
    if (tag.role !== null)
      throw new DeliveryError('forbidden', 'a system tag stays', { fields: { tagId: id } });
    if (all.some(({ parentId }) => parentId === id)) {
      throw new DeliveryError('badRequest', 'the tag has tags below it', {
        fields: { field: 'mailboxHasChild' },
      });
    }
    return tag;
  }

  /** Removes a tag that no email has. */
  async remove(accountId: string, tag: TagRecord): Promise<void> {
    await this.#delete(accountId, tag.id);
    await freeName(this.#context.session, accountId, tag);
  }

  async #delete(accountId: string, id: string): Promise<void> {
    const line: LogLine = { class: 'tag', kind: 'destroyed', object: id };
    const rows = await this.#rows(accountId);
    await this.#context.session.together(
      [
        { cql: 'delete from tag where account = ? and id = ?', values: [accountId, id] },
        logStatement(this.#context, accountId, line),
      ],
      { timestamp: this.#context.session.micros(writtenAt(rows, id)), isLogged: true },
    );
    this.#tell(accountId, line);
  }

  /** Deletes all rows of an account. */
  async erase(accountId: string): Promise<void> {
    const { session } = this.#context;
    for (const tag of await this.list(accountId)) await freeName(session, accountId, tag);
    await session.run('delete from tag where account = ?', [accountId], forEver(session));
  }
}

function isRole(id: string): id is TagRole {
  return (tagRoles as readonly string[]).includes(id);
}

function mergeRows(rows: readonly TagRow[]): TagRecord[] {
  const byId = new Map(rows.map(row => [row.id, row]));
  const system = tagRoles.map((role, index) => toTag(byId.get(role), role, index + 1));
  const own = rows.filter(({ id, name }) => !isRole(id) && name !== null).map(row => toTag(row, null, 10));
  return [...system, ...own];
}

function toTag(row: TagRow | undefined, role: TagRole | null, sortOrder: number): TagRecord {
  return {
    id: row?.id ?? role ?? '',
    name: row?.name ?? (role ? systemTagNames[role] : ''),
    role,
    parentId: row?.parent || null,
    sortOrder: row?.sort_order ?? sortOrder,
    colour: row?.colour || null,
    isSubscribed: row?.subscribed ?? true,
  };
}

function requireTag(all: readonly TagRecord[], id: string): TagRecord {
  const tag = all.find(candidate => candidate.id === id);
  if (!tag) throw new DeliveryError('notFound', 'no such tag', { fields: { tagId: id } });
  return tag;
}

function mergeChange(
  all: readonly TagRecord[],
  change: TagChange,
  known: TagRecord | undefined,
  makeId: () => string,
): TagRecord {
  const name = requireTagName(change.name ?? known?.name ?? '');
  const parentId = change.parentId === undefined ? (known?.parentId ?? null) : change.parentId;
  if (change.parentId) requireTag(all, change.parentId);
  requireNoLoop(all, parentId, known?.id);
  return {
    id: known?.id ?? makeId(),
    name,
    role: known?.role ?? null,
    parentId,
    sortOrder: change.sortOrder ?? known?.sortOrder ?? 10,
    colour: change.colour === undefined ? (known?.colour ?? null) : change.colour,
    isSubscribed: change.isSubscribed ?? known?.isSubscribed ?? true,
  };
}

/** Walks up from the wanted parent: it must end within the depth and not at the tag itself. */
function requireNoLoop(all: readonly TagRecord[], parentId: string | null, self: string | undefined): void {
  let above = parentId;
  for (let depth = 1; above !== null; depth++) {
    if (above === self || depth >= maxTagDepth) {
      throw new DeliveryError('badRequest', 'tags would loop or nest too deep', {
        fields: { field: 'parentId' },
      });
    }
    const id = above;
    above = all.find(tag => tag.id === id)?.parentId ?? null;
  }
}

/** The tags with their counts, in the order of `listTags`. */
export function withCounts(tags: readonly TagRecord[], books: Books): Tag[] {
  const none = { totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 };
  return [...tags]
    .sort((one, other) => one.sortOrder - other.sortOrder || (one.name < other.name ? -1 : 1))
    .map(tag => ({ ...tag, ...(books.tags.get(tag.id) ?? none) }));
}

/** Of an email's tags those that exist; the archive when none does. */
export function existing(tagIds: readonly string[], known: ReadonlySet<string>): string[] {
  const left = tagIds.filter(id => known.has(id));
  return left.length > 0 ? sortTags(left) : ['archive'];
}
