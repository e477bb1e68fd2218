import type { Language } from './languages.ts';

const en = {
  inbox: 'No mail yet. What arrives is shown here at once.',
  allRead: 'Nothing unread.',
  noneSuch: 'Nothing here fits the filters.',
  showAll: 'Show all',
};

const fr: typeof en = {
  inbox: 'Pas encore de courrier. Ce qui arrive s’affiche ici aussitôt.',
  allRead: 'Rien de non lu.',
  noneSuch: 'Rien ici ne passe les filtres.',
  showAll: 'Tout afficher',
};

/** Words of a list that shows nothing. */
export const emptyWords = { en, fr } satisfies Record<Language, typeof en>;
