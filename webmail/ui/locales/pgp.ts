import type { ImportFailure, OpenFailure } from '../../device/protocol.ts';
import type { Language } from './languages.ts';

const en = {
  title: 'This message is sealed',
  titleEncrypted: 'This message is encrypted',
  text: 'It is stored encrypted to your key, and the server has no way to open it. Nobody but you can read its subject and text.',
  textEncrypted: 'The server has no key that opens it. A key on this device may.',
  checking: 'Looking for a key on this device…',
  save: 'Save it as it is',
  how: 'You can also open it elsewhere, for example with GnuPG: gpg --decrypt message.eml',
  draft: 'Drafts are not opened by themselves: somebody else could have put one here.',
  openDraft: 'Open it',
  inside: 'Your key opened the seal of this server. Inside, the message is encrypted once more.',

  passphrase: 'Passphrase of your key',
  passphraseHint: 'It stays in this browser, and unlocks your key for 15 minutes after its last use.',
  ofKey: (who: string) => `Key of ${who}`,
  unlock: 'Open',
  unlocking: 'Opening…',
  wrong: 'This passphrase opens no key on this device.',
  otherKey: 'This passphrase has unlocked another key, not the one that this message needs.',
  missing: 'Type the passphrase first.',

  failures: {
    locked: 'Your key is locked.',
    noKey: 'No key on this device opens it.',
    noIntegrity:
      'Its encryption does not show whether somebody changed it on the way. It is not opened, because what it says could be a trap.',
    tooLarge: 'It grows too large when it is opened.',
    malformed: 'It is damaged and can’t be opened. Ask the sender to send it again.',
    notEncrypted: 'There is nothing in it that a key could open.',
  } satisfies Record<OpenFailure, string>,
  encryptedTo: (ids: string) => `It is encrypted to these keys: ${ids}`,
  insecure:
    'Keys can be used only over HTTPS: on this connection the browser has no cryptography. Save the message and open it elsewhere.',
  fault: 'The part of this page that opens mail has failed.',

  opened: 'Opened on this device with your key.',
  openedTold: 'Opened. The privacy index takes in what was found.',
  openedWhy:
    'The text stays in this browser. Only what the index needs goes to the server: whether it is signed, and by which key, whether it tracks you, loads from elsewhere or hides its subject.',
  lock: 'Lock now',
  locked: 'Locked. What was opened is gone from this page.',

  keys: {
    heading: 'Keys on this device',
    none: 'There is no key on this device yet.',
    where:
      'A key is kept in this browser alone, locked by its passphrase. It is never sent anywhere, and clearing the data of this site deletes it: keep a copy of the file at a safe place.',
    fingerprint: 'Fingerprint',
    nameless: 'Key without a name',
    untilSignOut: 'Forgotten when you sign out',
    save: 'Save a copy',
    saveOf: (who: string) => `Save a copy of the key of ${who}`,
    remove: 'Remove',
    removeOf: (who: string) => `Remove the key of ${who}`,
    sure: 'Remove it from this device? Without another copy, nobody will ever open the mail that is encrypted to it.',
    confirm: 'Yes, remove it',
    keep: 'Keep it',
    removed: 'The key was removed from this device.',

    addHeading: 'Bring your key',
    addAnother: 'Bring another key',
    add: 'Add the key',
    adding: 'Adding…',
    file: 'File with your secret key',
    fileHint: 'For example from GnuPG: gpg --export-secret-keys --armor you@example.org > key.asc',
    pasted: 'Or its text',
    newPassphrase: 'New passphrase for this key',
    newPassphraseHint:
      'At least 10 characters. Several words in a row are easy to remember and hard to guess.',
    shared: 'Other people use this device: forget the key when I sign out',
    added: (count: number) =>
      count === 1 ? 'The key is on this device.' : `${count} keys are on this device.`,
    failures: {
      noKey: 'No OpenPGP secret key was found in it.',
      unprotected: 'This key has no passphrase. Give it one: only locked keys are kept here.',
      weakPassphrase: 'The passphrase is too short.',
      onCard: 'The secret part of this key is on a card or elsewhere, so it can’t be used here.',
      tooLarge: 'This file is too large for a key.',
    } satisfies Record<ImportFailure, string>,
    nothing: 'Choose a file or paste the key first.',
    unreadable: 'The file could not be read.',
    refused: 'The browser does not let this page keep a key. Private windows often don’t.',
  },
};

