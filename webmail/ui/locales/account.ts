import type { Language } from './languages.ts';

const en = {
  pictures: {
    A: 'a sealed letter',
    B: 'a closed letter',
    C: 'an open envelope',
    D: 'a letter half out of its envelope',
    E: 'a postcard',
  },
  summary: (value: number, picture: string) => `Privacy index: ${value} of 100, like ${picture}.`,
  range: (level: string, best: string) =>
    `${level}, could be ${best}: some facts are not known. If all of them were good, the level would be ${best}.`,
  caption: 'What the level is made of',
  columns: { fact: 'Fact', value: 'Value', source: 'Source', effect: 'Effect' },
  partValue: (value: string, weight: number) => `${value} of 100, counts for ${weight}%`,
  effect: (points: string, of: string) => `${points} of ${of}`,
  unknown: 'not known',
  ceiling: (sentence: string, at: number) => `${sentence} So the index can’t be above ${at}.`,
  notKnownHeading: 'What is not known',
  stepsHeading: 'What would raise it',
  gain: (gain: number, level: string) => `+${gain}, to level ${level}`,
  gainSame: (gain: number) => `+${gain}`,
  together: ' and ',
  noSteps: 'Nothing you or they could do now would raise it.',
  stepLetters: {
    askToEncrypt:
      'Hello! I would like our mail to be readable by the two of us only. Could you write to me encrypted with OpenPGP? My address is enough to find my key; if your mail program can’t find it, I will send it to you.',
    theirProvider:
      'Hello! Your mail provider does not yet offer all that protects mail on the way: modern TLS and a DMARC policy for your domain. Could you ask them for it?',
  } as Record<string, string>,
  act: 'Do it',
  add: (who: string) => `Add ${who}`,
  added: 'Added to your contacts. The index was worked out again.',
  nobodyToAdd: 'Nobody is left to add. A mailing list can’t be a contact.',
  fingerprint: (who: string) => `Fingerprint of the key that signed for ${who}`,
  isSame:
    'Is it the same, character by character, as the one they read out to you? If not, do not confirm: somebody else may have written this.',
  confirm: 'Yes, it is the same',
  confirmed: 'Key confirmed. The index was worked out again.',
  copy: 'Copy these lines',
  copied: 'Copied.',
  notCopied: 'The browser did not allow copying.',
  show: 'How',
  parts: 'Its three parts',
  sum: (terms: string, exact: string) => `Together: ${terms} = ${exact}`,
  rounded: (value: number) => `rounded to ${value}.`,
};

const fr: typeof en = {
  pictures: {
    A: 'une lettre scellée',
    B: 'une lettre fermée',
    C: 'une enveloppe ouverte',
    D: 'une lettre à moitié sortie de son enveloppe',
    E: 'une carte postale',
  },
  summary: (value, picture) => `Indice de confidentialité : ${value} sur 100, comme ${picture}.`,
  range: (level, best) =>
    `${level}, peut-être ${best} : certains constats ne sont pas connus. S’ils étaient tous bons, le niveau serait ${best}.`,
  caption: 'De quoi le niveau est fait',
  columns: { fact: 'Constat', value: 'Valeur', source: 'Source', effect: 'Effet' },
  partValue: (value, weight) => `${value} sur 100, compte pour ${weight} %`,
  effect: (points, of) => `${points} sur ${of}`,
  unknown: 'pas connu',
  ceiling: (sentence, at) => `${sentence} L’indice ne peut donc pas dépasser ${at}.`,
  notKnownHeading: 'Ce qui n’est pas connu',
  stepsHeading: 'Ce qui l’améliorerait',
  gain: (gain, level) => `+${gain}, vers le niveau ${level}`,
  gainSame: gain => `+${gain}`,
  together: ' et ',
  noSteps: 'Rien de ce que vous ou eux pourriez faire maintenant ne l’améliorerait.',
  stepLetters: {
    askToEncrypt:
      'Bonjour ! J’aimerais que nous soyons les seuls à pouvoir lire notre courrier. Pourriez-vous m’écrire chiffré avec OpenPGP ? Mon adresse suffit pour trouver ma clé ; si votre logiciel ne la trouve pas, je vous l’enverrai.',
    theirProvider:
      'Bonjour ! Votre fournisseur de courrier n’offre pas encore tout ce qui protège un message en chemin : un TLS moderne et une politique DMARC pour votre domaine. Pourriez-vous le lui demander ?',
  },
  act: 'Le faire',
  add: who => `Ajouter ${who}`,
  added: 'Ajouté à vos contacts. L’indice a été recalculé.',
  nobodyToAdd: 'Il n’y a plus personne à ajouter. Une liste de diffusion ne peut pas être un contact.',
  fingerprint: who => `Empreinte de la clé qui a signé pour ${who}`,
  isSame:
    'Est-ce la même, caractère par caractère, que celle que la personne vous a lue ? Sinon, ne confirmez pas : quelqu’un d’autre a peut-être écrit ce message.',
  confirm: 'Oui, c’est la même',
  confirmed: 'Clé confirmée. L’indice a été recalculé.',
  copy: 'Copier ces lignes',
  copied: 'Copié.',
  notCopied: 'Le navigateur n’a pas permis de copier.',
  show: 'Comment',
  parts: 'Ses trois volets',
  sum: (terms, exact) => `Ensemble : ${terms} = ${exact}`,
  rounded: value => `arrondi à ${value}.`,
};

/** Words of the whole account of a level, and of the steps that would raise it. */
export const accountWords = { en, fr } satisfies Record<Language, typeof en>;
