import { reasonRules } from './automatic.ts';
import type { EvidenceKind, TagReason } from './findings.ts';
import { signs } from './kinds/signs.ts';
import { systemRules } from './rules.ts';

/** Where a tag came from. */
export type TagOrigin = 'system' | 'structure' | 'taught' | 'learned' | 'script' | 'rule';

interface Both {
  readonly en: string;
  readonly fr: string;
}

/** What gave a tag, by the rule that its reason names. */
export function originOf({ rule }: Pick<TagReason, 'rule'>): TagOrigin {
  if (rule.startsWith(reasonRules.structure)) return 'structure';
  if (rule === reasonRules.taught) return 'taught';
  if (rule === reasonRules.learned) return 'learned';
  if (Object.hasOwn(scriptWords, rule)) return 'script';
  return systemRules.some(({ id }) => id === rule) ? 'system' : 'rule';
}

/** Why a tag is there, in sentences for its owner. */
export function reasonWords(reason: TagReason): Both {
  const { rule, text } = reason;
  const origin = originOf(reason);
  const sign = signs.find(({ id }) => rule === `${reasonRules.structure}${id}`);
  if (sign) return { en: `${sign.words.en}.`, fr: `${sign.words.fr}.` };
  if (origin === 'structure') return { en: 'Its form says so.', fr: 'Sa forme l’indique.' };
  if (origin === 'system') return systemWords(rule, text);
  if (origin === 'script') return wordsOfScript(rule, text);
  if (origin === 'learned') return learnedWords(reason.evidence ?? []);
  if (origin === 'taught') {
    return {
      en: 'You gave this tag to other mail from there.',
      fr: 'Vous avez donné cette étiquette à d’autres messages de cette provenance.',
    };
  }
  if (text === '') return { en: 'One of your rules gave it.', fr: 'L’une de vos règles l’a donnée.' };
  return {
    en: `Your rule “${text}” gave it.`,
    fr: `Votre règle «\u00a0${reason.french ?? text}\u00a0» l’a donnée.`,
  };
}

function systemWords(rule: string, text: string): Both {
  const { words } = systemRules.find(({ id }) => id === rule) ?? { words: { en: text, fr: text } };
  return { en: `In junk because ${words.en}.`, fr: `Dans les indésirables, car ${words.fr}.` };
}

/** What the owner's Sieve script did, by the rule that a reason names. */
const scriptWords: Readonly<Record<string, Both>> = {
  sieve: { en: 'Your script gave it', fr: 'Votre script l’a donnée' },
  'sieve:discard': {
    en: 'Your script discards it; it is kept in the trash',
    fr: 'Votre script l’écarte\u202f; il est gardé dans la corbeille',
  },
  'sieve:unknown': {
    en: 'Your script files it into a mailbox that is not there',
    fr: 'Votre script le range dans une boîte qui n’existe pas',
  },
  'sieve:failed': {
    en: 'Your script could not decide, so it has the place that it has without one',
    fr: 'Votre script n’a pas pu décider, il a donc la place qu’il aurait sans lui',
  },
};

/** Why a run of a script ended, in French by the English words that it ended with. */
const frenchFailures: Readonly<Record<string, string>> = {
  'the script takes too long on this message': 'le script prend trop de temps sur ce message',
  'more than 32 actions': 'plus de 32 actions',
  'more than 256 variables': 'plus de 256 variables',
  'a string with its variables is too long': 'une chaîne, avec ses variables, est trop longue',
  'fileinto names no mailbox': 'fileinto ne nomme aucune boîte',
  'the tags could not be read': 'les étiquettes n’ont pas pu être lues',
  'the script could not be run': 'le script n’a pas pu être exécuté',
};

/** `text` is `line 12` or `line 12: detail`; a detail that is no failure is a name. */
function wordsOfScript(rule: string, text: string): Both {
  const { en, fr } = scriptWords[rule] ?? { en: '', fr: '' };
  if (text === '') return { en: `${en}.`, fr: `${fr}.` };
  const [, place = '', detail = ''] = /^(?:line (\d+))?(?:: )?([\s\S]*)$/.exec(text) ?? [];
  const inFrench = Object.hasOwn(frenchFailures, detail) ? frenchFailures[detail] : detail;
  const parts = [place === '' ? '' : `ligne ${place}`, inFrench].filter(part => part !== '');
  return { en: `${en} (${text}).`, fr: `${fr} (${parts.join('\u00a0: ')}).` };
}

const evidenceWords: Readonly<Record<EvidenceKind, Both>> = {
  sender: { en: 'the sender', fr: 'l’expéditeur' },
  domain: { en: 'the domain', fr: 'le domaine' },
  list: { en: 'the list', fr: 'la liste' },
  recipient: { en: 'the recipient', fr: 'le destinataire' },
  word: { en: 'the word', fr: 'le mot' },
};

function learnedWords(evidence: NonNullable<TagReason['evidence']>): Both {
  const listed = (language: 'en' | 'fr', quote: (text: string) => string): string =>
    evidence.map(({ kind, text }) => `${evidenceWords[kind][language]} ${quote(text)}`).join(', ');
  const en = listed('en', text => `“${text}”`);
  const fr = listed('fr', text => `«\u00a0${text}\u00a0»`);
  return {
    en: `It is like other messages under this tag${en && `: ${en}`}.`,
    fr: `Il ressemble aux autres messages de cette étiquette${fr && `\u00a0: ${fr}`}.`,
  };
}
