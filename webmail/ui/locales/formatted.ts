import type { Language } from './languages.ts';

const en = {
  quoted: 'Quoted text',
  htmlFailed: 'The formatted text could not be shown. Here is its plain text.',
};

const fr: typeof en = {
  quoted: 'Texte cité',
  htmlFailed: 'Le texte mis en forme n’a pas pu être affiché. Voici son texte simple.',
};

/** Words of formatted and quoted text. */
export const formattedWords = { en, fr } satisfies Record<Language, typeof en>;
