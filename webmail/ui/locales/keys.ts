import type { Language } from './languages.ts';

interface KeyGroup {
  readonly heading: string;
  /** Keys that do the same, and what they do. */
  readonly rows: readonly { readonly keys: readonly string[]; readonly text: string }[];
}

const en: {
  readonly intro: string;
  readonly columns: readonly [string, string];
  readonly groups: readonly KeyGroup[];
} = {
  intro: 'A key acts on the selected rows, else on the row in focus, else on the open message.',
  columns: ['Key', 'Effect'],
  groups: [
    {
      heading: 'Going',
      rows: [
        { keys: ['j', '↓'], text: 'Next row' },
        { keys: ['k', '↑'], text: 'Row before' },
        { keys: ['o', 'Enter'], text: 'Open it' },
        { keys: ['Esc'], text: 'One step back: end the selection, then leave what is read' },
        { keys: [']'], text: 'Next tab' },
        { keys: ['['], text: 'Tab before' },
        { keys: ['x'], text: 'Close this tab' },
        { keys: ['/'], text: 'Search' },
      ],
    },
    {
      heading: 'Selecting',
      rows: [
        { keys: ['s', 'Space'], text: 'Select the row, or leave it out' },
        { keys: ['*'], text: 'Select all shown, or none' },
      ],
    },
    {
      heading: 'Doing',
      rows: [
        { keys: ['e'], text: 'Archive; in the archive: back to the inbox' },
        { keys: ['!'], text: 'Junk; in junk: not junk' },
        { keys: ['#', 'Del'], text: 'Delete; in the trash: for good' },
        { keys: ['u'], text: 'Mark as unread, or as read again' },
        { keys: ['t'], text: 'Change tags' },
        { keys: ['z'], text: 'Undo' },
        { keys: ['?'], text: 'This table' },
      ],
    },
  ],
};

const fr: typeof en = {
  intro:
    'Une touche agit sur les lignes sélectionnées, sinon sur la ligne active, sinon sur le message ouvert.',
  columns: ['Touche', 'Effet'],
  groups: [
    {
      heading: 'Se déplacer',
      rows: [
        { keys: ['j', '↓'], text: 'Ligne suivante' },
        { keys: ['k', '↑'], text: 'Ligne précédente' },
        { keys: ['o', 'Entrée'], text: 'L’ouvrir' },
        { keys: ['Échap'], text: 'Un pas en arrière : quitter la sélection, puis ce qui est lu' },
        { keys: [']'], text: 'Onglet suivant' },
        { keys: ['['], text: 'Onglet précédent' },
        { keys: ['x'], text: 'Fermer cet onglet' },
        { keys: ['/'], text: 'Chercher' },
      ],
    },
    {
      heading: 'Sélectionner',
      rows: [
        { keys: ['s', 'Espace'], text: 'Sélectionner la ligne, ou la désélectionner' },
        { keys: ['*'], text: 'Sélectionner tout ce qui est affiché, ou rien' },
      ],
    },
    {
      heading: 'Agir',
      rows: [
        { keys: ['e'], text: 'Archiver ; dans les archives : remettre en réception' },
        { keys: ['!'], text: 'Indésirable ; dans les indésirables : légitime' },
        { keys: ['#', 'Suppr'], text: 'Supprimer ; dans la corbeille : définitivement' },
        { keys: ['u'], text: 'Marquer comme non lu, ou de nouveau comme lu' },
        { keys: ['t'], text: 'Changer les étiquettes' },
        { keys: ['z'], text: 'Annuler' },
        { keys: ['?'], text: 'Ce tableau' },
      ],
    },
  ],
};

/** The map of keys in words. */
export const keysWords = { en, fr } satisfies Record<Language, typeof en>;
