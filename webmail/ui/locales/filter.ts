import type { Language } from './languages.ts';

const en = {
  heading: 'Narrow the list',
  level: 'Privacy level',
  anyLevel: 'Any level',
  tag: 'Tag',
  anyTag: 'Any tag',
  importance: 'Importance',
  /** Of a lowest importance from -10 to 10; null is any. */
  importances: (least: number | null): string => {
    if (least === null) return 'Any importance';
    if (least <= -5) return 'All but the least important';
    if (least < 0) return 'Not unimportant';
    if (least === 0) return 'Ordinary or more';
    return least <= 5 ? 'Important' : 'Very important only';
  },
  clear: 'Clear',
};

const fr: typeof en = {
  heading: 'Restreindre la liste',
  level: 'Confidentialité',
  anyLevel: 'Tous les niveaux',
  tag: 'Étiquette',
  anyTag: 'Toutes les étiquettes',
  importance: 'Degré d’importance',
  importances: least => {
    if (least === null) return 'Quelle que soit l’importance';
    if (least <= -5) return 'Tout sauf le moins important';
    if (least < 0) return 'Sans ce qui importe peu';
    if (least === 0) return 'Ordinaire ou plus';
    return least <= 5 ? 'Important' : 'Très important seulement';
  },
  clear: 'Effacer',
};

/** Words of the filters of a list. */
export const filterWords = { en, fr } satisfies Record<Language, typeof en>;
