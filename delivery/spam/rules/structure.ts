import type { Look } from '../look.ts';
import { paperLetters } from '../paper-text.ts';
import { decoratedLetters, splitLetters } from './originators.ts';
import { type Found, type Rule, yes } from './rule.ts';

/** Rules about how the message is made: what it hides and what it runs. */
export const structureRules: readonly Rule[] = [
  {
    id: 'formInMessage',
    reads: ['structure'],
    weight: 1.2,
    harm: 0.4,
    words: { en: 'The message holds a form to fill in', fr: 'Le message contient un formulaire à remplir' },
    find: look => yes(look.scans.some(scan => scan.hasForm)),
  },
  {
    id: 'scriptInMessage',
    reads: ['structure'],
    weight: 1,
    harm: 0.3,
    words: { en: 'The message holds a script', fr: 'Le message contient un script' },
    find: look => yes(look.scans.some(scan => scan.hasScript)),
  },
  {
    id: 'hiddenText',
    reads: ['content'],
    weight: 0.8,
    words: { en: 'The message hides text from its reader', fr: 'Le message cache du texte à son lecteur' },
    find: look => hiddenText(look),
  },
  {
    id: 'pushedAway',
    reads: ['content'],
    weight: 1.6,
    harm: 0.2,
    words: {
      en: 'Text is pushed far below what a reader sees',
      fr: 'Du texte est repoussé bien au-dessous de ce que voit le lecteur',
    },
    find: ({ html }) => yes((bigLength.test(html) && farAway.test(html)) || hasEmptyLines(html)),
  },
  {
    id: 'splitWords',
    reads: ['content'],
    weight: 1.6,
    harm: 0.3,
    words: {
      en: 'Words are split by characters that nobody sees',
      fr: 'Des mots sont coupés par des caractères que personne ne voit',
    },
    find: look => splitWords(look),
  },
  {
    id: 'decoratedText',
    reads: ['content'],
    weight: 1.2,
    harm: 0.2,
    words: {
      en: 'Words are written in letters made for formulas, to pass filters',
      fr: 'Des mots sont écrits en lettres faites pour les formules, pour passer les filtres',
    },
    find: look => yes(decoratedLetters.test(look.text)),
  },
  {
    id: 'mixedScriptText',
    reads: ['content'],
    weight: 1.6,
    harm: 0.3,
    words: {
      en: 'Words mix letters of several alphabets that look alike',
      fr: 'Des mots mêlent des lettres de plusieurs alphabets qui se ressemblent',
    },
    find: look => mixedScriptText(look),
  },
];

/** Lengths in pixels or heights of the screen that no letter needs. */
const farAway =
  /(?:margin-top|padding-top|height|top|line-height|margin-bottom|padding-bottom)\s{0,5}:\s{0,5}(?:\d{5,}px|[5-9]\d{3}px|\d{4,}vh|\d{4,}%|\d{4,}em)/i;
/** Cheap to look for, and hardly any mail has one. */
const bigLength = /\d{4}(?:px|vh|%|em)/;
/** Empty lines in a row that push the rest out of sight. */
const emptyLines = 60;

function hasEmptyLines(html: string): boolean {
  const pieces = html.split(/<br\s{0,3}\/?>/i);
  if (pieces.length < emptyLines) return false;
  let run = 0;
  for (const piece of pieces) {
    run = piece.length < 40 && /^(?:\s|&nbsp;)*$/.test(piece) ? run + 1 : 0;
    if (run >= emptyLines) return true;
  }
  return false;
}

/** Hidden letters above which it is more than the preview line that newsletters hide. */
const previewLetters = 400;

/**
 * Text that is there and not shown. Newsletters hide one line for the preview, and one of their two layouts (a phone's);
 * what counts is much of it that the visible text does not say.
 */
function hiddenText(look: Look): Found | null {
  for (const { hiddenText: hidden, text } of look.scans) {
    if (hidden.length < previewLetters) continue;
    const words = hidden.match(/\p{L}{4,}/gu) ?? [];
    if (words.join('').length < previewLetters) continue;
    const others = words.slice(0, 400).filter(word => !text.includes(word));
    if (others.length * 2 > Math.min(words.length, 400)) return { detail: others.slice(0, 6).join(' ') };
  }
  return yes(paperLetters(look.html) >= paperLimit);
}

/** Letters in the colour of the paper above which it is more than a spacer. */
const paperLimit = 200;

/** Soft hyphens, which divide long words in honest mail, are none of these. */
function splitWords(look: Look): Found | null {
  const text = look.text.slice(0, 12_000);
  return yes(splitLetters.test(text) && (text.match(allSplitLetters)?.length ?? 0) >= 3);
}

const allSplitLetters = new RegExp(splitLetters.source, 'gu');

function mixedScriptText(look: Look): Found | null {
  // Nearly all mail has no letter of the two.
  if (!/[\u0370-\u052f]/.test(look.text)) return null;
  const mixed = look.text.slice(0, 12_000).match(mixedWord) ?? [];
  return mixed.length >= 3 ? { detail: mixed.slice(0, 3).join(', ') } : null;
}

/** A Latin letter beside one of the two alphabets that share its shapes. Units and formulas stand alone. */
const mixedWord =
  /[a-z]{1,30}[\p{Script=Cyrillic}\p{Script=Greek}][\p{L}]{1,30}|[\p{Script=Cyrillic}\p{Script=Greek}]{1,30}[a-z][\p{L}]{1,30}/giu;
