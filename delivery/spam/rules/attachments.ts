import {
  hasDangerousName,
  hasMacros,
  hasMaskedName,
  hasRemoteParts,
  isDiskImage,
  isLocked,
  isProgram,
  isScriptedPage,
  isSmuggler,
  runsFromPdf,
} from '../attachments/attachment.ts';
import type { InnerFile } from '../attachments/inner-files.ts';
import type { Look } from '../look.ts';
import { type Found, foundAttachment, type Rule } from './rule.ts';

/** Rules about attachments and what is in them, by their content. */
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
    find: look => foundFile(look, isScriptedPage),
  },
  {
    id: 'smuggledFile',
    reads: ['attachments'],
    weight: 2,
    harm: 0.6,
    words: {
      en: 'An attached web page unpacks something hidden in itself',
      fr: 'Une page web jointe déballe quelque chose de caché en elle',
    },
    find: look => foundFile(look, isSmuggler),
  },
  {
    id: 'executableName',
    reads: ['attachments'],
    weight: 2.5,
    harm: 0.8,
    words: {
      en: 'An attachment, or a file in it, has the name of a program',
      fr: 'Une pièce jointe, ou un fichier qu’elle contient, porte le nom d’un programme',
    },
    find: look => foundFile(look, hasDangerousName),
  },
  {
    id: 'executableContent',
    reads: ['attachments'],
    weight: 2.5,
    harm: 1,
    words: {
      en: 'An attachment is a program, or holds one',
      fr: 'Une pièce jointe est un programme, ou en contient un',
    },
    find: look => foundFile(look, isProgram),
  },
  {
    id: 'maskedFileName',
    reads: ['attachments'],
    weight: 2.2,
    harm: 0.6,
    words: {
      en: 'The name of an attachment hides what it is',
      fr: 'Le nom d’une pièce jointe cache ce qu’elle est',
    },
    find: look => foundFile(look, hasMaskedName),
  },
  {
    id: 'diskImage',
    reads: ['attachments'],
    weight: 2,
    harm: 0.7,
    words: {
      en: 'An attachment is the image of a disk',
      fr: 'Une pièce jointe est l’image d’un disque',
    },
    find: look => foundFile(look, isDiskImage),
  },
  {
    id: 'notebookFile',
    reads: ['attachments'],
    weight: 1.5,
    harm: 0.6,
    words: {
      en: 'An attachment is a notebook, which may hold programs',
      fr: 'Une pièce jointe est un bloc-notes, qui peut contenir des programmes',
    },
    find: look => foundFile(look, ({ kind }) => kind === 'notebook'),
  },
  {
    id: 'lockedArchive',
    reads: ['attachments'],
    weight: 2,
    harm: 0.7,
    words: {
      en: 'An attachment is locked, and the message gives the password',
      fr: 'Une pièce jointe est verrouillée, et le message donne le mot de passe',
    },
    find: look => lockedArchive(look),
  },
  {
    id: 'macros',
    reads: ['attachments'],
    weight: 1.5,
    harm: 0.5,
    words: { en: 'An attached document holds macros', fr: 'Un document joint contient des macros' },
    find: look => foundAttachment(look, ({ files }) => hasMacros(files)),
  },
  {
    id: 'remoteParts',
    reads: ['attachments'],
    weight: 2,
    harm: 0.6,
    words: {
      en: 'An attached document fetches or runs parts when it is opened',
      fr: 'Un document joint va chercher ou lance des éléments à l’ouverture',
    },
    find: look => foundAttachment(look, ({ files }) => hasRemoteParts(files)),
  },
  {
    id: 'scriptInPdf',
    reads: ['attachments'],
    weight: 1.5,
    harm: 0.5,
    words: {
      en: 'An attached PDF runs something when it is opened',
      fr: 'Un PDF joint exécute quelque chose à l’ouverture',
    },
    find: look => foundFile(look, runsFromPdf),
  },
];

/** The first file for which something holds, in an attachment or an archive in it: its names, the archive's first. */
function foundFile(look: Look, holds: (file: InnerFile) => boolean): Found | null {
  for (const { files, name, mediaType } of look.attachments) {
    const file = files.find(holds);
    if (file) return { detail: file.depth > 0 ? `${name} / ${file.name}` : name || mediaType };
  }
  return null;
}

/** Half a sign where the password comes another way. */
function lockedArchive(look: Look): Found | null {
  const found = foundFile(look, isLocked);
  return found && { ...found, value: givenPassword.test(look.text.slice(0, 8000)) ? 1 : 0.4 };
}

/** `password: 1234`, in the languages of the phrase table. */
const givenPassword =
  /\b(?:pass(?:word|code|wd)?|pwd|pin|mot de passe|mdp|code(?: d.acc[èe]s)?|passwort|kennwort|contrase(?:ñ|n)a|clave|senha|wachtwoord|has(?:ł|l)o)\b[^\p{L}\p{N}\n]{0,4}(?:(?:is|est|ist|es|:|=|é|è|to)[^\p{L}\p{N}\n]{0,4}){1,2}[\p{L}\p{N}!@#$%&*_-]{3,30}/iu;
