import type { Language } from './languages.ts';

/** A number with its sign; a hyphen is no minus. */
export function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value).replace('-', '−');
}

const en = {
  why: 'Tags and importance, and why',
  kinds: {
    list: 'Mailing list',
    notification: 'Notification',
    receipt: 'Receipts and parcels',
    invitation: 'Invitation',
    social: 'Social network',
    newsletter: 'Newsletter',
    travel: 'Travel and bookings',
  },
  /** What is typed to find them (`delivery/search/query.ts`). */
  searches: {
    list: 'is:list',
    notification: 'is:notification',
    receipt: 'is:receipt',
    invitation: 'is:invitation',
    social: 'is:social',
    newsletter: 'is:newsletter',
    travel: 'is:travel',
  },
  byHand: 'Somebody put it there by hand.',
  all: 'Show all like it',
  notThis: 'Not this one, and no more from there',
  taken: (name: string) => `No longer “${name}”, and no more of them from there.`,
  ownTag: (name: string) => `Why “${name}”?`,
  remove: 'Take it off',
  removed: (name: string) => `Tag “${name}” taken off.`,
  rule: 'To the rules',
  /** What keywords are called that have a name. */
  marks: { $flagged: 'Star', $answered: 'Answered', $forwarded: 'Forwarded' } as Readonly<
    Record<string, string>
  >,
  importance: (value: number) => `Importance ${signed(value)}`,
  reasons: 'Why',
  noReasons: 'Nothing speaks for or against it.',
  by: { rule: 'One of your rules set it.', owner: 'You set it yourself.' },
  more: 'for',
  less: 'against',
  set: 'Set it yourself',
  setTo: (value: number) => `Importance set to ${signed(value)}.`,
  setHint: 'Mail from there is then judged accordingly.',
  judgeAgain: 'Let it be judged again',
  judgedAgain: 'Its importance is as it was judged.',
  notSet: 'That did not work.',
  heading: 'Automatic tags',
  lead: 'Mail that says by its form what it is gets one of these tags. Take it off a message, and no more mail from there gets it.',
};

const fr: typeof en = {
  why: 'Étiquettes et importance, et pourquoi',
  kinds: {
    list: 'Liste de diffusion',
    notification: 'Notification',
    receipt: 'Achats et colis',
    invitation: 'Invitation',
    social: 'Réseau social',
    newsletter: 'Lettre d’information',
    travel: 'Voyages et réservations',
  },
  searches: {
    list: 'is:liste',
    notification: 'is:notification',
    receipt: 'is:recu',
    invitation: 'is:invitation',
    social: 'is:social',
    newsletter: 'is:lettre',
    travel: 'is:voyage',
  },
  byHand: 'Elle a été posée à la main.',
  all: 'Voir tous les messages de ce genre',
  notThis: 'Pas celui-ci, ni les suivants de cette provenance',
  taken: name => `Ce n’est plus « ${name} », ni les suivants de cette provenance.`,
  ownTag: name => `Pourquoi « ${name} » ?`,
  remove: 'La retirer',
  removed: name => `Étiquette « ${name} » retirée.`,
  rule: 'Voir les règles',
  marks: { $flagged: 'Étoile', $answered: 'Répondu', $forwarded: 'Transféré' },
  importance: value => `Importance ${signed(value)}`,
  reasons: 'Pourquoi',
  noReasons: 'Rien ne plaide pour ni contre.',
  by: { rule: 'L’une de vos règles l’a fixée.', owner: 'Vous l’avez fixée vous-même.' },
  more: 'pour',
  less: 'contre',
  set: 'La fixer vous-même',
  setTo: value => `Importance fixée à ${signed(value)}.`,
  setHint: 'Les messages de cette provenance seront jugés en conséquence.',
  judgeAgain: 'Revenir à l’estimation',
  judgedAgain: 'Son importance est de nouveau celle estimée.',
  notSet: 'Cela n’a pas fonctionné.',
  heading: 'Étiquettes automatiques',
  lead: 'Le courrier dont la forme dit ce qu’il est reçoit l’une de ces étiquettes. Retirez-la d’un message, et plus aucun de cette provenance ne la recevra.',
};

/** Words of automatic tags and of importance. */
export const automaticWords = { en, fr } satisfies Record<Language, typeof en>;

/** What an automatic tag is called by its keyword; null for any other keyword. */
export function kindOfKeyword(keyword: string): keyof (typeof en)['kinds'] | null {
  const kind = keyword.startsWith('auto-') ? keyword.slice('auto-'.length) : '';
  return Object.hasOwn(en.kinds, kind) ? (kind as keyof (typeof en)['kinds']) : null;
}
