import type { Language } from './languages.ts';

const en = {
  none: 'No tag of your own yet. Type a name to make one.',
  newName: 'Name of a new tag',
  make: 'Make',
  added: (name: string) => `Tag “${name}” added.`,
};

const fr: typeof en = {
  none: 'Vous n’avez pas encore d’étiquette à vous. Tapez un nom pour en créer une.',
  newName: 'Nouvelle étiquette',
  make: 'Créer',
  added: (name: string) => `Étiquette « ${name} » ajoutée.`,
};

/** Words of the choice of tags for messages. */
export const choicesWords = { en, fr } satisfies Record<Language, typeof en>;
