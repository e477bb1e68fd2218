import type { Language } from './languages.ts';

const en = {
  heading: 'Content from elsewhere',
  wanted: (count: number) =>
    count === 1
      ? '1 thing from elsewhere was not loaded.'
      : `${count} things from elsewhere were not loaded.`,
  fetched: (count: number) =>
    count === 1 ? '1 picture comes through this server.' : `${count} pictures come through this server.`,
  show: 'Show the pictures',
  hide: 'Leave the pictures out again',
  working: 'Asking for the pictures…',
  shown: 'The pictures are shown.',
  failed: 'This server could not fetch the pictures.',
  hosts: 'Where they come from',
  leftHosts: 'What is still left out',
  why: 'Loading them would tell the sender when and where you read.',
  learns:
    'This server would fetch them. The sender can learn that somebody opened the message and when, but not where you are nor what you read with.',
  beacons: 'Left out because they are only there to report that you read:',
  more: (count: number) => `and ${count} more`,
};

const fr: typeof en = {
  heading: 'Contenus d’ailleurs',
  wanted: count =>
    count === 1
      ? '1 contenu d’ailleurs n’a pas été chargé.'
      : `${count} contenus d’ailleurs n’ont pas été chargés.`,
  fetched: count =>
    count === 1 ? '1 image passe par ce serveur.' : `${count} images passent par ce serveur.`,
  show: 'Afficher les images',
  hide: 'Ne plus afficher les images',
  working: 'Demande des images…',
  shown: 'Les images sont affichées.',
  failed: 'Ce serveur n’a pas pu aller chercher les images.',
  hosts: 'D’où ils viennent',
  leftHosts: 'Ce qui reste écarté',
  why: 'Les charger dirait à l’expéditeur quand et où vous lisez.',
  learns:
    'Ce serveur irait les chercher. L’expéditeur peut apprendre que le message a été ouvert et quand, mais ni où vous êtes ni avec quoi vous lisez.',
  beacons: 'Écartées, car elles ne servent qu’à signaler que vous lisez :',
  more: count => `et ${count} autres`,
};

/** Words around the remote content of a message. */
export const pictureWords = { en, fr } satisfies Record<Language, typeof en>;
