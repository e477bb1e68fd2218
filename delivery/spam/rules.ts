import type { AuthenticationFindings } from '../authenticate/findings.ts';
import type { Session } from '../delivery.ts';
import type { ReputationFindings } from '../reputation/findings.ts';
import { hasDangerousName, hasExecutableOctets, hasMacros, hasScriptedHtml } from './attachments.ts';
import type { FeatureClass } from './classes.ts';
import { isNumericHost, registeredDomain, shownHost } from './links.ts';
import type { Look } from './look.ts';
import { isFreemail, isMixedScript } from './names.ts';
import type { PhraseTopic } from './phrases.ts';
import { senderRules } from './rules/sender.ts';

/** What a rule may look at besides the message. A missing key is not known. */
export interface RuleEvidence {
  readonly authentication?: AuthenticationFindings | undefined;
  readonly session?: Session | undefined;
  /** What is known of the sender from elsewhere: see `rules/sender.ts`. */
  readonly reputation?: ReputationFindings | undefined;
}

/** A rule that holds: how strongly, 0..1 (1 when left out), and what it was seen in. */
export interface Found {
  readonly value?: number;
  readonly detail?: string;
}

/** One rule. */
export interface Rule {
  readonly id: string;
  /** What it reads: it takes part when the class `rules` does or all of these do. */
  readonly reads: readonly FeatureClass[];
  /** Log-odds of spam in a model that has learned nothing; the model's own weight replaces it with time. */
  readonly weight: number;
  /** Share in the verdict `harmful`, which needs 1 in all. */
  readonly harm?: number;
  /** The reason as a reader sees it. */
  readonly words: { readonly en: string; readonly fr: string };
  readonly find: (look: Look, evidence: RuleEvidence) => Found | null;
}

const yes = (holds: boolean, detail?: string): Found | null =>
  holds ? (detail === undefined ? {} : { detail }) : null;

