import { domainOf, normalizeAddress } from '../message/address.ts';
import { fieldsNamed } from '../message/fields.ts';
import type { Message } from '../message/shape.ts';
import { visibleText } from '../message/text.ts';
import type { Summary } from '../store/store.ts';
import type { ImportanceMemory } from './memory.ts';

/** What importance is judged by. */
export interface ImportanceEvidence {
  /** The opened content where there is one. */
  readonly message: Message;
  /** The message as it came. */
  readonly outer: Message;
  readonly summary: Pick<Summary, 'originators' | 'destinations' | 'listId' | 'inReplyTo' | 'references'>;
  /** The one author, null where there are several, or the address is known to be false. */
  readonly author: string | null;
  /** SPF, DKIM or DMARC proves the author's domain. */
  readonly isProven: boolean;
  readonly isContact: boolean;
  /** Normalised. */
  readonly ownAddresses: ReadonlySet<string>;
  readonly ownName: string | null;
  readonly discussionKey: string;
  readonly memory: ImportanceMemory;
  readonly hash: (text: string) => number;
  readonly now: Date;
}

/** One feature: how strongly it is there, 0..1. */
export interface Feature {
  readonly id: string;
  readonly value: number;
}

/** One row of the table of features. */
export interface FeatureRow {
  readonly id: string;
  /** Log-odds at full strength, of an owner of whom nothing is known. */
  readonly weight: number;
  readonly words: { readonly en: string; readonly fr: string };
  /** 0..1; 0: it is not there. */
  readonly value: (evidence: ImportanceEvidence) => number;
}

const maxText = 2000;
const daySeconds = 86_400;
const one = (holds: boolean): number => (holds ? 1 : 0);

/** Every feature; a new one is a row. */
export const features: readonly FeatureRow[] = [
  {
    id: 'contact',
    weight: 1.2,
    words: { en: 'The sender is one of your contacts', fr: 'L’expéditeur fait partie de vos contacts' },
    value: ({ isContact, isProven }) => (isContact ? (isProven ? 1 : 0.3) : 0),
  },
  {
    id: 'answered',
    weight: 1.8,
    words: { en: 'You have answered this sender before', fr: 'Vous avez déjà répondu à cet expéditeur' },
    value: evidence => grown(correspondent(evidence)?.answered ?? 0),
  },
  {
    id: 'answeredFast',
    weight: 0.8,
    words: { en: 'You answer this sender fast', fr: 'Vous répondez vite à cet expéditeur' },
    value(evidence) {
      const known = correspondent(evidence);
      return known && known.answered > 0 ? Math.max(0, 1 - known.hours / 48) : 0;
    },
  },
  {
    id: 'wroteTo',
    weight: 1.4,
    words: { en: 'You have written to this sender', fr: 'Vous avez écrit à cet expéditeur' },
    value: evidence => grown(correspondent(evidence)?.written ?? 0),
  },
  {
    id: 'lately',
    weight: 0.5,
    words: { en: 'You were in touch lately', fr: 'Vous avez échangé récemment' },
    value(evidence) {
      const known = correspondent(evidence);
      const days = known ? evidence.now.getTime() / 1000 / daySeconds - known.day : 0;
      return known ? 0.5 ** (Math.max(0, days) / 30) : 0;
    },
  },
  {
    id: 'ownThread',
    weight: 1.6,
    words: { en: 'It answers a message of yours', fr: 'Il répond à un de vos messages' },
    value: ({ summary, memory, hash }) =>
      one(
        [...summary.inReplyTo, ...summary.references].some(id => memory.written.has(hash(`message|${id}`))),
      ),
  },
  {
    id: 'ownDiscussion',
    weight: 0.7,
    words: { en: 'You took part in this discussion', fr: 'Vous avez pris part à cette discussion' },
    value: ({ memory, hash, discussionKey }) =>
      one(memory.discussions.has(hash(`discussion|${discussionKey}`))),
  },
  {
    id: 'toYouAlone',
    weight: 0.8,
    words: { en: 'It is addressed to you alone', fr: 'Il n’est adressé qu’à vous' },
    value: evidence => one(isTo(evidence) && countRecipients(evidence) === 1),
  },
  {
    id: 'toYou',
    weight: 0.3,
    words: { en: 'It is addressed to you and others', fr: 'Il vous est adressé, à vous et à d’autres' },
    value: evidence => one(isTo(evidence) && countRecipients(evidence) > 1),
  },
  {
    id: 'copyToYou',
    weight: -0.5,
    words: { en: 'You only get a copy', fr: 'Vous n’êtes qu’en copie' },
    value: evidence => one(!isTo(evidence) && isOwn(evidence, evidence.summary.destinations.cc)),
  },
  {
    id: 'notNamed',
    weight: -0.7,
    words: {
      en: 'Your address is not among the recipients',
      fr: 'Votre adresse n’est pas parmi les destinataires',
    },
    value: evidence => one(!isTo(evidence) && !isOwn(evidence, evidence.summary.destinations.cc)),
  },
  {
    id: 'manyRecipients',
    weight: -1.2,
    words: { en: 'It went to many people', fr: 'Il a été envoyé à de nombreuses personnes' },
    value: evidence => Math.min(1, Math.max(0, Math.log10(countRecipients(evidence) / 5) / 1.3)),
  },
  {
    id: 'namesYou',
    weight: 0.6,
    words: { en: 'It calls you by name', fr: 'Il vous appelle par votre nom' },
    value: evidence => one(isNamed(evidence)),
  },
  {
    id: 'list',
    weight: -1.2,
    words: { en: 'It came by a mailing list', fr: 'Il vient d’une liste de diffusion' },
    value: ({ summary }) => one(summary.listId !== null),
  },
  {
    id: 'bulk',
    weight: -1.8,
    words: { en: 'It was sent to many who subscribed', fr: 'Il a été envoyé à de nombreux abonnés' },
    value: ({ outer }) =>
      one(has(outer, 'list-unsubscribe') || /^(?:bulk|junk)$/i.test(fieldOf(outer, 'precedence'))),
  },
  {
    id: 'automatic',
    weight: -1,
    words: { en: 'A program wrote it', fr: 'Un programme l’a écrit' },
    value: ({ outer, author }) =>
      one(/^auto-/i.test(fieldOf(outer, 'auto-submitted')) || machineName.test(author ?? '')),
  },
  {
    id: 'unproven',
    weight: -0.5,
    words: { en: 'The sender’s address is not proven', fr: 'L’adresse de l’expéditeur n’est pas prouvée' },
    value: ({ isProven }) => one(!isProven),
  },
];

