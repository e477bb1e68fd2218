import { features } from './features.ts';
import { junkReason, personalReason } from './judge.ts';

interface Both {
  readonly en: string;
  readonly fr: string;
}

const others: Readonly<Record<string, Both>> = {
  [personalReason]: {
    en: 'By what you did with other mail from there',
    fr: 'D’après ce que vous avez fait d’autres messages de cette provenance',
  },
  [junkReason]: { en: 'It looks unwanted', fr: 'Il semble indésirable' },
};

/** The words of a reason of importance; the id itself for one of a later version. */
export function importanceWords(id: string): Both {
  const row = features.find(feature => feature.id === id);
  return row?.words ?? others[id] ?? { en: id, fr: id };
}
