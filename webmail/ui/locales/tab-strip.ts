import type { Language } from './languages.ts';

const en = {
  heading: 'Tabs',
  close: (name: string) => `Close the tab “${name}”`,
  options: 'Options of this tab',
  isPinned: 'pinned',
};

const fr: typeof en = {
  heading: 'Onglets',
  close: (name: string) => `Fermer l’onglet « ${name} »`,
  options: 'Options de cet onglet',
  isPinned: 'épinglé',
};

/** Words of the strip of tabs. */
export const stripWords = { en, fr } satisfies Record<Language, typeof en>;