/** The rules, one row each. `find` is pure, linear in what was looked at, and never throws. */
export const rules: readonly Rule[] = [
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
    id: 'linkShowsOtherHost',
    reads: ['links'],
    weight: 1.5,
    harm: 0.5,
    words: {
      en: 'A link shows one site and leads to another',
      fr: 'Un lien affiche un site et mène à un autre',
    },
    find: look => linkShowsOtherHost(look),
  },
  {
    id: 'numericLink',
    reads: ['links'],
    weight: 1.5,
    harm: 0.3,
    words: {
      en: 'A link leads to a bare number instead of a name',
      fr: 'Un lien mène à un numéro au lieu d’un nom',
    },
    find: look => foundLink(look, link => isNumericHost(link.host)),
  },
  {
    id: 'linkWithUser',
    reads: ['links'],
    weight: 1.5,
    harm: 0.4,
    words: {
      en: 'A link hides its real site behind an @',
      fr: 'Un lien cache son vrai site derrière un @',
    },
    find: look => foundLink(look, link => link.user !== '' && /^https?$/.test(link.scheme)),
  },
  {
    id: 'mixedScriptLink',
    reads: ['links'],
    weight: 1.5,
    harm: 0.4,
    words: {
      en: 'A link imitates a name with letters of other scripts',
      fr: 'Un lien imite un nom avec des lettres d’autres alphabets',
    },
    find: look => foundLink(look, link => isMixedScript(link.host)),
  },
  {
    id: 'punycodeLink',
    reads: ['links'],
    weight: 0.5,
    harm: 0.2,
    words: {
      en: 'A link leads to an internationalized name written in code',
      fr: 'Un lien mène à un nom internationalisé écrit en code',
    },
    find: look => foundLink(look, link => /(?:^|\.)xn--/.test(link.host)),
  },
  {
    id: 'sharedHostingLink',
    reads: ['links'],
    weight: 0.6,
    words: {
      en: 'A link leads to a page that anybody can put up without a name',
      fr: 'Un lien mène à une page que n’importe qui peut publier sans nom',
    },
    find: look => foundLink(look, link => sharedHosts.test(link.host)),
  },
  {
    id: 'shortenedLink',
    reads: ['links'],
    weight: 0.6,
    words: {
      en: 'A link hides its target behind a shortener',
      fr: 'Un lien cache sa cible derrière un raccourcisseur',
    },
    find: look => foundLink(look, link => shorteners.test(registeredDomain(link.host))),
  },
  {
    id: 'unusualTopDomain',
    reads: ['links'],
    weight: 0.8,
    words: {
      en: 'A link leads to a kind of domain that is sold for next to nothing',
      fr: 'Un lien mène à un type de domaine vendu pour presque rien',
    },
    find: look => foundLink(look, link => cheapTopDomains.test(link.host)),
  },
  {
    id: 'longRandomLink',
    reads: ['links'],
    weight: 0.5,
    words: {
      en: 'A link has a name made of random characters',
      fr: 'Un lien porte un nom fait de caractères au hasard',
    },
    find: look => foundLink(look, link => looksRandom(link.host)),
  },
  {
    id: 'dataLink',
    reads: ['links'],
    weight: 1.5,
    harm: 0.5,
    words: {
      en: 'A link carries a page or a script in itself',
      fr: 'Un lien porte une page ou un script en lui-même',
    },
    find: look =>
      foundLink(look, link => link.scheme === 'javascript' || /^data:text\/html/i.test(link.href)),
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
    reads: ['structure'],
    weight: 0.7,
    words: { en: 'The message hides text from its reader', fr: 'Le message cache du texte à son lecteur' },
    find: look => yes(look.scans.some(scan => Boolean(scan.hiddenText))),
  },
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
    id: 'mixedScriptName',
    reads: ['headers'],
    weight: 1.5,
    harm: 0.3,
    words: {
      en: 'The sender’s name or subject mixes letters of several scripts',
      fr: 'Le nom de l’expéditeur ou l’objet mêle des lettres de plusieurs alphabets',
    },
    find: ({ message }) =>
      yes(isMixedScript(message.originators.from[0]?.name ?? '') || isMixedScript(message.subject ?? '')),
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
    weight: 0.7,
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
    id: 'forged',
    reads: ['authentication'],
    weight: 2,
    harm: 0.5,
    words: {
      en: 'The sender’s domain says that this mail is not from it',
      fr: 'Le domaine de l’expéditeur dit que ce message n’est pas de lui',
    },
    find: (_, { authentication }) => yes(authentication?.dmarc.result === 'fail'),
  },
  {
    id: 'senderRefused',
    reads: ['authentication'],
    weight: 1,
    harm: 0.2,
    words: {
      en: 'The sending server may not send for its domain',
      fr: 'Le serveur d’envoi n’a pas le droit d’envoyer pour son domaine',
    },
    find: (_, { authentication }) => yes(authentication?.spf.result === 'fail'),
  },
  {
    id: 'authenticated',
    reads: ['authentication'],
    weight: -0.6,
    words: { en: 'The sender’s domain is proven', fr: 'Le domaine de l’expéditeur est prouvé' },
    find: (_, { authentication }) => yes(authentication !== undefined && isAligned(authentication)),
  },
  {
    id: 'unauthenticated',
    reads: ['authentication'],
    weight: 0.4,
    words: { en: 'Nothing proves the sender’s domain', fr: 'Rien ne prouve le domaine de l’expéditeur' },
    find: (_, { authentication }) => yes(authentication !== undefined && !isAligned(authentication)),
  },
  {
    id: 'namelessServer',
    reads: ['authentication'],
    weight: 0.5,
    words: { en: 'The sending server has no proper name', fr: 'Le serveur d’envoi n’a pas de nom en règle' },
    find: (_, { authentication }) =>
      yes(authentication?.iprev.result === 'fail' || authentication?.iprev.result === 'permerror'),
  },
  ...senderRules,
];

/** True when SPF, DKIM or DMARC proves the domain of the From field. */
export function isAligned(authentication: AuthenticationFindings): boolean {
  const { spf, dkim, dmarc } = authentication;
  return (
    dmarc.result === 'pass' ||
    (spf.result === 'pass' && spf.aligned) ||
    dkim.some(signature => signature.result === 'pass' && signature.aligned)
  );
}

