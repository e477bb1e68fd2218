import type { Language } from './languages.ts';

const en = {
  lead: 'Private mail for the mail server that somebody runs for you.',
  running: 'What runs here',
  version: 'Version',
  commit: 'Commit',
  node: 'Node.js',
  requests: 'Files fetched at the start',
  licence: 'Licence',
  licenceText:
    'Caliopen is free software. Whoever uses it, over the network as well, may have its source, change it and pass it on under the same licence.',
  source: 'Get the source of what runs here',
  noSource:
    'Whoever runs this server has not said yet where its source is had. They can with the setting web.sourceUrl.',
  weight: 'What this webmail weighs',
  columns: { part: 'Part', files: 'Files', sent: 'As it is sent', plain: 'Unpacked' },
  parts: {
    scriptStart: 'Scripts at the start',
    styleStart: 'Styles at the start',
    scriptLater: 'Scripts fetched when needed',
    styleLater: 'Styles fetched when needed',
  },
  packages: 'What others wrote',
  packagesText: 'The webmail holds code of these packages, each under its own licence.',
};

const fr: typeof en = {
  lead: 'Un courrier privé, sur le serveur que quelqu’un fait tourner pour vous.',
  running: 'Ce qui tourne ici',
  version: 'Numéro de version',
  commit: 'Révision',
  node: 'Version de Node.js',
  requests: 'Fichiers chargés au démarrage',
  licence: 'Licence d’utilisation',
  licenceText:
    'Caliopen est un logiciel libre. Qui s’en sert, même par le réseau, peut en avoir le code source, le modifier et le transmettre sous la même licence.',
  source: 'Obtenir le code source de ce qui tourne ici',
  noSource:
    'Qui administre ce serveur n’a pas encore dit où en obtenir le code source. C’est le réglage web.sourceUrl.',
  weight: 'Ce que pèse ce webmail',
  columns: { part: 'Partie', files: 'Fichiers', sent: 'Tel qu’envoyé', plain: 'Décompressé' },
  parts: {
    scriptStart: 'Scripts au démarrage',
    styleStart: 'Styles au démarrage',
    scriptLater: 'Scripts chargés au besoin',
    styleLater: 'Styles chargés au besoin',
  },
  packages: 'Ce que d’autres ont écrit',
  packagesText: 'Le webmail contient du code de ces paquets, chacun sous sa propre licence.',
};

/** Words of the page about what runs here. */
export const aboutWords = { en, fr } satisfies Record<Language, typeof en>;