const machineName =
  /^(?:no-?_?reply|do-?not-?reply|ne-?pas-?repondre|notifications?|mailer-daemon|postmaster|bounce)/i;

/** The features of a message that are there, and the sender's own, which only the owner's acts give a weight. */
export function featuresOf(evidence: ImportanceEvidence): { known: Feature[]; own: Feature[] } {
  const known = features
    .map(({ id, value }) => ({ id, value: value(evidence) }))
    .filter(({ value }) => value > 0);
  const { author, summary } = evidence;
  return { known, own: ownFeatures(author, summary.listId) };
}

/** Who wrote, and by which list: of these alone a message of sealed mail can teach, too. */
export function ownFeatures(author: string | null, listId: string | null): Feature[] {
  const address = author === null ? '' : normalizeAddress(author);
  return [
    ...(address
      ? [
          { id: `sender:${address}`, value: 1 },
          { id: `domain:${domainOf(address)}`, value: 0.5 },
        ]
      : []),
    ...(listId ? [{ id: `list:${listId.toLowerCase()}`, value: 1 }] : []),
  ];
}

function correspondent({ author, memory, hash, isProven }: ImportanceEvidence) {
  if (author === null) return undefined;
  const known = memory.people.get(hash(`person|${normalizeAddress(author)}`));
  // Whoever takes a correspondent's address without proof gets little of their standing.
  return known && !isProven
    ? { ...known, answered: known.answered / 4, written: known.written / 4, hours: 48, day: 0 }
    : known;
}

/** From 0 to 1 as a count grows: 1 gives 0.4, 4 gives 0.8. */
function grown(count: number): number {
  return 1 - 0.6 ** Math.min(count, 50);
}

type Mailboxes = Summary['destinations']['to'];

function isOwn({ ownAddresses }: ImportanceEvidence, mailboxes: Mailboxes): boolean {
  return mailboxes.some(({ address }) => ownAddresses.has(normalizeAddress(address)));
}

function isTo(evidence: ImportanceEvidence): boolean {
  return isOwn(evidence, evidence.summary.destinations.to);
}

function countRecipients({ summary: { destinations } }: ImportanceEvidence): number {
  return destinations.to.length + destinations.cc.length;
}

/** The first name of the owner as a word in the first lines. */
function isNamed({ ownName, message }: ImportanceEvidence): boolean {
  const first = /[\p{L}]{3,}/u.exec(ownName ?? '')?.[0];
  if (!first) return false;
  const text = visibleText(message, maxText).toLowerCase();
  return new Set<string>(text.match(/\p{L}+/gu)).has(first.toLowerCase());
}

function has({ root }: Message, name: string): boolean {
  return fieldsNamed(root.fields, name).length > 0;
}

function fieldOf({ root }: Message, name: string): string {
  return fieldsNamed(root.fields, name)[0]?.value.trim() ?? '';
}
