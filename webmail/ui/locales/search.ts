import type { Language } from './languages.ts';

interface SearchHelp {
  readonly intro: string;
  /** What is typed, and what it finds; what ends with a colon wants a value behind it. */
  readonly rows: readonly { readonly typed: string; readonly text: string }[];
  readonly more: string;
}

const en: SearchHelp = {
  intro: 'Words are found in subject, text, names and addresses. These narrow a search down:',
  rows: [
    { typed: 'from:', text: 'by who wrote: from:anna' },
    { typed: 'to:', text: 'by who got it: to:club' },
    { typed: 'subject:', text: 'by its subject: subject:boat' },
    { typed: 'has:attachment', text: 'with files' },
    { typed: 'is:unread', text: 'not read yet' },
    { typed: 'in:', text: 'by tag: in:inbox, in:"summer house"' },
    { typed: 'before:', text: 'older than a day: before:2026-01-31' },
    { typed: 'after:', text: 'newer than a day: after:2026-01-31' },
    { typed: 'level:', text: 'by privacy level: level:A' },
    { typed: 'larger:', text: 'by size: larger:1M' },
  ],
  more: '"a phrase", word* for a beginning, -word to leave out, OR between two.',
};

const fr: SearchHelp = {
  intro: 'Les mots sont cherchés dans l’objet, le texte, les noms et les adresses. Pour préciser :',
  rows: [
    { typed: 'de:', text: 'selon l’auteur : de:anna' },
    { typed: 'a:', text: 'selon le destinataire : a:club' },
    { typed: 'objet:', text: 'selon l’objet : objet:bateau' },
    { typed: 'has:piece-jointe', text: 'avec pièce jointe' },
    { typed: 'is:non-lu', text: 'pas encore lus' },
    { typed: 'dans:', text: 'selon l’étiquette : dans:réception, dans:"maison d’été"' },
    { typed: 'avant:', text: 'avant un jour : avant:2026-01-31' },
    { typed: 'apres:', text: 'après un jour : apres:2026-01-31' },
    { typed: 'niveau:', text: 'selon le niveau : niveau:A' },
    { typed: 'larger:', text: 'selon la taille : larger:1M' },
  ],
  more: '"une phrase", mot* pour un début, -mot pour exclure, OU entre deux.',
};

/** Words of the help beside the search field. */
export const searchWords = { en, fr } satisfies Record<Language, SearchHelp>;
