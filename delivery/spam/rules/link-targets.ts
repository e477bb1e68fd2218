import { brandInHost, imitatedBrand } from '../brands.ts';
import { type HostParts, isNumericHost, shownHostOf, unicodeHost } from '../domains.ts';
import { isCheap, isMachineName, isOpenPlace, isOpenRedirector, isShortened } from '../link-hosts.ts';
import type { Link } from '../links.ts';
import { isWebLink } from '../links.ts';
import type { Look } from '../look.ts';
import { isMixedScript } from '../names.ts';
import { type Found, foundLink, type Rule, shownLink } from './rule.ts';

/** Rules about where links lead. */
export const linkTargetRules: readonly Rule[] = [
  {
    id: 'numericLink',
    reads: ['links'],
    weight: 1.5,
    harm: 0.3,
    words: {
      en: 'A link leads to a bare number instead of a name',
      fr: 'Un lien mène à un numéro au lieu d’un nom',
    },
    find: look => foundHost(look, link => isNumericHost(link.host)),
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
    find: look => foundLink(look, link => link.user !== '' && isWebLink(link)),
  },
  {
    id: 'mixedScriptLink',
    reads: ['links'],
    weight: 1.8,
    harm: 0.5,
    words: {
      en: 'A link imitates a name with letters of other scripts',
      fr: 'Un lien imite un nom avec des lettres d’autres alphabets',
    },
    find: look => foundHost(look, ({ host }) => host.includes('xn--') && isMixedScript(unicodeHost(host))),
  },
  {
    id: 'punycodeLink',
    reads: ['links'],
    weight: 0.3,
    words: {
      en: 'A link leads to a name with letters outside the English alphabet',
      fr: 'Un lien mène à un nom avec des lettres hors de l’alphabet anglais',
    },
    find: look => foundHost(look, link => link.host.includes('xn--')),
  },
  {
    id: 'lookAlikeLink',
    reads: ['links'],
    weight: 2,
    harm: 0.6,
    words: {
      en: 'A link leads to a name that imitates a well-known one',
      fr: 'Un lien mène à un nom qui en imite un autre, bien connu',
    },
    find: look => foundImitation(look),
  },
  {
    id: 'brandInLink',
    reads: ['links'],
    weight: 1.8,
    harm: 0.5,
    words: {
      en: 'A link names a well-known company in an address that is not the company’s',
      fr: 'Un lien nomme une marque connue dans une adresse qui n’est pas la sienne',
    },
    find: look => foundBrandInHost(look),
  },
  {
    id: 'hostShowsDomain',
    reads: ['links'],
    weight: 1.6,
    harm: 0.4,
    words: {
      en: 'A link begins like one site’s name and belongs to another',
      fr: 'Un lien commence comme le nom d’un site et appartient à un autre',
    },
    find: look => foundHost(look, ({ parts }) => showsDomain(parts)),
  },
  {
    id: 'machineLink',
    reads: ['links'],
    weight: 1.5,
    harm: 0.3,
    words: {
      en: 'A link leads to a rented machine without a name of its own',
      fr: 'Un lien mène à une machine louée, sans nom à elle',
    },
    find: look => foundHost(look, link => isMachineName(link.host)),
  },
  {
    id: 'hackedSiteLink',
    reads: ['links'],
    weight: 1.6,
    harm: 0.4,
    words: {
      en: 'A link leads into the works of a site, where its pages do not live',
      fr: 'Un lien mène dans les rouages d’un site, là où il n’a pas de pages',
    },
    find: look => foundLink(look, link => isWebLink(link) && isInWorks(link)),
  },
  {
    id: 'sharedHostingLink',
    reads: ['links'],
    weight: 0.7,
    words: {
      en: 'A link leads to a page that anybody can put up without a name',
      fr: 'Un lien mène à une page que n’importe qui peut publier sans nom',
    },
    find: look => foundLink(look, isOpenPlace),
  },
  {
    id: 'shortenedLink',
    reads: ['links'],
    weight: 0.5,
    words: {
      en: 'A link hides its target behind a shortener',
      fr: 'Un lien cache sa cible derrière un raccourcisseur',
    },
    find: look => foundLink(look, isShortened),
  },
  {
    id: 'redirectedLink',
    reads: ['links'],
    weight: 1,
    harm: 0.2,
    words: {
      en: 'A link uses a well-known site to lead somewhere else',
      fr: 'Un lien se sert d’un site connu pour mener ailleurs',
    },
    find: look => foundRedirector(look),
  },
  {
    id: 'unusualTopDomain',
    reads: ['links'],
    weight: 0.8,
    words: {
      en: 'A link leads to a kind of domain that is sold for next to nothing',
      fr: 'Un lien mène à un type de domaine vendu pour presque rien',
    },
    find: look => foundHost(look, link => isCheap(link.parts)),
  },
  {
    id: 'longRandomLink',
    reads: ['links'],
    weight: 0.6,
    words: {
      en: 'A link has a name made of random characters',
      fr: 'Un lien porte un nom fait de caractères au hasard',
    },
    find: look => foundHost(look, ({ parts }) => looksRandom(parts.subdomain) || looksRandom(parts.name)),
  },
  {
    id: 'pictureLink',
    reads: ['links'],
    weight: 1.3,
    harm: 0.4,
    words: {
      en: 'A QR code in a picture leads to a site that is not the sender’s',
      fr: 'Un code QR dans une image mène à un site qui n’est pas celui de l’expéditeur',
    },
    find: look =>
      foundLink(look, ({ source, parts }) => source === 'picture' && parts.domain !== look.authorDomain),
  },
  {
    id: 'portLink',
    reads: ['links'],
    weight: 1,
    harm: 0.2,
    words: { en: 'A link leads to an unusual port', fr: 'Un lien mène à un port inhabituel' },
    find: look => foundLink(look, link => isWebLink(link) && unusualPort(link.port)),
  },
  {
    id: 'programLink',
    reads: ['links'],
    weight: 1,
    harm: 0.4,
    words: {
      en: 'A link leads straight to a program',
      fr: 'Un lien mène tout droit à un programme',
    },
    find: look => foundLink(look, link => isWebLink(link) && programPath.test(link.path)),
  },
  {
    id: 'strangeScheme',
    reads: ['links'],
    weight: 1.8,
    harm: 0.6,
    words: {
      en: 'A link starts a program of the reader’s machine instead of showing a page',
      fr: 'Un lien lance un programme sur la machine du lecteur au lieu d’afficher une page',
    },
    find: look =>
      foundLink(look, ({ scheme, href }) => strangeSchemes.test(scheme) || /^\\\\[^\\]/.test(href)),
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
      foundLink(
        look,
        ({ scheme, href }) => scriptTarget.test(href) || (scheme === 'blob' && href.length > 5),
      ),
  },
  {
    id: 'recipientInLink',
    reads: ['links'],
    weight: 1,
    harm: 0.2,
    words: {
      en: 'A link carries the address of its reader',
      fr: 'Un lien porte l’adresse de son lecteur',
    },
    find: look => foundLink(look, link => isWebLink(link) && carriesAddress(link, look)),
  },
];

