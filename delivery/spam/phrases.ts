import { type PhraseTopic, phraseTable } from './phrase-table.ts';
import { addPhrase, findWordings, type WordIndex } from './wordings.ts';

export type { PhraseTopic } from './phrase-table.ts';

/** Phrases by their first word. */
export type PhraseIndex = WordIndex<PhraseTopic>;

/** The table made ready for `findPhrases`. */
export function indexPhrases(): PhraseIndex {
  const index: PhraseIndex = new Map();
  for (const [topic, phrases] of Object.entries(phraseTable) as [PhraseTopic, string][]) {
    for (const phrase of phrases.split(';')) addPhrase(index, topic, phrase);
  }
  return index;
}

/** Distinct phrases of each topic in folded words, in order of first sight; one pass. */
export function findPhrases(
  words: readonly string[],
  index: PhraseIndex,
): ReadonlyMap<PhraseTopic, readonly string[]> {
  const found = new Map<PhraseTopic, string[]>();
  findWordings(words, index, (topic, text) => {
    const list = found.get(topic);
    if (!list) found.set(topic, [text]);
    else if (!list.includes(text)) list.push(text);
  });
  return found;
}
