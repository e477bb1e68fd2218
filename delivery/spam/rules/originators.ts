import { brandsIn, imitatedBrand, isOwnedBy } from '../brands.ts';
import { addressDomain, hostParts, registeredDomain, shownHostOf } from '../domains.ts';
import { isWebLink } from '../links.ts';
import type { Look } from '../look.ts';
import { imitatedName, indexNames } from '../look-alike.ts';
import { isFreemail, isMixedScript } from '../names.ts';
import { foldedWords } from '../wordings.ts';
import { type Found, type Rule, type RuleEvidence, yes } from './rule.ts';

/** Rules about who the message says it is from, its subject and its other fields. */
export const originatorRules: readonly Rule[] = [
  {
    id: 'nameShowsOtherAddress',
    reads: ['headers'],
    weight: 2,
    harm: 0.5,
    words: {
      en: 'The sender’s name shows an address that is not the sender’s',
      fr: 'Le nom de l’expéditeur montre une adresse qui n’est pas la sienne',
    },
    find: look => nameShowsOtherAddress(look),
  },
  {
    id: 'brandInName',
    reads: ['headers'],
    weight: 1.8,
    harm: 0.5,
    words: {
      en: 'The sender’s name is a well-known company’s, the address is not',
      fr: 'Le nom de l’expéditeur est celui d’une marque connue, pas l’adresse',
    },
    find: (look, evidence) => brandInName(look, evidence),
  },
  {
    id: 'brandInSubject',
    reads: ['headers', 'links'],
    weight: 1,
    harm: 0.2,
    words: {
      en: 'The subject names a well-known company; neither the sender nor any link is the company’s',
      fr: 'L’objet nomme une marque connue ; ni l’expéditeur ni aucun lien ne sont à elle',
    },
    find: look => brandInSubject(look),
  },
  {
    id: 'lookAlikeSender',
    reads: ['headers'],
    weight: 2,
    harm: 0.6,
    words: {
      en: 'The sender’s domain imitates a well-known one',
      fr: 'Le domaine de l’expéditeur en imite un autre, bien connu',
    },
    find: look => lookAlikeSender(look),
  },
  {
    id: 'nameOfRecipient',
    reads: ['headers'],
    weight: 1.5,
    harm: 0.4,
    words: {
      en: 'The sender’s name is the domain it writes to',
      fr: 'Le nom de l’expéditeur est le domaine auquel il écrit',
    },
    find: look => nameOfRecipient(look),
  },
  {
    id: 'replyToDrift',
    reads: ['headers'],
    weight: 1.2,
    harm: 0.3,
    words: {
      en: 'Answers go to a free mailbox of another domain',
      fr: 'Les réponses vont vers une boîte gratuite d’un autre domaine',
    },
    find: look => replyToDrift(look),
  },
  {
    id: 'replyToLookAlike',
    reads: ['headers'],
    weight: 2,
    harm: 0.6,
    words: {
      en: 'Answers go to a domain that imitates the sender’s',
      fr: 'Les réponses vont vers un domaine qui imite celui de l’expéditeur',
    },
    find: look => replyToLookAlike(look),
  },
  {
    id: 'mixedScriptName',
    reads: ['headers'],
    weight: 1.5,
    harm: 0.3,
    words: {
      en: 'The sender’s name or subject mixes letters of several scripts',
      fr: 'Le nom de l’expéditeur ou l’objet mêle des lettres de plusieurs alphabets',
    },
    find: look => yes(isMixedScript(authorName(look)) || isMixedScript(look.message.subject ?? '')),
  },
  {
    id: 'maskedName',
    reads: ['headers'],
    weight: 1.5,
    harm: 0.3,
    words: {
      en: 'The sender’s name or subject hides its letters from filters',
      fr: 'Le nom de l’expéditeur ou l’objet cache ses lettres aux filtres',
    },
    find: look => yes([authorName(look), look.message.subject ?? ''].some(isMasked)),
  },
  {
    id: 'recipientInSubject',
    reads: ['headers'],
    weight: 0.8,
    harm: 0.1,
    words: {
      en: 'The subject shows its reader’s own address',
      fr: 'L’objet montre l’adresse de son lecteur',
    },
    find: ({ message }) => {
      const subject = (message.subject ?? '').slice(0, 500).toLowerCase();
      const own = message.destinations.to.find(
        ({ address }) => address.length > 5 && subject.includes(address.toLowerCase()),
      );
      return own ? { detail: own.address } : null;
    },
  },
  {
    id: 'shoutingSubject',
    reads: ['headers'],
    weight: 0.8,
    words: { en: 'The subject shouts', fr: 'L’objet est tout en majuscules' },
    find: ({ message }) => yes(isShouting(message.subject ?? '')),
  },
  {
    id: 'missingDate',
    reads: ['headers'],
    weight: 0.4,
    words: { en: 'The message has no readable date', fr: 'Le message n’a pas de date lisible' },
    find: ({ message }) => yes(message.date === null && message.root.fields.some(isDateField)),
  },
  {
    id: 'missingMessageId',
    reads: ['headers'],
    weight: 0.6,
    words: { en: 'The message has no identifier', fr: 'Le message n’a pas d’identifiant' },
    find: ({ message }) => yes(message.messageId === null),
  },
  {
    id: 'missingSender',
    reads: ['headers'],
    weight: 1,
    words: { en: 'The message names no sender', fr: 'Le message ne nomme pas d’expéditeur' },
    find: ({ message }) => yes(message.originators.from.length === 0),
  },
  {
    id: 'forgedReply',
    reads: ['headers'],
    weight: 0.4,
    words: {
      en: 'The subject pretends an answer that never was asked for',
      fr: 'L’objet feint une réponse à un message qui n’existe pas',
    },
    find: ({ message }) =>
      yes(
        /^re\s*:/i.test(message.subject ?? '') &&
          message.inReplyTo.length === 0 &&
          message.references.length === 0,
      ),
  },
  {
    id: 'answer',
    reads: ['headers'],
    weight: -1.2,
    words: { en: 'The message answers another one', fr: 'Le message répond à un autre' },
    find: ({ message }) => yes(message.inReplyTo.length > 0 || message.references.length > 0),
  },
];

