import { isOwnedBy } from '../brands.ts';
import { isDoubtful, isTracker } from '../link-hosts.ts';
import { isWebLink } from '../links.ts';
import type { Look } from '../look.ts';
import type { PhraseTopic } from '../phrases.ts';
import { type Found, type Rule, type RuleRow, yes } from './rule.ts';

/** Rules about what the text says. */
export const contentRules: readonly Rule[] = [
  phraseRule('askPassword', 1.6, 0.5, {
    en: 'It asks for a password or to confirm an account',
    fr: 'Il demande un mot de passe ou de confirmer un compte',
  }),
  phraseRule('accountTrouble', 1.4, 0.3, {
    en: 'It threatens with the loss of an account',
    fr: 'Il menace de la perte d’un compte',
  }),
  phraseRule('parcel', 0.9, 0.2, {
    en: 'It speaks of a parcel that waits',
    fr: 'Il parle d’un colis en attente',
  }),
  phraseRule('askMoney', 1.8, 0.2, {
    en: 'It asks for money or offers a fortune',
    fr: 'Il demande de l’argent ou offre une fortune',
  }),
  phraseRule('crypto', 1.4, 0.3, {
    en: 'It is after a cryptocurrency wallet',
    fr: 'Il vise un portefeuille de cryptomonnaie',
  }),
  phraseRule('prize', 1.2, 0, { en: 'It promises a prize', fr: 'Il promet un prix' }),
  phraseRule('earnMoney', 1.5, 0, { en: 'It promises easy money', fr: 'Il promet de l’argent facile' }),
  phraseRule('debt', 1.2, 0, {
    en: 'It offers credit or insurance',
    fr: 'Il propose un crédit ou une assurance',
  }),
  phraseRule('medicine', 1.5, 0, { en: 'It sells medicine', fr: 'Il vend des médicaments' }),
  phraseRule('adult', 1.3, 0, {
    en: 'It offers sex or gambling',
    fr: 'Il propose du sexe ou des jeux d’argent',
  }),
  phraseRule('selling', 1, 0, { en: 'It pushes to buy or to click', fr: 'Il pousse à acheter ou à cliquer' }),
  phraseRule('removal', 0.8, 0, { en: 'It excuses itself for coming', fr: 'Il s’excuse d’arriver' }),
  phraseRule('urgency', 0.8, 0.2, { en: 'It presses for time', fr: 'Il presse le lecteur' }),
  phraseRule('discussion', -1.4, 0, {
    en: 'It reads like a conversation',
    fr: 'Il se lit comme une conversation',
  }),
  {
    id: 'extortion',
    reads: ['content'],
    weight: 2.2,
    harm: 0.6,
    words: {
      en: 'It threatens to publish something and wants to be paid',
      fr: 'Il menace de publier quelque chose et veut être payé',
    },
    find: look => extortion(look),
  },
  {
    id: 'bitcoinAddress',
    reads: ['content'],
    weight: 1.2,
    harm: 0.2,
    words: {
      en: 'It gives an address to send cryptocurrency to',
      fr: 'Il donne une adresse où envoyer de la cryptomonnaie',
    },
    find: look => {
      const address = coinAddress.exec(look.text)?.[0];
      return address ? { detail: address } : null;
    },
  },
  {
    id: 'callBackScam',
    reads: ['content', 'links'],
    weight: 1.8,
    harm: 0.5,
    words: {
      en: 'It bills something that was not ordered and gives a number to call',
      fr: 'Il facture ce qui n’a pas été commandé et donne un numéro à appeler',
    },
    find: look => callBackScam(look),
  },
  {
    id: 'bossScam',
    reads: ['content', 'links'],
    weight: 1.6,
    harm: 0.4,
    words: {
      en: 'A few words that ask for a hurried, discreet service, as if from a superior',
      fr: 'Quelques mots demandent un service pressé et discret, comme d’un supérieur',
    },
    find: look => bossScam(look),
  },
  {
    id: 'brandElsewhere',
    reads: ['content', 'links'],
    weight: 2,
    harm: 0.5,
    words: {
      en: 'It speaks for a well-known company, presses, and leads elsewhere',
      fr: 'Il parle au nom d’une marque connue, presse, et mène ailleurs',
    },
    find: look => brandElsewhere(look),
  },
  {
    id: 'asksAtOpenPlace',
    reads: ['content', 'links'],
    weight: 1,
    harm: 0.3,
    words: {
      en: 'It asks for something and leads where nobody puts a name',
      fr: 'Il demande quelque chose et mène là où personne ne met de nom',
    },
    find: look => asksAtDoubtfulPlace(look),
  },
  {
    id: 'asksAtUnnamed',
    reads: ['content', 'links'],
    weight: 1,
    harm: 0.2,
    words: {
      en: 'It asks for something and leads to a site that it does not name',
      fr: 'Il demande quelque chose et mène à un site qu’il ne nomme pas',
    },
    find: look => asksAtUnnamed(look),
  },
  {
    id: 'greetsAddress',
    reads: ['content'],
    weight: 1,
    harm: 0.2,
    words: {
      en: 'It greets its reader by the address instead of a name',
      fr: 'Il salue son lecteur par l’adresse au lieu d’un nom',
    },
    find: look => yes(greetedAddress.test(look.text.slice(0, 3000))),
  },
  {
    id: 'linkOnly',
    reads: ['content', 'links'],
    weight: 1,
    words: {
      en: 'Hardly any words, only a link to follow',
      fr: 'Presque pas de mots, seulement un lien à suivre',
    },
    find: look => linkOnly(look),
  },
  {
    id: 'onlyImage',
    reads: ['content'],
    weight: 0.7,
    words: {
      en: 'The message is a picture with hardly any text',
      fr: 'Le message est une image presque sans texte',
    },
    find: look =>
      yes(look.scans.some(scan => scan.images.length > 0) && look.text.replace(/\s+/g, '').length < 120),
  },
];

