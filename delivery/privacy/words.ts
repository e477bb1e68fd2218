import type { FactState, Level, Part, Subject, Who } from './shape.ts';
import type { Scale, Source, SubjectTable, Text, WordValue } from './table.ts';
import { tables } from './tables.ts';

/** The words of the index in both languages, all that a screen or a help page needs, as plain JSON. */
export interface IndexWords {
  readonly title: Text;
  readonly terms: Readonly<Record<string, Text>>;
  readonly subjects: Readonly<Record<Subject, Text>>;
  readonly parts: Readonly<Record<Part, Text>>;
  readonly levels: Readonly<Record<Level, Text>>;
  readonly states: Readonly<Record<FactState, Text>>;
  readonly who: Readonly<Record<Who, Text>>;
  readonly sources: Readonly<Record<Source, Text>>;
  /** What no index can know, for every detail view. */
  readonly notKnown: readonly Text[];
  readonly tables: Readonly<Record<SubjectTable['subject'], SubjectWords>>;
}

/** The words of one subject's table. */
export interface SubjectWords {
  readonly facts: Readonly<Record<string, FactWords>>;
  readonly ceilings: Readonly<Record<string, { readonly name: Text; readonly why: Text }>>;
  readonly steps: Readonly<Record<string, { readonly name: Text; readonly why: Text }>>;
}

export interface FactWords {
  readonly name: Text;
  readonly part: Part;
  /** Points possible. */
  readonly unknown: Text;
  /** Name and sentence of each word the fact may have. */
  readonly values: Readonly<
    Record<string, { readonly points: number; readonly name: Text; readonly why: Text }>
  >;
}

const title: Text = { fr: 'indice de confidentialité', en: 'privacy index' };

const terms: IndexWords['terms'] = {
  index: title,
  part: { fr: 'volet', en: 'part' },
  fact: { fr: 'constat', en: 'fact' },
  level: { fr: 'niveau', en: 'level' },
  ceiling: { fr: 'plafond', en: 'ceiling' },
  step: { fr: 'étape', en: 'step' },
  forecast: { fr: 'prévision', en: 'forecast' },
};

const subjectNames: IndexWords['subjects'] = {
  message: tables.message.name,
  contact: tables.contact.name,
  device: tables.device.name,
  account: tables.account.name,
  discussion: { fr: 'discussion', en: 'discussion' },
};

const partNames: IndexWords['parts'] = {
  technical: { fr: 'technique', en: 'technical' },
  behaviour: { fr: 'comportement', en: 'behaviour' },
  context: { fr: 'contexte', en: 'context' },
};

const levelWords: IndexWords['levels'] = {
  A: { fr: 'scellé', en: 'sealed' },
  B: { fr: 'protégé', en: 'protected' },
  C: { fr: 'ordinaire', en: 'ordinary' },
  D: { fr: 'exposé', en: 'exposed' },
  E: { fr: 'à découvert', en: 'open' },
};

const stateWords: IndexWords['states'] = {
  yes: { fr: 'oui', en: 'yes' },
  partly: { fr: 'en partie', en: 'partly' },
  no: { fr: 'non', en: 'no' },
  unknown: { fr: 'inconnu', en: 'unknown' },
};

const whoWords: IndexWords['who'] = {
  you: { fr: 'vous', en: 'you' },
  them: { fr: 'votre correspondant', en: 'the other person' },
  operator: { fr: 'qui gère le serveur', en: 'whoever runs the server' },
};

const sourceWords: IndexWords['sources'] = {
  session: { fr: 'vu sur la connexion elle-même', en: 'seen on the connection itself' },
  relay: {
    fr: 'dit par le serveur de courrier devant celui-ci',
    en: 'told by the mail server in front of this one',
  },
  trace: { fr: 'dit par les serveurs précédents', en: 'claimed by the earlier servers' },
  authentication: { fr: 'vérifié auprès du domaine de l’expéditeur', en: 'checked with the sender’s domain' },
  cryptography: { fr: 'vérifié avec les clés', en: 'checked with the keys' },
  content: { fr: 'vu dans le contenu', en: 'seen in the content' },
  contacts: { fr: 'vos contacts', en: 'your contacts' },
  history: { fr: 'vos échanges passés', en: 'your past exchanges' },
  custody: { fr: 'le réglage de votre clé', en: 'the setting of your key' },
  store: { fr: 'la façon dont ce serveur garde le message', en: 'how this server keeps the message' },
  dns: { fr: 'vérifié dans l’annuaire des noms', en: 'checked in the directory of names' },
  deliveries: { fr: 'vu pendant nos envois', en: 'seen during our deliveries' },
  owner: { fr: 'ce que vous avez dit ou confirmé', en: 'what you said or confirmed' },
  signIn: { fr: 'vu à la connexion', en: 'seen at sign-in' },
  settings: { fr: 'vos réglages', en: 'your settings' },
  device: { fr: 'vu par votre appareil', en: 'seen by your device' },
};

const notKnown: readonly Text[] = [
  {
    fr: 'Qui écrit à qui reste visible pour les deux serveurs.',
    en: 'Who talks to whom is visible to both servers.',
  },
  {
    fr: 'L’appareil de l’autre personne est le sien : on n’en sait rien.',
    en: 'The other person’s device is theirs: nothing is known about it.',
  },
  {
    fr: 'L’indice dit à quel point vous êtes exposé, pas si l’expéditeur est honnête.',
    en: 'The index says how exposed you are, not whether the sender is honest.',
  },
];

/** All words of the index, drawn from the tables; the same for everybody, so that it can be cached. */
export function indexWords(): IndexWords {
  return typesetAll({
    title,
    terms,
    subjects: subjectNames,
    parts: partNames,
    levels: levelWords,
    states: stateWords,
    who: whoWords,
    sources: sourceWords,
    notKnown,
    tables: {
      message: subjectWords(tables.message),
      contact: subjectWords(tables.contact),
      device: subjectWords(tables.device),
      account: subjectWords(tables.account),
    },
  });
}

/** The text with the no-break spaces that French puts before its double signs. */
export function typeset({ fr, en }: Text): Text {
  return { fr: fr.replace(/ (?=[:;?!%»])/g, '\u00a0').replaceAll('« ', '«\u00a0'), en };
}

function subjectWords(table: SubjectTable): SubjectWords {
  return {
    facts: Object.fromEntries(
      table.facts.map(({ id, name, part, unknown, scale }) => [
        id,
        { name, part, unknown, values: valueWords(scale) },
      ]),
    ),
    ceilings: Object.fromEntries(table.ceilings.map(({ id, name, why }) => [id, { name, why }])),
    steps: Object.fromEntries(table.steps.map(({ id, name, why }) => [id, { name, why }])),
  };
}

function valueWords(scale: Scale): Readonly<Record<string, WordValue>> {
  return 'words' in scale ? scale.words : {};
}

/** Typesets every text of a tree of plain JSON. */
function typesetAll<T>(tree: T): T {
  if (Array.isArray(tree)) return tree.map(typesetAll) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  if ('fr' in tree && 'en' in tree) return typeset(tree as unknown as Text) as T;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, typesetAll(value)])) as T;
}
