import { summarize } from '../message/summary.ts';
import type { TagReason } from './findings.ts';
import { keywordOf, kinds } from './kinds/kinds.ts';
import { kindsOf } from './kinds/sort.ts';
import { tagFeatures } from './learned/features.ts';
import { learnedTags } from './learned/models.ts';
import { sourceOf, taughtOf } from './memory.ts';
import type { RuledTags } from './owner-rules.ts';
import { mayBeAuthor, soleAuthor } from './sender.ts';
import type { TagEvidence } from './tag.ts';

type Found = Pick<RuledTags, 'tagIds' | 'keywords' | 'reasons'>;

/** Id of the rule in a reason: what gave an automatic tag. */
export const reasonRules = { structure: 'structure:', taught: 'taught', learned: 'learned' } as const;

/** Tags that nobody made a rule for: by structure, unless the owner said no, and by the owner's examples. */
export function automaticTags(evidence: TagEvidence): Found {
  const [sorted, learned] = [sortedTags(evidence), likeExamples(evidence)];
  return {
    tagIds: learned.map(({ tag }) => tag),
    keywords: sorted.map(({ tag }) => tag),
    reasons: [...sorted, ...learned],
  };
}

function sortedTags(evidence: TagEvidence): TagReason[] {
  const { message, taught, outer = message } = evidence;
  if (taught?.wishes.sortsByStructure === false) return [];
  const author = soleAuthor(evidence)?.address ?? null;
  const found = new Map(
    kindsOf(message, { outer, author }).map(({ kind, signs: [sign] }) => [
      kind,
      { tag: keywordOf(kind), rule: `${reasonRules.structure}${sign.id}`, text: sign.words.en },
    ]),
  );
  const source = sourceOf(evidence.summary.listId, author);
  return kinds.flatMap(kind => {
    const word = taught && source !== null ? taughtOf(taught.memory, { kind, source }, taught.hash) : null;
    if (word === false) return [];
    const said = {
      tag: keywordOf(kind),
      rule: reasonRules.taught,
      text: 'you said so of other mail from there',
    };
    return found.get(kind) ?? (word ? said : []);
  });
}

function likeExamples(evidence: TagEvidence): TagReason[] {
  const { taught } = evidence;
  if (!taught?.wishes.learnsTags || taught.memory.models.size === 0) return [];
  // What pretends to be from somebody must not get the tag of their mail.
  if (!mayBeAuthor(evidence)) return [];
  const author = soleAuthor(evidence)?.address ?? null;
  const { listId } = evidence.summary;
  const features = tagFeatures({ ...summarize(evidence.message), listId }, author);
  return learnedTags(taught.memory.models, features, taught.hash).map(({ tagId, evidence: found }) => ({
    tag: tagId,
    rule: reasonRules.learned,
    text: `like others under this tag: ${found.map(({ text }) => text).join(', ')}`,
    evidence: found.map(({ kind, text }) => ({ kind, text })),
  }));
}