function phraseRule(topic: PhraseTopic, weight: number, harm: number, words: RuleRow['words']): Rule {
  return {
    id: topic,
    reads: ['content'],
    weight,
    harm,
    words,
    find: look => {
      const phrases = look.phrases.get(topic);
      return phrases
        ? { value: Math.min(1, phrases.length / 3 + 0.2), detail: phrases.slice(0, 3).join(', ') }
        : null;
    },
  };
}

const count = (look: Look, topic: PhraseTopic): number => look.phrases.get(topic)?.length ?? 0;

/** Base58 of 26 to 34 characters after 1 or 3, Bech32 after bc1, and hexadecimal after 0x (Ethereum). */
const coinAddress =
  /\b(?:bc1[ac-hj-np-z02-9]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{25,33}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33})\b/;

function extortion(look: Look): Found | null {
  const threats = look.phrases.get('extortion') ?? [];
  const isPaid = coinAddress.test(look.text) || /\b(?:bitcoins?|btc|monero|litecoin|usdt)\b/i.test(look.text);
  if (threats.length < (isPaid ? 1 : 3)) return null;
  return {
    value: Math.min(1, threats.length / 4 + (isPaid ? 0.4 : 0)),
    detail: threats.slice(0, 3).join(', '),
  };
}

/** A telephone number as scams write it, letters that look like digits and odd separators included. */
const telephone =
  /(?:\+?\d{1,3}[\s.)(/_–-]{0,3})?(?:\(?[\dOolI]{3,4}\)?[\s.)(/_–~*-]{1,4}){2}[\dOolI]{3,4}\b|\+\d{1,3}[\s.)(-]{0,2}\d(?:[\s.()-]{0,2}\d){8,10}\b|\b0\d(?:[\s.-]?\d{2}){4}\b/;

function callBackScam(look: Look): Found | null {
  const calls = look.phrases.get('callBack') ?? [];
  if (calls.length < 2 || look.text.length > 6000) return null;
  const number = telephone.exec(look.text)?.[0];
  if (!number || !/[$€£]\s?\d|\d\s?(?:€|£|usd\b|eur\b|gbp\b|euros\b|dollars\b)/i.test(look.text)) return null;
  // Who bills in earnest has a site to go to.
  if (
    look.links.some(
      link => isWebLink(link) && (link.parts.domain === look.authorDomain || isTracker(link.parts)),
    )
  )
    return null;
  return { value: Math.min(1, 0.4 + calls.length / 5), detail: number.trim() };
}

function bossScam(look: Look): Found | null {
  const asked = look.phrases.get('bossAsks') ?? [];
  const visible = look.text.trim().length;
  if (asked.length === 0 || visible > 900 || look.links.some(isWebLink)) return null;
  return asked.length > 1 || visible < 200
    ? { value: Math.min(1, 0.4 + asked.length / 4), detail: asked.slice(0, 3).join(', ') }
    : null;
}

/** Brands that people write about without being their customers at the time: one pressing word is not enough. */
const talkedAbout: ReadonlySet<string> = new Set([
  'Microsoft',
  'Google',
  'Apple',
  'Amazon',
  'Meta',
  'X',
  'LinkedIn',
  'WhatsApp',
  'Telegram',
  'Discord',
  'TikTok',
  'Adobe',
  'AOL and Yahoo',
  'GMX and web.de',
  'GitHub',
  'WordPress',
  'Norton',
  'eBay',
  'PayPal',
  'AT&T',
  'Verizon',
  'Netflix',
  'Spotify',
  'Zoom',
  'Dropbox',
  'Steam',
  'cPanel',
  'Vodafone',
  'T-Mobile and Telekom',
  'SNCF',
]);

