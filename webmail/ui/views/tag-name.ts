import type { Mailbox } from '../../wire.ts';
import type { Words } from '../locales/en.ts';
import { inboxId } from '../route.ts';
import { plainLine } from '../text.ts';

/** What a tag is called on screen. */
export function tagName(tag: Pick<Mailbox, 'name' | 'role'>, words: Words): string {
  return tag.role ? words.tags.roles[tag.role] : plainLine(tag.name);
}

/** The id that a tag's address stands for: the inbox is known by its role before its id is. */
export function resolveTagId(id: string, tags: readonly Mailbox[]): string {
  return id === inboxId ? (tags.find(tag => tag.role === 'inbox')?.id ?? id) : id;
}
