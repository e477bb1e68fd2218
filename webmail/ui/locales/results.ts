import type { Language } from './languages.ts';

const en = {
  count: (count: number) => (count === 1 ? '1 message found' : `${count} messages found`),
  none: 'No message found.',
  sealedLeftOut: 'Sealed mail can’t be searched on the server.',
};

const fr: typeof en = {
  count: (count: number) => (count > 1 ? `${count} messages trouvés` : `${count} message trouvé`),
  none: 'Aucun message trouvé.',
  sealedLeftOut: 'Le courrier scellé ne peut pas être cherché sur le serveur.',
};

/** Words above what a search has found. */
export const resultsWords = { en, fr } satisfies Record<Language, typeof en>;
