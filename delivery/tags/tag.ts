import type { AuthenticationFindings } from '../authenticate/findings.ts';
import type { Message } from '../message/shape.ts';
import type { PrivacyIndex } from '../privacy/shape.ts';
import type { ScoreFindings } from '../spam/findings.ts';
import type { Summary } from '../store/store.ts';
import { automaticTags } from './automatic.ts';
import type { TagFindings, TagRule } from './findings.ts';
import type { AccountHash } from './hash.ts';
import type { TagMemory } from './memory.ts';
import { applyRules, type RuledTags } from './owner-rules.ts';
import { systemRules } from './rules.ts';
import type { TagWishes } from './wishes.ts';

/** What the tag stage reads. */
export interface TagEvidence {
  /** The opened content where there is one. */
  readonly message: Message;
  /** Of the message as it came: its originators are the ones that were authenticated. */
  readonly summary: Pick<Summary, 'originators' | 'listId'>;
  /** Null when its stage failed. */
  readonly authentication: AuthenticationFindings | null;
  readonly score: Pick<ScoreFindings, 'verdict' | 'harmful'> | null;
  readonly index: Pick<PrivacyIndex, 'level'> | null;
  /** The owner's, in their order. */
  readonly rules: readonly TagRule[];
  /** The address that the sender signed in with here, null when nobody did. */
  readonly authenticatedUser?: string | null;
  /** The forward-path that it came by, null where there is none. */
  readonly forwardPath?: string | null;
  /** -10..10; 0 where nothing was found out. */
  readonly importance?: number;
  /** The message as it came, where `message` is what was encrypted in it. */
  readonly outer?: Message;
  /** Size of the whole message, where `message` is only its beginning. */
  readonly sizeOctets?: number;
  /** What the owner's acts have taught; left out where nobody in particular is asked about. */
  readonly taught?: Taught;
}

/** What an account has taught, and what its owner wants of it. */
export interface Taught {
  readonly memory: TagMemory;
  readonly hash: AccountHash;
  readonly wishes: Pick<TagWishes, 'sortsByStructure' | 'learnsTags'>;
}

/** What was decided, with the importance that the owner's rules want; null where none says anything. */
export interface Decision {
  readonly tags: TagFindings;
  readonly importance: { readonly value: number; readonly rule: string } | null;
}

/**
 * Which tags a message gets: `junk` by the first system rule that holds, else `inbox` and those that its structure and
 * the owner's examples give; and those of every rule of the owner's that it meets, with one reason each. A message in
 * junk keeps the tags of rules, but is never in the inbox.
 */
export function decideTags(evidence: TagEvidence): Decision {
  const junk = systemRules.find(rule => rule.holds(evidence));
  const found = junk
    ? { tagIds: [], keywords: ['$junk'], reasons: [{ tag: 'junk', rule: junk.id, text: junk.words.en }] }
    : automaticTags(evidence);
  const ruled = applyRules(evidence, { ...nothingYet, ...found, importance: evidence.importance ?? 0 });
  const { tagIds, keywords, reasons, importance, importanceRule } = ruled;
  return {
    tags: { roles: rolesOf(ruled, junk !== undefined), tagIds, keywords, reasons },
    importance: importanceRule === null ? null : { value: importance, rule: importanceRule },
  };
}

const nothingYet: RuledTags = {
  tagIds: [],
  keywords: [],
  importance: 0,
  importanceRule: null,
  archive: false,
  skipInbox: false,
  reasons: [],
};

function rolesOf({ archive, skipInbox, tagIds }: RuledTags, isJunk: boolean): TagFindings['roles'] {
  if (isJunk) return ['junk'];
  if (!skipInbox) return ['inbox'];
  // What is under no tag at all would be found nowhere.
  return archive || tagIds.length === 0 ? ['archive'] : [];
}
