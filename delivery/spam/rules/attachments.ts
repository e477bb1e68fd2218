import { hasDangerousName, hasExecutableOctets, hasMacros, hasScriptedHtml } from '../attachments.ts';
import { foundAttachment, type Rule } from './rule.ts';

/** Rules about attachments, by their content. */
export const attachmentRules: readonly Rule[] = [
  {
    id: 'scriptInAttachment',
    reads: ['attachments'],
    weight: 2,
    harm: 0.7,
    words: {
      en: 'An attached web page runs a script or asks for a password',
      fr: 'Une page web jointe exécute un script ou demande un mot de passe',
    },
    find: look => foundAttachment(look, hasScriptedHtml),
  },
  {
    id: 'executableName',
    reads: ['attachments'],
    weight: 2.5,
    harm: 0.8,
    words: {
      en: 'An attachment has the name of a program',
      fr: 'Une pièce jointe porte le nom d’un programme',
    },
    find: look => foundAttachment(look, hasDangerousName),
  },
  {
    id: 'executableContent',
    reads: ['attachments'],
    weight: 2.5,
    harm: 1,
    words: { en: 'An attachment is a program', fr: 'Une pièce jointe est un programme' },
    find: look => foundAttachment(look, hasExecutableOctets),
  },
  {
    id: 'macros',
    reads: ['attachments'],
    weight: 1.5,
    harm: 0.5,
    words: { en: 'An attached document holds macros', fr: 'Un document joint contient des macros' },
    find: look => foundAttachment(look, hasMacros),
  },
];