/** A brand that the text names while it threatens, asks or promises, and no link leads to the brand. */
function brandElsewhere(look: Look): Found | null {
  const web = look.links.filter(link => isWebLink(link) && !isTracker(link.parts));
  if (web.length === 0) return null;
  const pressure =
    Math.min(2, count(look, 'askPassword')) +
    Math.min(2, count(look, 'accountTrouble')) +
    Math.min(2, count(look, 'parcel')) +
    Math.min(1, count(look, 'prize')) +
    Math.min(1, count(look, 'urgency')) +
    Math.min(1, count(look, 'crypto'));
  if (pressure === 0) return null;
  for (const [brand, wording] of look.brands) {
    if (pressure < 2 && talkedAbout.has(brand.name)) continue;
    const own = web.filter(link => isOwnedBy(brand, link.host, link.parts)).length;
    if (own * 2 > web.length || (own > 0 && pressure < 3)) continue;
    const other = web.find(link => !isOwnedBy(brand, link.host, link.parts));
    if (!other || other.parts.domain.startsWith(wording.replace(/ /g, ''))) continue;
    return {
      value: Math.min(1, (own > 0 ? 0.2 : 0.4) + pressure / 5),
      detail: `${brand.name} → ${other.host}`,
    };
  }
  return null;
}

/** How many wordings ask, threaten or promise. */
function demands(look: Look): number {
  const topics = ['askPassword', 'accountTrouble', 'parcel', 'prize', 'crypto', 'urgency'] as const;
  return topics.reduce((sum, topic) => sum + count(look, topic), 0);
}

/** Domains among all links of a message up to which they are one sender's. */
const maxPlaces = 2;

/** Who asks in earnest says who asks: the name of the site that the links lead to stands somewhere in the text. */
function asksAtUnnamed(look: Look): Found | null {
  const asked =
    demands(look) + Math.min(1, count(look, 'adult') + count(look, 'medicine') + count(look, 'earnMoney'));
  // A list's footer leads to the list, whatever is said on it.
  if (asked === 0 || look.message.listId !== null) return null;
  const places = new Map(
    look.webHosts.filter(({ source }) => source !== 'nested').map(({ parts }) => [parts.domain, parts]),
  );
  if (places.size === 0 || places.size > maxPlaces) return null;
  const said = look.text
    .slice(0, 6000)
    .replace(/(?:https?:\/\/|www\.)[^\s<>"']+/gi, ' ')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  for (const parts of places.values()) {
    if (isTracker(parts)) return null;
    const names = parts.name.split('-').filter(name => name.length >= 4);
    if (said.includes(parts.name.replace(/-/g, '')) || names.some(name => said.includes(name))) return null;
  }
  return { value: Math.min(1, 0.5 + asked / 6), detail: [...places.keys()].join(', ') };
}

function asksAtDoubtfulPlace(look: Look): Found | null {
  const asked =
    count(look, 'askPassword') +
    count(look, 'accountTrouble') +
    count(look, 'parcel') +
    count(look, 'prize') +
    count(look, 'crypto') +
    count(look, 'urgency');
  if (asked === 0) return null;
  const place = look.links.find(isDoubtful);
  return place ? { value: Math.min(1, 0.4 + asked / 4), detail: place.host } : null;
}

const greetedAddress =
  /\b(?:dear|hello|hi|hey|attention|attn|user|bonjour|cher|chere|chère|hallo|liebe(?:r|\/r)?|sehr geehrte[r]?|guten tag|beste|geachte|hola|estimad[oa]|ol[áa]|prezad[oa]|ciao|gentile|caro)\b[\s:,*]{0,6}[\w.+-]{1,64}@[a-z0-9-]{1,63}/i;

/** Fewer than 12 words beside the links, and a link. A picture instead of the words counts as none. */
function linkOnly(look: Look): Found | null {
  const link = look.links.find(isWebLink);
  if (!link) return null;
  const length = look.links.reduce((sum, { href }) => sum + href.length, 0);
  // Words of this many letters are none that fit twelve times.
  if (look.text.length > length + 600) return null;
  const plain = look.text.slice(0, 4000).replace(/(?:https?:\/\/|www\.)[^\s<>"']+/gi, ' ');
  const words = plain.match(/\p{L}{2,}/gu)?.length ?? 0;
  return words < 12 ? { detail: link.host } : null;
}
