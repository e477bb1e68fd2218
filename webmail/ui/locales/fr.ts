import type { Words } from './en.ts';

/** French, key by key beside `en.ts`. */
export const fr: Words = {
  product: 'Caliopen',
  skipToContent: 'Aller aux messages',
  loading: 'Chargement…',
  retry: 'Réessayer',
  close: 'Fermer',
  back: 'Retour',
  undo: 'Annuler',
  more: 'En voir plus',

  signIn: {
    title: 'Connexion',
    lead: 'Un courrier privé qui vous dit qui pourrait le lire.',
    address: 'Adresse',
    password: 'Mot de passe',
    submit: 'Se connecter',
    working: 'Connexion…',
    refused: 'L’adresse ou le mot de passe n’est pas le bon.',
    throttled: 'Trop d’essais. Attendez un peu, puis réessayez.',
    expired: 'Votre session est terminée. Merci de vous reconnecter.',
  },

  errors: {
    offline: 'Le serveur ne répond pas. Votre courrier est en sûreté ; réessayez dans un instant.',
    server: 'Le serveur n’a pas pu répondre. Réessayez dans un instant.',
    notFound: 'Ceci n’est plus là.',
    crashed: 'Cette page a rencontré une erreur. Rien n’est perdu.',
    reload: 'Recharger la page',
    signOut: 'Vous êtes encore connecté : le serveur n’a pas répondu.',
    change: 'Le changement n’a pas pu être enregistré.',
  },

  bar: {
    search: 'Chercher dans votre courrier',
    searchShort: 'Chercher',
    searchHint: 'Des mots, "une phrase", from:nom, subject:mot, has:attachment',
    clear: 'Quitter la recherche',
    menu: 'Étiquettes',
    account: 'Compte',
    signOut: 'Se déconnecter',
    language: 'Langue',
    theme: 'Apparence',
    themes: { system: 'Comme le système', light: 'Claire', dark: 'Sombre' },
    keyboard: 'Clavier',
    keys: 'Touches seules actives',
  },

  tags: {
    heading: 'Étiquettes',
    all: 'Tout le courrier',
    own: 'Vos étiquettes',
    roles: {
      inbox: 'Réception',
      archive: 'Archives',
      drafts: 'Brouillons',
      sent: 'Envoyés',
      junk: 'Indésirables',
      trash: 'Corbeille',
    },
    unread: (count: number) => `${count} non ${count > 1 ? 'lus' : 'lu'}`,
    change: 'Étiquettes de ce message',
    add: 'Ajouter une étiquette',
    newName: 'Nouvelle étiquette',
    make: 'Créer',
    remove: (name: string) => `Retirer l’étiquette « ${name} »`,
    added: (name: string) => `Étiquette « ${name} » ajoutée.`,
    removed: (name: string) => `Étiquette « ${name} » retirée.`,
    archived: 'Placé dans les archives : un message garde toujours une étiquette.',
    none: 'Vous n’avez pas encore d’étiquette à vous. Tapez un nom pour en créer une.',
  },

  timeline: {
    empty: 'Rien ici.',
    emptyInbox: 'Pas encore de courrier. Ce qui arrive s’affiche ici aussitôt.',
    allRead: 'Rien de non lu.',
    unreadOnly: 'Non lus seulement',
    unread: 'Non lu',
    messages: (count: number) => `${count} messages`,
    attachment: 'Avec pièce jointe',
    level: (level: string) => `Niveau de confidentialité ${level}`,
    noLevel: 'Pas encore de niveau de confidentialité',
    sealedLine: 'Scellé : seule votre clé l’ouvre',
    noText: 'Sans texte',
    noSubject: 'Sans objet',
    nobody: 'Expéditeur inconnu',
    list: (name: string) => `Liste ${name}`,
    others: (count: number) => `et ${count} de plus`,
    newMail: (count: number, who: string) =>
      count === 1 ? `Nouveau message de ${who}.` : `${count} nouveaux messages, le dernier de ${who}.`,
    showNew: (count: number) => (count === 1 ? 'Voir 1 nouveau message' : `Voir ${count} nouveaux messages`),
  },

  search: {
    heading: (text: string) => `Recherche : ${text}`,
    count: (count: number) => (count > 1 ? `${count} messages trouvés` : `${count} message trouvé`),
    none: 'Aucun message trouvé.',
    sealedLeftOut: 'Le courrier scellé ne peut pas être cherché sur le serveur.',
  },

  discussion: {
    choose: 'Choisissez une discussion pour la lire ici.',
    heading: (names: string) => `Discussion avec ${names}`,
    older: 'Voir les messages plus anciens',
    alone: 'Notes à vous-même',
  },

  message: {
    originator: 'De',
    to: 'À',
    cc: 'Copie à',
    sentAt: 'Envoyé',
    receivedAt: 'Reçu',
    wholeSubject: 'Afficher l’objet en entier',
    unread: 'Non lu',
    markUnread: 'Marquer comme non lu',
    archive: 'Archiver',
    inbox: 'Remettre en réception',
    markedUnread: 'Marqué comme non lu.',
    movedToArchive: 'Archivé.',
    movedToInbox: 'Remis en réception.',
    empty: 'Ce message n’a pas de texte.',
    quoted: 'Texte cité',
    truncated: 'Ce message est très long ; seul son début est affiché.',
    encoding: 'Certains caractères de ce message n’ont pas pu être lus.',
    source: 'Enregistrer le message d’origine',
    body: (subject: string) => `Texte du message « ${subject} »`,
    remote: (count: number) =>
      count === 1
        ? '1 élément que ce message voulait charger ailleurs n’a pas été chargé.'
        : `${count} éléments que ce message voulait charger ailleurs n’ont pas été chargés.`,
    remoteHosts: 'D’où ils seraient venus',
    remoteWhy: 'Les charger dirait à l’expéditeur quand et où vous lisez.',
    leadsTo: (host: string) => `mène à ${host}`,
    htmlFailed: 'Le texte mis en forme n’a pas pu être affiché. Voici son texte simple.',
    attachments: (count: number) => (count === 1 ? '1 pièce jointe' : `${count} pièces jointes`),
    save: 'Enregistrer',
    program: 'peut exécuter du code',
    unnamed: 'Pièce jointe sans nom',
    decrypted: 'Arrivé chiffré ; ouvert avec la clé que le serveur garde pour vous.',
    signer: (who: string) => `Signé par ${who}.`,
    badSignature: 'Il porte une signature qui ne correspond pas à son texte.',
    notOpened: 'Ce message est chiffré, et aucune clé ici ne l’ouvre.',
  },

  sealed: {
    title: 'Ce message est scellé',
    text: 'Il est conservé chiffré pour votre clé, et le serveur n’a aucun moyen de l’ouvrir. Personne d’autre que vous ne peut lire son objet et son texte.',
    how: 'Enregistrez-le et ouvrez-le là où se trouve votre clé, par exemple avec GnuPG : gpg --decrypt message.eml',
    later: 'Ce webmail ne sait pas encore l’ouvrir dans le navigateur.',
    save: 'Enregistrer le message scellé',
  },

  warnings: {
    forged: {
      title: 'L’expéditeur est peut-être usurpé',
      text: (domain: string) =>
        `Les règles de ${domain} disent que ce message n’est pas le leur. N’y répondez pas et ne croyez pas ce qu’il demande. Ses liens ne mènent nulle part ici.`,
    },
    harmful: {
      title: 'Ce message semble dangereux',
      text: 'Il ressemble à une tentative de vous voler. N’y répondez pas et n’ouvrez pas ses pièces jointes. Ses liens ne mènent nulle part ici.',
    },
    spam: {
      title: 'Ceci ressemble à un indésirable',
      text: 'Il a été mis dans les indésirables. Aucun niveau de confidentialité n’est affiché pour lui.',
    },
    why: 'Pourquoi',
    ofSender: 'le domaine de l’expéditeur',
  },

  index: {
    heading: 'Indice de confidentialité',
    pictures: {
      A: 'une lettre scellée',
      B: 'une lettre fermée',
      C: 'une enveloppe ouverte',
      D: 'une lettre à moitié sortie de son enveloppe',
      E: 'une carte postale',
    },
    level: (level: string, word: string) => `${level}, ${word}`,
    summary: (value: number, picture: string) =>
      `Indice de confidentialité : ${value} sur 100, comme ${picture}.`,
    upTo: (level: string) => `peut-être ${level}`,
    upToLong: (level: string) =>
      `Certains constats ne sont pas connus. S’ils étaient tous bons, le niveau serait ${level}.`,
    why: 'Pourquoi ce niveau',
    hide: 'Cacher les raisons',
    caption: 'De quoi le niveau est fait',
    columns: { fact: 'Constat', value: 'Valeur', source: 'Source', effect: 'Effet' },
    partValue: (value: string, weight: number) => `${value} sur 100, compte pour ${weight} %`,
    effect: (points: string, of: string) => `${points} sur ${of}`,
    unknown: 'pas connu',
    ceiling: (sentence: string, at: number) => `${sentence} L’indice ne peut donc pas dépasser ${at}.`,
    none: 'Ce message n’a pas encore d’indice de confidentialité. Il sera recalculé plus tard.',
    notKnownHeading: 'Ce qui n’est pas connu',
    stepsHeading: 'Ce qui l’améliorerait',
    gain: (gain: number, level: string) => `+${gain}, vers le niveau ${level}`,
    gainSame: (gain: number) => `+${gain}`,
    together: ' et ',
    noSteps: 'Rien de ce que vous ou eux pourriez faire maintenant ne l’améliorerait.',
    stepLetters: {
      askToEncrypt:
        'Bonjour ! J’aimerais que nous soyons les seuls à pouvoir lire notre courrier. Pourrais-tu m’écrire chiffré avec OpenPGP ? Mon adresse suffit pour trouver ma clé ; si ton logiciel ne la trouve pas, je te l’enverrai.',
      theirProvider:
        'Bonjour ! Ton fournisseur de courrier n’offre pas encore tout ce qui protège un message en chemin : un TLS moderne et une politique DMARC pour ton domaine. Pourrais-tu le lui demander ?',
    },
    act: 'Le faire',
    add: (who: string) => `Ajouter ${who}`,
    added: 'Ajouté à vos contacts. L’indice a été recalculé.',
    nobodyToAdd: 'Il n’y a plus personne à ajouter. Une liste de diffusion ne peut pas être un contact.',
    fingerprint: (who: string) => `Empreinte de la clé qui a signé pour ${who}`,
    isSame:
      'Est-ce la même, caractère par caractère, que celle que la personne vous a lue ? Sinon, ne confirmez pas : quelqu’un d’autre a peut-être écrit ce message.',
    confirm: 'Oui, c’est la même',
    confirmed: 'Clé confirmée. L’indice a été recalculé.',
    copy: 'Copier ces lignes',
    copied: 'Copié.',
    show: 'Comment',
  },

  keys: {
    heading: 'Clavier',
    rows: [
      ['j', 'Discussion suivante'],
      ['k', 'Discussion précédente'],
      ['Entrée', 'Ouvrir'],
      ['Échap', 'Revenir à la liste'],
      ['/', 'Chercher'],
      ['e', 'Archiver le message ouvert'],
      ['u', 'Marquer le message ouvert comme non lu'],
      ['?', 'Cette liste'],
    ],
  },

  units: { octets: 'o', kilo: 'ko', mega: 'Mo' },
};