const fr: typeof en = {
  title: 'Ce message est scellé',
  titleEncrypted: 'Ce message est chiffré',
  text: 'Il est conservé chiffré pour votre clé, et le serveur n’a aucun moyen de l’ouvrir. Personne d’autre que vous ne peut lire son objet ni son texte.',
  textEncrypted: 'Le serveur n’a aucune clé qui l’ouvre. Une clé de cet appareil le peut peut-être.',
  checking: 'Recherche d’une clé sur cet appareil…',
  save: 'L’enregistrer tel quel',
  how: 'Vous pouvez aussi l’ouvrir ailleurs, par exemple avec GnuPG : gpg --decrypt message.eml',
  draft: 'Les brouillons ne s’ouvrent pas d’eux-mêmes : quelqu’un d’autre pourrait en avoir déposé un ici.',
  openDraft: 'L’ouvrir',
  inside: 'Votre clé a ouvert le sceau de ce serveur. À l’intérieur, le message est encore chiffré.',

  passphrase: 'Phrase secrète de votre clé',
  passphraseHint:
    'Elle reste dans ce navigateur, et déverrouille votre clé pendant 15 minutes après sa dernière utilisation.',
  ofKey: who => `Clé de ${who}`,
  unlock: 'Ouvrir',
  unlocking: 'Ouverture…',
  wrong: 'Cette phrase secrète n’ouvre aucune clé de cet appareil.',
  otherKey: 'Cette phrase secrète a déverrouillé une autre clé que celle dont ce message a besoin.',
  missing: 'Saisissez d’abord la phrase secrète.',

  failures: {
    locked: 'Votre clé est verrouillée.',
    noKey: 'Aucune clé de cet appareil ne l’ouvre.',
    noIntegrity:
      'Son chiffrement ne montre pas si quelqu’un l’a modifié en chemin. Il n’est pas ouvert, car ce qu’il dit pourrait être un piège.',
    tooLarge: 'Une fois ouvert, il devient trop volumineux.',
    malformed: 'Il est endommagé et ne peut pas être ouvert. Demandez à l’expéditeur de le renvoyer.',
    notEncrypted: 'Il ne contient rien qu’une clé pourrait ouvrir.',
  },
  encryptedTo: ids => `Il est chiffré pour ces clés : ${ids}`,
  insecure:
    'Les clés ne s’utilisent qu’avec HTTPS : sur cette connexion, le navigateur n’a pas de cryptographie. Enregistrez le message et ouvrez-le ailleurs.',
  fault: 'La partie de cette page qui ouvre les messages a échoué.',

  opened: 'Ouvert sur cet appareil avec votre clé.',
  openedTold: 'Ouvert. L’indice de confidentialité tient compte de ce qui a été constaté.',
  openedWhy:
    'Le texte reste dans ce navigateur. Seul ce dont l’indice a besoin va au serveur : s’il est signé, et par quelle clé, s’il vous piste, charge des contenus d’ailleurs ou cache son objet.',
  lock: 'Verrouiller maintenant',
  locked: 'Verrouillé. Ce qui était ouvert a disparu de cette page.',

  keys: {
    heading: 'Clés de cet appareil',
    none: 'Il n’y a pas encore de clé sur cet appareil.',
    where:
      'Une clé est conservée dans ce seul navigateur, verrouillée par sa phrase secrète. Elle n’est jamais envoyée, et effacer les données de ce site la supprime : gardez une copie du fichier en lieu sûr.',
    fingerprint: 'Empreinte',
    nameless: 'Clé sans nom',
    untilSignOut: 'Oubliée quand vous vous déconnectez',
    save: 'Enregistrer une copie',
    saveOf: who => `Enregistrer une copie de la clé de ${who}`,
    remove: 'Retirer',
    removeOf: who => `Retirer la clé de ${who}`,
    sure: 'La retirer de cet appareil ? Sans autre copie, plus personne n’ouvrira jamais les messages chiffrés pour elle.',
    confirm: 'Oui, la retirer',
    keep: 'La garder',
    removed: 'La clé a été retirée de cet appareil.',

    addHeading: 'Apportez votre clé',
    addAnother: 'Apportez une autre clé',
    add: 'Ajouter la clé',
    adding: 'Ajout…',
    file: 'Fichier de votre clé secrète',
    fileHint: 'Par exemple depuis GnuPG : gpg --export-secret-keys --armor vous@example.org > key.asc',
    pasted: 'Ou son texte',
    newPassphrase: 'Nouvelle phrase secrète pour cette clé',
    newPassphraseHint:
      'Au moins 10 caractères. Plusieurs mots à la suite se retiennent bien et se devinent mal.',
    shared: 'D’autres personnes utilisent cet appareil : oublier la clé quand je me déconnecte',
    added: count => (count === 1 ? 'La clé est sur cet appareil.' : `${count} clés sont sur cet appareil.`),
    failures: {
      noKey: 'Aucune clé secrète OpenPGP n’y a été trouvée.',
      unprotected:
        'Cette clé n’a pas de phrase secrète. Donnez-lui-en une : seules les clés verrouillées sont conservées ici.',
      weakPassphrase: 'La phrase secrète est trop courte.',
      onCard: 'La partie secrète de cette clé est sur une carte ou ailleurs : elle ne peut pas servir ici.',
      tooLarge: 'Ce fichier est trop volumineux pour une clé.',
    },
    nothing: 'Choisissez d’abord un fichier ou collez la clé.',
    unreadable: 'Le fichier n’a pas pu être lu.',
    refused:
      'Le navigateur ne laisse pas cette page conserver une clé. C’est souvent le cas en navigation privée.',
  },
};

/** Words around mail that is opened on this device, and its keys. */
export const pgpWords = { en, fr } satisfies Record<Language, typeof en>;
