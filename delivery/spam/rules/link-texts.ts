import { brandsIn, isOwnedBy } from '../brands.ts';
import { registeredDomain, shownHostOf } from '../domains.ts';
import { isShortened, isTracker } from '../link-hosts.ts';
import { isWebLink, type Link, readLink, shownHost } from '../links.ts';
import type { Look } from '../look.ts';
import { innerTargets } from '../nested-links.ts';
import { foldedWords } from '../wordings.ts';
import { leavingWords } from './link-targets.ts';
import { type Found, type Rule, yes } from './rule.ts';

/** Rules about what links show, against where they lead, and about all links of a message together. */
export const linkTextRules: readonly Rule[] = [
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
    id: 'linkShowsBrand',
    reads: ['links'],
    weight: 1.2,
    harm: 0.3,
    words: {
      en: 'A link names a well-known company and leads elsewhere',
      fr: 'Un lien nomme une marque connue et mène ailleurs',
    },
    find: look => linkShowsBrand(look),
  },
  {
    id: 'onlyShortened',
    reads: ['links'],
    weight: 1.2,
    harm: 0.2,
    words: {
      en: 'Every link hides its target behind a shortener',
      fr: 'Tous les liens cachent leur cible derrière un raccourcisseur',
    },
    find: look => {
      const web = look.links.filter(link => isWebLink(link) && link.source !== 'nested');
      return yes(web.length > 0 && web.every(isShortened), web[0]?.host);
    },
  },
  {
    id: 'leavingLeadsSame',
    reads: ['links'],
    weight: 1.4,
    harm: 0.2,
    words: {
      en: 'The link to unsubscribe leads to the same place as the offer',
      fr: 'Le lien de désinscription mène au même endroit que l’offre',
    },
    find: look => leavingLeadsSame(look),
  },
  {
    id: 'deadLinks',
    reads: ['links'],
    weight: 0.8,
    harm: 0.1,
    words: {
      en: 'Links of the footer lead nowhere: they were copied',
      fr: 'Les liens du bas de page ne mènent nulle part : ils ont été copiés',
    },
    find: look => deadLinks(look),
  },
  {
    id: 'templateLeft',
    reads: ['links'],
    weight: 0.8,
    words: {
      en: 'A blank of the form letter was never filled in',
      fr: 'Un blanc de la lettre type n’a pas été rempli',
    },
    find: look => {
      const left = look.links.find(({ href }) => templateMarks.test(href));
      return left ? { detail: left.href.slice(0, 60) } : null;
    },
  },
];

const templateMarks = /\{\{\s*[\w.]{2,40}\s*\}\}|%%\s*[\w.]{2,40}\s*%%|\[\[[\w.]{2,40}\]\]|##[\w.]{2,40}##/i;

/** Links through one host, at least, from which a host counts as the way all links of the sender go. */
const wayOfAll = 4;

/**
 * Shown host and target of two organisations. A sender's newsletter goes through the clicks' counter of its provider:
 * a link to where the author, a known counter, or most links of the message are at home is no lie.
 */
function linkShowsOtherHost(look: Look): Found | null {
  for (const link of look.links) {
    if (!link.text || !isWebLink(link)) continue;
    const shown = shownHost(link.text);
    if (shown === null || !looksLikeSite(shown, link.text)) continue;
    const domain = registeredDomain(shown);
    if (domain === link.parts.domain || isWayOfSender(link, look) || leadsOnTo(domain, link)) continue;
    return { detail: `${shown} → ${shownHostOf(link.host)}` };
  }
  return null;
}

/** A file name or an abbreviation is no host: only what has a known suffix, `www.` or a scheme. */
function looksLikeSite(shown: string, text: string): boolean {
  return (
    /^\s*(?:https?:\/\/|www\.)/i.test(text) ||
    /\.(?:com|net|org|fr|de|uk|eu|ch|be|it|es|nl|br|ca|gov|info|io|co|us|at|pl|pt)$/.test(shown)
  );
}

/** A counter of clicks that says where it leads, and leads where the text says. */
function leadsOnTo(domain: string, { host, path }: Link): boolean {
  return innerTargets(host, path).some(target => readLink(target, null).parts.domain === domain);
}

function isWayOfSender(link: Link, look: Look): boolean {
  if (isTracker(link.parts) || (look.authorDomain !== '' && link.parts.domain === look.authorDomain))
    return true;
  const same = new Set(
    look.links.filter(other => other.parts.domain === link.parts.domain).map(({ href }) => href),
  );
  return same.size >= wayOfAll && same.size * 2 >= new Set(look.links.map(({ href }) => href)).size;
}

/** A link whose text names a brand, in a message whose author is not the brand, that leads to somebody else. */
function linkShowsBrand(look: Look): Found | null {
  for (const link of look.links.slice(0, 25)) {
    if (!link.text || link.text.length > 60 || !isWebLink(link) || isWayOfSender(link, look)) continue;
    for (const [brand] of brandsIn(foldedWords(link.text))) {
      if (
        isOwnedBy(brand, link.host, link.parts) ||
        look.links.some(other => isOwnedBy(brand, other.host, other.parts))
      )
        continue;
      return { detail: `${brand.name} → ${shownHostOf(link.host)}` };
    }
  }
  return null;
}

function leavingLeadsSame(look: Look): Found | null {
  const leaving = look.links.find(
    link => link.text !== null && isWebLink(link) && leavingWords.test(link.text),
  );
  if (!leaving || leaving.path.length < 2) return null;
  const same = look.links.some(
    other =>
      other !== leaving &&
      other.href === leaving.href &&
      !(other.text !== null && leavingWords.test(other.text)) &&
      other.source === 'html' &&
      (other.text ?? '') !== '',
  );
  return same ? { detail: leaving.host } : null;
}

/** Two and more links with a text and no target, beside one that leads somewhere. */
function deadLinks(look: Look): Found | null {
  const dead = look.links.filter(
    ({ text, href }) => text && /^(?:#|javascript:\s*(?:void\(0\))?;?|about:blank|)$/i.test(href),
  );
  const isAlive = look.links.some(isWebLink);
  return yes(dead.length >= 2 && isAlive, dead[0]?.text?.slice(0, 60));
}
