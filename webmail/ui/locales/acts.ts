import type { Language } from './languages.ts';

const messages = (count: number) => (count === 1 ? '1 message' : `${count} messages`);

const en = {
  done: {
    archive: (count: number) => `${messages(count)} archived.`,
    inbox: (count: number) => `${messages(count)} moved to the inbox.`,
    junk: (count: number) => `${messages(count)} moved to junk.`,
    notJunk: (count: number) => `${messages(count)} moved back to the inbox: no junk.`,
    trash: (count: number) => `${messages(count)} moved to the trash.`,
    read: (count: number) => `${messages(count)} marked as read.`,
    unread: (count: number) => `${messages(count)} marked as unread.`,
    destroyed: (count: number) => `${messages(count)} deleted for good.`,
  },
  tagged: (count: number, name: string) => `“${name}” added to ${messages(count)}.`,
  untagged: (count: number, name: string) => `“${name}” removed from ${messages(count)}.`,
  undone: (count: number) => `Undone for ${messages(count)}.`,
  nothing: 'Nothing had to be changed.',
  failed: (count: number) => `${messages(count)} could not be changed. What is left stays selected.`,
  undoFailed: (count: number) => `${messages(count)} could not be changed back.`,
  stopped: 'Stopped. What is left stays as it was.',
  working: 'Changing messages…',
  undoing: 'Taking it back…',
  destroying: 'Deleting…',
  destroyTitle: 'Delete for good?',
  destroyText: (count: number) => `${messages(count)} will be gone for good. This can’t be undone.`,
  destroy: 'Delete for good',
  bar: {
    label: 'Selected messages',
    selected: (count: number) => `${count} selected`,
    whole: (count: number) =>
      count === 1 ? 'The 1 message of this list' : `All ${count} messages of this list`,
    counting: 'All messages of this list',
    all: 'All shown',
    wholeOffer: 'Whole list',
    clear: 'End the selection',
    archive: 'Archive',
    inbox: 'Move to the inbox',
    junk: 'Junk',
    notJunk: 'Not junk',
    trash: 'Delete',
    destroy: 'Delete for good',
    read: 'Mark as read',
    unread: 'Mark as unread',
    tag: 'Tags',
  },
};

const lus = (count: number) => (count === 1 ? '1 message' : `${count} messages`);
const s = (count: number) => (count > 1 ? 's' : '');

const fr: typeof en = {
  done: {
    archive: count => `${lus(count)} archivé${s(count)}.`,
    inbox: count => `${lus(count)} replacé${s(count)} dans la réception.`,
    junk: count => `${lus(count)} placé${s(count)} dans les indésirables.`,
    notJunk: count => `${lus(count)} replacé${s(count)} dans la réception : légitime${s(count)}.`,
    trash: count => `${lus(count)} placé${s(count)} dans la corbeille.`,
    read: count => `${lus(count)} marqué${s(count)} comme lu${s(count)}.`,
    unread: count => `${lus(count)} marqué${s(count)} comme non lu${s(count)}.`,
    destroyed: count => `${lus(count)} supprimé${s(count)} définitivement.`,
  },
  tagged: (count, name) => `« ${name} » ajoutée à ${lus(count)}.`,
  untagged: (count, name) => `« ${name} » retirée de ${lus(count)}.`,
  undone: count => `Annulé pour ${lus(count)}.`,
  nothing: 'Il n’y avait rien à changer.',
  failed: count =>
    `${lus(count)} n’${count > 1 ? 'ont' : 'a'} pas pu être modifié${s(count)}. Ce qui reste est toujours sélectionné.`,
  undoFailed: count => `${lus(count)} n’${count > 1 ? 'ont' : 'a'} pas pu être rétabli${s(count)}.`,
  stopped: 'Arrêté. Le reste n’a pas changé.',
  working: 'Modification des messages…',
  undoing: 'Annulation en cours…',
  destroying: 'Suppression en cours…',
  destroyTitle: 'Supprimer définitivement ?',
  destroyText: count =>
    `${lus(count)} ${count > 1 ? 'disparaîtront' : 'disparaîtra'} pour toujours. Cela ne peut pas être annulé.`,
  destroy: 'Supprimer définitivement',
  bar: {
    label: 'Messages sélectionnés',
    selected: count => `${count} sélectionné${s(count)}`,
    whole: count => (count === 1 ? 'Le seul message de cette liste' : `Les ${count} messages de cette liste`),
    counting: 'Tous les messages de cette liste',
    all: 'Tous les affichés',
    wholeOffer: 'Toute la liste',
    clear: 'Quitter la sélection',
    archive: 'Archiver',
    inbox: 'Placer dans la réception',
    junk: 'Indésirable',
    notJunk: 'Légitime',
    trash: 'Supprimer',
    destroy: 'Supprimer définitivement',
    read: 'Marquer comme lu',
    unread: 'Marquer comme non lu',
    tag: 'Étiquettes',
  },
};

/** Words of acts on many messages at once. */
export const actsWords = { en, fr } satisfies Record<Language, typeof en>;