/** A `javascript:` that does something: an empty one is how pages write "nowhere". */
const scriptTarget =
  /^(?:javascript:(?!\s*(?:void\b|;|$|return\b|history))|vbscript:|data:(?:text\/html|application\/xhtml|image\/svg))/i;
const strangeSchemes =
  /^(?:file|search-ms|search|ms-[a-z0-9-]+|shell|smb|webcal-exec|steam|jar|res|mhtml|view-source|vnd\.ms\.[a-z]+|onenote|tel-exec)$/;

/** Where site software keeps its parts: a page there was put by somebody who broke in. Pictures and files are normal. */
const works =
  /\/(?:wp-includes|wp-admin|wp-content\/(?:plugins|themes|upgrade|cache|mu-plugins)|\.well-known|cgi-sys|node_modules|administrator\/components)(?:\/|$)/i;
const pageEnd = /(?:\/[^./]*|\.(?:php\d?|html?|aspx?))$/i;

function isInWorks({ path }: Link): boolean {
  const place = path.split(/[?#]/, 1)[0] ?? '';
  return works.test(place) && pageEnd.test(place);
}

/** A file that a system runs, by the last step of the path. */
const programPath =
  /^[^?#]*\.(?:exe|scr|msi|msix|appinstaller|bat|cmd|pif|vbs|js|jse|wsf|hta|lnk|ps1|iso|img|vhdx?|apk|dmg|pkg|jar|xll|one)(?:[?#]|$)/i;

const commonPorts = new Set(['', '80', '443', '8080', '8443', '8000', '8888', '3000', '5000']);

function unusualPort(port: string): boolean {
  return !commonPorts.has(port);
}

function foundHost(look: Look, holds: (link: Link) => boolean): Found | null {
  const link = look.webHosts.find(holds);
  return link ? { detail: shownHostOf(link.host) } : null;
}

function foundImitation(look: Look): Found | null {
  for (const link of look.webHosts) {
    const imitated = imitatedBrand(link.parts);
    if (imitated !== null) return { detail: `${shownHostOf(link.host)} ≈ ${imitated}` };
  }
  return null;
}

function foundBrandInHost(look: Look): Found | null {
  for (const link of look.webHosts) {
    const brand = brandInHost(link.host, link.parts);
    if (brand) return { detail: `${brand.name}: ${link.host}` };
  }
  return null;
}

/** `www.bank.com.x9.example` and `bank.com-login.example`: a whole name with its suffix in front of the real one. */
function showsDomain({ subdomain, name }: HostParts): boolean {
  const labels = subdomain.replace(/^www\.?/, '');
  if (/[a-z0-9]{3,}[.-](?:com|net|org|gov|gouv|fr|de|co\.uk|com\.br)(?:[.-]|$)/.test(labels)) return true;
  return /^(?:com|net|org)-/.test(name) && /[a-z0-9]{3,}$/.test(labels);
}

/** Through a redirector to a domain that is neither the redirector's nor the sender's. */
function foundRedirector(look: Look): Found | null {
  for (const link of look.links) {
    if (link.source === 'nested' || !isOpenRedirector(link)) continue;
    if (look.authorDomain !== '' && look.authorDomain === link.parts.domain) continue;
    return { detail: shownLink(link) };
  }
  return null;
}

/** Many digits among letters, or hardly a vowel, in a label of ten characters and more. */
function looksRandom(labels: string): boolean {
  return labels.split('.').some(label => {
    if (label.length < 10 || label.startsWith('xn--')) return false;
    const digits = label.replace(/\D/g, '').length;
    const vowels = label.replace(/[^aeiouy]/g, '').length;
    return (digits >= 3 && digits < label.length && /\d[a-z]+\d/.test(label)) || vowels / label.length < 0.12;
  });
}

/** Ways to leave a list carry the address of whoever wants to leave. */
const leavingPaths =
  /unsub|optout|opt-out|remove|desinscri|desabonn|abmeld|preferences|preference-?cent|subscription|confirm-?sub|list-manage/i;

function carriesAddress({ path, parts, text, host }: Link, look: Look): boolean {
  if (parts.domain === look.authorDomain || leavingPaths.test(path) || leavingPaths.test(host)) return false;
  if (text !== null && leavingWords.test(text)) return false;
  const readable = path.includes('%40') ? path.replace(/%40/g, '@') : path;
  return (
    addressAsPlace.test(readable) ||
    (addressAlone.test(readable) && readable.split('&').length < 3) ||
    look.recipientCodes.some(code => path.includes(code))
  );
}

/** In the fragment or as a step of the path: where pages made for one reader look for it. */
const addressAsPlace = /[#/][\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}(?:$|[&#/?])/i;
/** As the one thing that a script is told. */
const addressAlone =
  /\.(?:php\d?|html?)\?(?:\w{1,12}=)?[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}(?:$|[&#])/i;

/** Words of a link that leaves a list, in the languages of the phrase table. */
export const leavingWords =
  /\b(?:unsubscrib|opt[ -]?out|d[ée]sinscri|d[ée]sabonn|se d[ée]sabonner|abmeld|abbestell|austrag|uitschrij|afmeld|darse de baja|cancelar (?:la )?(?:suscripci|inscri)|descadastr|disiscriv|annulla (?:l.)?iscrizione|wypisz|stop receiving)/i;
