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
  deps: { readonly store: MakingStore },
): Promise<TagFindings | undefined> {
  if (!tags || !account || !wanted || wanted.length === 0) return tags;
  let made = tags;
  for (const each of wanted) made = await withTag(made, each, { ...deps, accountId: account.id });
  return made.roles.length + made.tagIds.length > 0 ? made : { ...made, roles: ['inbox'] };
}

type MakingStore = Pick<Store, 'listTags' | 'putTag'>;

interface Making {
  readonly store: MakingStore;
  readonly accountId: string;
}

async function withTag(tags: TagFindings, { path, line }: WantedTag, deps: Making): Promise<TagFindings> {
  const tag = await makeTag(path, deps);
  if (!tag) {
    const inbox = (await deps.store.listTags(deps.accountId)).find(({ role }) => role === 'inbox');
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

/** What the store says of a tag that can't be: too deep, too many, no name for one, there since. */
const refusals: ReadonlySet<string> = new Set([
  'alreadyExists',
  'badRequest',
  'badInput',
  'notFound',
  'overQuota',
]);

/** So often another may make one of them at the same moment: paths are not that deep. */
const maxTries = 20;

/** Null where it can't be. What other deliveries make of the path at the same moment is taken as it is. */
async function makeTag(path: string, deps: Making): Promise<Tag | null> {
  for (let tries = 1; tries <= maxTries; tries++) {
    try {
      return await makePath(path, deps);
    } catch (error) {
      if (!(error instanceof DeliveryError) || !refusals.has(error.code)) throw error;
      if (error.code !== 'alreadyExists') return null;
    }
  }
  return null;
}

async function makePath(path: string, { store, accountId }: Making): Promise<Tag | null> {
  const tags = await store.listTags(accountId);
  const found = tagOfPath(path, tags);
  if (found) return found;
  const { parent, missing } = pathToMake(path, tags);
  let tag = parent;
  for (const name of missing) tag = await store.putTag(accountId, { name, parentId: tag?.id ?? null });
  return tag;
}
