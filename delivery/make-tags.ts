import { Buffer } from 'node:buffer';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import { DeliveryError } from './errors.ts';
import { scriptRules, type WantedTag } from './script-tags.ts';
import type { OwnerWork } from './stage-table.ts';
import type { Store, Tag } from './store/store.ts';
import { isVersionMismatch } from './store/version-mismatch.ts';
import { pathToMake, tagOfPath } from './tag-paths.ts';
import type { TagFindings } from './tags/findings.ts';

/**
 * The tags of an email with those that a script wants made (RFC 5490 §3.2). One that can't be made leaves it in the
 * inbox. Throws what the store throws when it is away.
 */
export async function withMadeTags(
  { tags, wanted, account }: Pick<OwnerWork, 'tags' | 'wanted' | 'account'>,
  deps: { readonly store: MakingStore; readonly clock: Clock },
): Promise<TagFindings | undefined> {
  if (!tags || !account || !wanted || wanted.length === 0) return tags;
  let made = tags;
  for (const each of wanted) made = await withTag(made, each, { ...deps, accountId: account.id });
  return made.roles.length + made.tagIds.length > 0 ? made : { ...made, roles: ['inbox'] };
}

type MakingStore = Pick<Store, 'listTags' | 'putTag' | 'getAccountState' | 'putAccountState'>;

interface Making {
  readonly store: MakingStore;
  readonly clock: Clock;
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

/** So often, and so far apart, it is looked whether another delivery is done with making tags. */
const maxTries = 40;
const waitMilliseconds = 100;

/** Null where it can't be. One delivery to an account makes tags at a time: some stores let two have one name. */
async function makeTag(path: string, deps: Making): Promise<Tag | null> {
  const { store, accountId } = deps;
  for (let tries = 1; tries <= maxTries; tries++) {
    const found = tagOfPath(path, await store.listTags(accountId));
    if (found) return found;
    const claim = await claimMaking(deps);
    if (claim === null) {
      await wait(waitMilliseconds);
      continue;
    }
    try {
      return await makePath(path, deps);
    } finally {
      await release(claim, deps);
    }
  }
  return null;
}

async function makePath(path: string, { store, accountId }: Making): Promise<Tag | null> {
  const tags = await store.listTags(accountId);
  // Made by another before the claim.
  const found = tagOfPath(path, tags);
  if (found) return found;
  const { parent, missing } = pathToMake(path, tags);
  let tag = parent;
  try {
    for (const name of missing) tag = await store.putTag(accountId, { name, parentId: tag?.id ?? null });
    return tag;
  } catch (error) {
    if (!(error instanceof DeliveryError) || !refusals.has(error.code)) throw error;
    return null;
  }
}

/** State of an account that is there while a delivery makes tags for it; holds when that began. */
const claimName = 'sieve:making';
/** A claim that is older is of a process that is gone. */
const staleMilliseconds = 10_000;

/** The version of the claim, null while another has one. */
async function claimMaking({ store, clock, accountId }: Making): Promise<number | null> {
  const now = clock.now().getTime();
  const held = await store.getAccountState(accountId, claimName);
  const age = held ? now - Number(Buffer.from(held.octets).toString()) : Number.POSITIVE_INFINITY;
  if (Math.abs(age) < staleMilliseconds) return null;
  try {
    return await store.putAccountState(accountId, claimName, Buffer.from(String(now)), held?.version ?? null);
  } catch (error) {
    if (isVersionMismatch(error)) return null;
    throw error;
  }
}

async function release(claim: number, { store, accountId }: Making): Promise<void> {
  try {
    await store.putAccountState(accountId, claimName, null, claim);
  } catch (error) {
    // It took so long that another has taken it over.
    if (!isVersionMismatch(error)) throw error;
  }
}
