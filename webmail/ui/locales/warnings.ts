import type { Language } from './languages.ts';

const en = {
  forged: (domain: string) =>
    `The rules of ${domain} say that this message is not theirs. Do not answer it, and do not trust what it asks. Its links lead nowhere here.`,
  harmful:
    'It looks like an attempt to steal from you. Do not answer it and do not open its attachments. Its links lead nowhere here.',
  spam: 'It was put into junk. No privacy level is shown for it.',
  why: 'Why',
  ofSender: 'the sender’s domain',
};

const fr: typeof en = {
  forged: (domain: string) =>
    `Les règles de ${domain} disent que ce message n’est pas le leur. N’y répondez pas et ne croyez pas ce qu’il demande. Ses liens ne mènent nulle part ici.`,
  harmful:
    'Il ressemble à une tentative de vous voler. N’y répondez pas et n’ouvrez pas ses pièces jointes. Ses liens ne mènent nulle part ici.',
  spam: 'Il a été mis dans les indésirables. Aucun niveau de confidentialité n’est affiché pour lui.',
  why: 'Pourquoi',
  ofSender: 'le domaine de l’expéditeur',
};

/** What is said before a message that looks bad. */
export const warningWords = { en, fr } satisfies Record<Language, typeof en>;
