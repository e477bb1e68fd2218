import { DeliveryError } from './errors.ts';
import { scriptRules, type WantedTag } from './script-tags.ts';
import type { OwnerWork } from './stage-table.ts';
import type { Store, Tag } from './store/store.ts';
import { pathToMake, tagOfPath } from './tag-paths.ts';
import type { TagFindings } from './tags/findings.ts';

/**
 * The tags of an email with those that a script wants made (RFC 5490 §3.2). One that can't be made leaves it in the
 * inbox. Throws what the store throws when it is away.
 */
export async function withMadeTags(
  { tags, wanted, account }: Pick<OwnerWork, 'tags' | 'wanted' | 'account'>,
  store: Pick<Store, 'listTags' | 'putTag'>,
): Promise<TagFindings | undefined> {
  if (!tags || !account || !wanted || wanted.length === 0) return tags;
  let made = tags;
  for (const each of wanted) made = await withTag(made, each, { store, accountId: account.id });
  return made.roles.length + made.tagIds.length > 0 ? made : { ...made, roles: ['inbox'] };
}

async function withTag(
  tags: TagFindings,
  { path, line }: WantedTag,
  { store, accountId }: { readonly store: Pick<Store, 'listTags' | 'putTag'>; readonly accountId: string },
): Promise<TagFindings> {
  const tag = await makeTag(path, { store, accountId });
  if (!tag) {
    const inbox = (await store.listTags(accountId)).find(({ role }) => role === 'inbox');
    const reason = {
      tag: inbox?.id ?? 'inbox',
      rule: scriptRules.unknown,
      text: `line ${line}: ${path.slice(0, 200)}`,
    };
    return { ...tags, reasons: [...tags.reasons, reason] };
  }
  return {
    ...tags,
    tagIds: [...new Set([...tags.tagIds, tag.id])],
    reasons: [...tags.reasons, { tag: tag.id, rule: scriptRules.filed, text: `line ${line}` }],
  };
}

/** Others may make the same meanwhile; so often it is looked for and tried again. */
const maxTries = 4;

/** What the store says of a tag that can't be: too deep, too many, no name for one, there since. */
const refusals: ReadonlySet<string> = new Set([
  'alreadyExists',
  'badRequest',
  'badInput',
  'notFound',
  'overQuota',
]);

/** Null where it can't be. */
async function makeTag(
  path: string,
  { store, accountId }: { readonly store: Pick<Store, 'listTags' | 'putTag'>; readonly accountId: string },
): Promise<Tag | null> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const tags = await store.listTags(accountId);
    const found = tagOfPath(path, tags);
    if (found) return found;
    const { parent, missing } = pathToMake(path, tags);
    let tag = parent;
    try {
      for (const name of missing) tag = await store.putTag(accountId, { name, parentId: tag?.id ?? null });
      return tag;
    } catch (error) {
      if (!(error instanceof DeliveryError) || !refusals.has(error.code)) throw error;
    }
  }
  return null;
}
