import type { TagColour } from '../tag-colours.ts';
import type { Language } from './languages.ts';

const messages = (count: number) => (count === 1 ? '1 message' : `${count} messages`);

const colours: Readonly<Record<TagColour, string>> = {
  red: 'Red',
  orange: 'Orange',
  yellow: 'Yellow',
  green: 'Green',
  teal: 'Teal',
  blue: 'Blue',
  violet: 'Violet',
  pink: 'Pink',
  brown: 'Brown',
  grey: 'Grey',
};

const en = {
  lead: 'A message can carry many tags. Inbox, archive and the other fixed places can’t be changed.',
  newHeading: 'New tag',
  ownHeading: 'Your tags',
  none: 'You have no tag of your own yet.',
  name: 'Name',
  colour: 'Colour',
  noColour: 'None',
  colours,
  under: 'Lies under',
  top: 'Nothing: at the top',
  make: 'Make the tag',
  made: (name: string) => `Tag “${name}” made.`,
  messages,
  change: (name: string) => `Change the tag “${name}”`,
  changeShort: 'Change',
  save: 'Save',
  cancel: 'Cancel',
  changed: (name: string) => `Tag “${name}” changed.`,
  remove: 'Delete the tag',
  removeTitle: (name: string) => `Delete the tag “${name}”?`,
  removeText: (count: number, under: number) =>
    [
      count === 0
        ? 'No message carries it.'
        : `${messages(count)} will lose it. Not one is deleted: those without another tag go to the archive.`,
      under > 0 ? 'Tags under it move up.' : '',
      'Rules and saved lists that name it go, too.',
    ]
      .filter(Boolean)
      .join(' '),
  removing: (name: string) => `Deleting the tag “${name}”…`,
  removed: (name: string) => `Tag “${name}” deleted. Its messages are still there.`,
  removedPartly: (name: string) =>
    `The tag “${name}” is still there: not all of its messages could be changed.`,
  restoring: (name: string) => `Bringing back the tag “${name}”…`,
  restored: (name: string) => `Tag “${name}” is back.`,
  restoredPartly: (name: string, count: number) => `Tag “${name}” is back, but not on ${messages(count)}.`,
  taken: (name: string) => `There is a tag “${name}” in this place already.`,
  wrong: 'This name or place can’t be.',
};

const s = (count: number) => (count > 1 ? 's' : '');

const fr: typeof en = {
  lead: 'Un message peut porter plusieurs étiquettes. La réception, les archives et les autres places fixes ne peuvent pas être modifiées.',
  newHeading: 'Nouvelle étiquette',
  ownHeading: 'Vos étiquettes',
  none: 'Vous n’avez pas encore d’étiquette à vous.',
  name: 'Nom',
  colour: 'Couleur',
  noColour: 'Aucune',
  colours: {
    red: 'Rouge',
    orange: 'Orange',
    yellow: 'Jaune',
    green: 'Vert',
    teal: 'Bleu canard',
    blue: 'Bleu',
    violet: 'Violet',
    pink: 'Rose',
    brown: 'Brun',
    grey: 'Gris',
  },
  under: 'Placée sous',
  top: 'Aucune : au premier niveau',
  make: 'Créer l’étiquette',
  made: name => `Étiquette « ${name} » créée.`,
  messages: count => `${count} message${s(count)}`,
  change: name => `Modifier l’étiquette « ${name} »`,
  changeShort: 'Modifier',
  save: 'Enregistrer',
  cancel: 'Annuler',
  changed: name => `Étiquette « ${name} » modifiée.`,
  remove: 'Supprimer l’étiquette',
  removeTitle: name => `Supprimer l’étiquette « ${name} » ?`,
  removeText: (count, under) =>
    [
      count === 0
        ? 'Aucun message ne la porte.'
        : `${count} message${s(count)} la ${count > 1 ? 'perdront' : 'perdra'}. Aucun n’est supprimé : ceux qui n’ont pas d’autre étiquette vont aux archives.`,
      under > 0 ? 'Les étiquettes placées sous elle remontent.' : '',
      'Les règles et les listes enregistrées qui la nomment disparaissent aussi.',
    ]
      .filter(Boolean)
      .join(' '),
  removing: name => `Suppression de l’étiquette « ${name} »…`,
  removed: name => `Étiquette « ${name} » supprimée. Ses messages sont toujours là.`,
  removedPartly: name =>
    `L’étiquette « ${name} » existe encore : tous ses messages n’ont pas pu être modifiés.`,
  restoring: name => `Rétablissement de l’étiquette « ${name} »…`,
  restored: name => `L’étiquette « ${name} » est rétablie.`,
  restoredPartly: (name, count) =>
    `L’étiquette « ${name} » est rétablie, sauf sur ${count} message${s(count)}.`,
  taken: name => `Il y a déjà une étiquette « ${name} » à cette place.`,
  wrong: 'Ce nom ou cette place n’est pas possible.',
};

/** Words of the page of tags. */
export const tagsWords = { en, fr } satisfies Record<Language, typeof en>;