const authorName = ({ message }: Look): string => message.originators.from[0]?.name?.slice(0, 300) ?? '';
const authorHost = ({ message }: Look): string => addressDomain(message.originators.from[0]?.address);

function nameShowsOtherAddress(look: Look): Found | null {
  const shown = /[\w.+-]{1,64}@((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})/i.exec(authorName(look));
  const domain = shown?.[1]?.toLowerCase();
  if (!shown || !domain || registeredDomain(domain) === look.authorDomain) return null;
  return { detail: shown[0] };
}

/** Half a sign where nothing leads elsewhere; none where the brand itself vouches for the message. */
function brandInName(look: Look, { authentication }: RuleEvidence): Found | null {
  const host = authorHost(look);
  const parts = hostParts(host);
  // A list or a service that writes for somebody says so: `Anna via Dropbox`.
  if (host === '' || look.message.listId !== null) return null;
  for (const [brand] of brandsIn(foldedWords(authorName(look)))) {
    if (isOwnedBy(brand, host, parts)) continue;
    if (
      authentication?.dkim.some(
        ({ result, domain }) => result === 'pass' && isOwnedBy(brand, domain, hostParts(domain)),
      )
    )
      continue;
    const leadsElsewhere = look.links.some(
      link => isWebLink(link) && !isOwnedBy(brand, link.host, link.parts),
    );
    return { value: leadsElsewhere ? 1 : 0.5, detail: `${brand.name}: ${shownHostOf(host)}` };
  }
  return null;
}

function brandInSubject(look: Look): Found | null {
  const host = authorHost(look);
  const web = look.links.filter(isWebLink);
  if (web.length === 0 || look.message.listId !== null || look.message.inReplyTo.length > 0) return null;
  for (const [brand] of brandsIn(foldedWords((look.message.subject ?? '').slice(0, 300)))) {
    if (isOwnedBy(brand, host, hostParts(host)) || web.some(link => isOwnedBy(brand, link.host, link.parts)))
      continue;
    return { detail: `${brand.name}: ${shownHostOf(host)}` };
  }
  return null;
}

function lookAlikeSender(look: Look): Found | null {
  const host = authorHost(look);
  const parts = hostParts(host);
  const imitated = host === '' ? null : imitatedBrand(parts);
  return imitated === null ? null : { detail: `${shownHostOf(host)} ≈ ${imitated}` };
}

/** `demo.example Support <x@other.example>` to somebody at demo.example: the quota and password letters. */
function nameOfRecipient(look: Look): Found | null {
  const name = authorName(look).toLowerCase();
  if (name === '' || look.message.listId !== null) return null;
  for (const { address } of look.message.destinations.to.slice(0, 3)) {
    const parts = hostParts(addressDomain(address));
    if (parts.name.length < 3 || parts.domain === look.authorDomain || isFreemail(parts.domain)) continue;
    if (name.includes(parts.domain)) return { detail: parts.domain };
  }
  return null;
}

function replyToDrift(look: Look): Found | null {
  const other = addressDomain(look.message.originators.replyTo[0]?.address);
  const own = look.authorDomain;
  if (!own || !other || own === registeredDomain(other) || !isFreemail(other)) return null;
  return { detail: other };
}

function replyToLookAlike(look: Look): Found | null {
  const other = addressDomain(look.message.originators.replyTo[0]?.address);
  if (!other || !look.authorDomain || registeredDomain(other) === look.authorDomain) return null;
  const [one, two] = [hostParts(look.authorDomain), hostParts(other)];
  if (one.name.length < 4 || isFreemail(other)) return null;
  const isNear = one.name === two.name || imitatedName(two.name, indexNames([one.name])) !== null;
  return yes(isNear, `${shownHostOf(other)} ≈ ${look.authorDomain}`);
}

/** Invisible characters between letters, or letters out of the mathematical and enclosed alphabets. */
function isMasked(text: string): boolean {
  return splitLetters.test(text) || decoratedLetters.test(text);
}

/** A character that nobody sees between two letters of scripts that need none. */
export const splitLetters =
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}](?:[\u200b-\u200f\u2060-\u2064\ufeff\u180e]|\p{Variation_Selector}|[\u{e0000}-\u{e007f}]|\u034f){1,20}[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** Three letters together of the alphabets that are made for formulas and seals. */
export const decoratedLetters = /[\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f189}\u24b6-\u24e9\uff21-\uff5a]{3}/u;

function isShouting(subject: string): boolean {
  const letters = subject.slice(0, 200).match(/\p{L}/gu) ?? [];
  const capitals = subject.slice(0, 200).match(/\p{Lu}/gu) ?? [];
  return letters.length >= 8 && capitals.length / letters.length > 0.8;
}

/** Only a Date that can't be read counts: a missing one may have been cut by the way the message was kept. */
function isDateField(field: { readonly name: string }): boolean {
  return field.name.toLowerCase() === 'date';
}