function phraseRule(topic: PhraseTopic, weight: number, harm: number, words: Rule['words']): Rule {
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

function foundLink(look: Look, holds: (link: Look['links'][number]) => boolean): Found | null {
  const link = look.links.find(holds);
  return link ? { detail: link.host || link.scheme } : null;
}

function foundAttachment(look: Look, holds: (file: Look['attachments'][number]) => boolean): Found | null {
  const file = look.attachments.find(holds);
  return file ? { detail: file.name || file.mediaType } : null;
}

function nameShowsOtherAddress(look: Look): Found | null {
  const [sender] = look.message.originators.from;
  const shown = /[\w.+-]{1,64}@((?:[a-z0-9-]{1,63}\.)+[a-z]{2,24})/i.exec(sender?.name?.slice(0, 300) ?? '');
  const own = sender?.address.split('@').pop()?.toLowerCase() ?? '';
  const domain = shown?.[1]?.toLowerCase();
  if (!shown || !domain || registeredDomain(domain) === registeredDomain(own)) return null;
  return { detail: shown[0] };
}

function linkShowsOtherHost(look: Look): Found | null {
  for (const { text, host, scheme } of look.links) {
    if (!text || !host || !scheme.startsWith('http')) continue;
    const shown = shownHost(text);
    if (shown && registeredDomain(shown) !== registeredDomain(host)) return { detail: `${shown} → ${host}` };
  }
  return null;
}

function replyToDrift(look: Look): Found | null {
  const { from, replyTo } = look.message.originators;
  const [own, other] = [from[0], replyTo[0]].map(one => one?.address.split('@').pop()?.toLowerCase() ?? '');
  if (!own || !other || registeredDomain(own) === registeredDomain(other) || !isFreemail(other)) return null;
  return { detail: other };
}

function isShouting(subject: string): boolean {
  const letters = subject.slice(0, 200).match(/\p{L}/gu) ?? [];
  const capitals = subject.slice(0, 200).match(/\p{Lu}/gu) ?? [];
  return letters.length >= 8 && capitals.length / letters.length > 0.8;
}

/** Only a Date that can't be read counts: a missing one may have been cut by the way the message was kept. */
function isDateField(field: { readonly name: string }): boolean {
  return field.name.toLowerCase() === 'date';
}

const sharedHosts =
  /(?:^|\.)(?:blogspot\.[a-z.]+|weebly\.com|wixsite\.com|web\.app|firebaseapp\.com|firebasestorage\.googleapis\.com|storage\.googleapis\.com|pages\.dev|workers\.dev|r2\.dev|netlify\.app|vercel\.app|herokuapp\.com|github\.io|glitch\.me|azurewebsites\.net|web\.core\.windows\.net|blob\.core\.windows\.net|s3[.-][a-z0-9.-]*amazonaws\.com|amplifyapp\.com|ngrok\.io|ngrok-free\.app|000webhostapp\.com|duckdns\.org|ipfs\.io|dweb\.link|sites\.google\.com|forms\.gle|formspree\.io|jotform\.com|typeform\.com|godaddysites\.com|square\.site|webflow\.io|myshopify\.com|repl\.co|translate\.goog|backblazeb2\.com|digitaloceanspaces\.com|linodeobjects\.com|cloudfront\.net|trycloudflare\.com|sharepoint\.com)$/;

const shorteners =
  /^(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd|buff\.ly|cutt\.ly|rebrand\.ly|rb\.gy|t\.ly|shorturl\.at|s\.id|tiny\.cc|lnkd\.in|qrco\.de|urlz\.fr|bit\.do|v\.gd|linktr\.ee|encurtador\.com\.br|short\.gy|adf\.ly)$/;

const cheapTopDomains =
  /\.(?:tk|ml|ga|cf|gq|top|xyz|icu|club|online|site|website|space|live|click|link|buzz|cyou|monster|quest|sbs|cfd|bond|shop|store|fun|rest|work|vip|win|bid|loan|men|date|racing|stream|download|review|trade|party|science|faith|accountant|cricket|country|kim|zip|mov|autos|beauty|hair|skin|makeup|boats|homes|lol|pics|mom|biz|info|pw|su)$/;

/** A label of ten or more characters with many digits among letters, or with hardly a vowel. */
function looksRandom(host: string): boolean {
  return host.split('.').some(label => {
    if (label.length < 10 || label.startsWith('xn--')) return false;
    const digits = label.replace(/\D/g, '').length;
    const vowels = label.replace(/[^aeiouy]/g, '').length;
    return (digits >= 3 && digits < label.length && /\d[a-z]+\d/.test(label)) || vowels / label.length < 0.12;
  });
}
