import { normalizeAddress } from '../../message/address.ts';
import type { Message } from '../../message/shape.ts';
import { addressDomain, type HostParts, hostParts, shownHostOf } from '../domains.ts';
import { looksLikeName, skeletonOf } from '../look-alike.ts';
import { isFreemail } from '../names.ts';
import { isAligned } from './authentication.ts';
import { type Found, type RuleEvidence, type RuleRow, yes } from './rule.ts';

/** Whom an owner knows: never a part of what several owners of a message share. */
export interface OwnerEvidence {
  /** Addresses as `email:a@b.example`, or bare. */
  readonly contacts: ReadonlyArray<{ readonly name: string | null; readonly addresses: readonly string[] }>;
  readonly ownAddresses: readonly string[];
}

/** What the rules about an owner look at. */
export interface OwnerView {
  readonly message: Message;
  /** Hosts that the message's links lead to. */
  readonly hosts: readonly string[];
  readonly owner: OwnerEvidence;
  readonly evidence: RuleEvidence;
}

/** A rule about the message and one of its owners. */
export interface OwnerRule extends RuleRow {
  readonly find: (view: OwnerView) => Found | null;
}

/** Rules that depend on whom the owner knows. */
export const ownerRules: readonly OwnerRule[] = [
  {
    id: 'contactImitated',
    reads: ['headers'],
    weight: 1.8,
    harm: 0.4,
    words: {
      en: 'The sender has the name of a contact of yours and another address',
      fr: 'L’expéditeur porte le nom d’un de vos contacts et une autre adresse',
    },
    find: view => contactImitated(view),
  },
  {
    id: 'contactDomainImitated',
    reads: ['headers'],
    weight: 2,
    harm: 0.6,
    words: {
      en: 'The sender’s domain imitates the domain of a contact of yours',
      fr: 'Le domaine de l’expéditeur imite celui d’un de vos contacts',
    },
    find: view => contactDomainImitated(view),
  },
  {
    id: 'ownAddressForged',
    reads: ['headers', 'authentication'],
    weight: 1.6,
    harm: 0.4,
    words: {
      en: 'It pretends to be from yourself, and nothing proves it',
      fr: 'Il prétend venir de vous-même, et rien ne le prouve',
    },
    find: view => ownAddressForged(view),
  },
  {
    id: 'ownDomainImitated',
    reads: ['headers'],
    weight: 2,
    harm: 0.6,
    words: {
      en: 'The sender’s domain imitates your own',
      fr: 'Le domaine de l’expéditeur imite le vôtre',
    },
    find: view => {
      const author = authorParts(view);
      const own = ownDomains(view).find(domain => isImitation(author, domain));
      return own ? { detail: `${shownHostOf(author.domain)} ≈ ${own.domain}` } : null;
    },
  },
  {
    id: 'ownDomainInName',
    reads: ['headers'],
    weight: 1.6,
    harm: 0.4,
    words: {
      en: 'The sender’s name is your own domain or address, the sender’s address is not',
      fr: 'Le nom de l’expéditeur est votre domaine ou votre adresse, pas son adresse',
    },
    find: view => ownDomainInName(view),
  },
  {
    id: 'ownDomainInLink',
    reads: ['links'],
    weight: 2,
    harm: 0.6,
    words: {
      en: 'A link imitates the name of your own domain',
      fr: 'Un lien imite le nom de votre propre domaine',
    },
    find: view => ownDomainInLink(view),
  },
];

/** Names and addresses that are looked at, at most. */
const maxContacts = 2000;

const author = ({ message }: OwnerView) => message.originators.from[0];
const authorParts = (view: OwnerView): HostParts => hostParts(addressDomain(author(view)?.address));

/** Lists, and services that write for somebody (`Anna Demo via Forum`), name people and are not them. */
function writesForOthers({ message }: OwnerView): boolean {
  return message.listId !== null;
}

/** The contact's name from an address that is neither the contact's nor of an organisation that the contact is in. */
function contactImitated(view: OwnerView): Found | null {
  const from = author(view);
  const name = nameKey(from?.name ?? '');
  if (!from || name === '' || writesForOthers(view)) return null;
  const address = normalizeAddress(from.address);
  if (view.owner.ownAddresses.includes(address)) return null;
  const named = view.owner.contacts
    .slice(0, maxContacts)
    .filter(
      contact =>
        contact.name !== null &&
        Math.abs(contact.name.length - (from.name ?? '').length) < 6 &&
        nameKey(contact.name) === name,
    );
  if (named.length === 0) return null;
  const addresses = named.flatMap(contact => contact.addresses.map(bare));
  const { domain } = authorParts(view);
  const isTheirs = addresses.some(
    known => known === address || (hostParts(addressDomain(known)).domain === domain && !isFreemail(domain)),
  );
  return yes(addresses.length > 0 && !isTheirs, `${from.name} <${from.address}>`);
}

/** Words of a name in alphabetical order, as the eye takes them; empty for a name of one short word, which many have. */
function nameKey(name: string): string {
  const words = skeletonOf(name.slice(0, 100)).match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length > 1 || (words[0]?.length ?? 0) >= 8 ? words.sort().join(' ') : '';
}

function bare(address: string): string {
  return address.replace(/^email:/, '');
}

function contactDomainImitated(view: OwnerView): Found | null {
  const own = authorParts(view);
  if (own.name.length < 4 || isFreemail(own.domain)) return null;
  const domains = new Set<string>();
  for (const { addresses } of view.owner.contacts.slice(0, maxContacts)) {
    for (const address of addresses) {
      const domain = addressDomain(bare(address));
      if (domain !== '') domains.add(domain);
    }
  }
  // Somebody with whom the owner writes is nobody's imitation.
  if ([...domains].some(domain => hostParts(domain).domain === own.domain)) return null;
  for (const domain of domains) {
    if (Math.abs(domain.length - own.domain.length) > 8 || isFreemail(domain)) continue;
    const parts = hostParts(domain);
    if (isImitation(own, parts)) return { detail: `${shownHostOf(own.domain)} ≈ ${parts.domain}` };
  }
  return null;
}

/** A name that looks like the other, or the very name under another suffix, where it is long enough to be no chance. */
function isImitation(one: HostParts, other: HostParts): boolean {
  if (one.domain === other.domain || other.name.length < 5 || isFreemail(other.domain)) return false;
  return one.name === other.name ? other.name.length >= 8 : looksLikeName(one.name, other.name);
}

function ownDomains({ owner }: OwnerView): HostParts[] {
  const domains = new Set(owner.ownAddresses.slice(0, 20).map(address => addressDomain(bare(address))));
  return [...domains].filter(domain => domain !== '' && !isFreemail(domain)).map(domain => hostParts(domain));
}

/** Somebody signed in, or whose domain vouches for the message, writes to themself. */
function ownAddressForged(view: OwnerView): Found | null {
  const from = author(view);
  const { authentication, session } = view.evidence;
  if (!from || !authentication || session?.authenticatedUser || isAligned(authentication)) return null;
  const address = normalizeAddress(from.address);
  return yes(
    view.owner.ownAddresses.some(own => bare(own) === address),
    from.address,
  );
}

function ownDomainInName(view: OwnerView): Found | null {
  const from = author(view);
  if (!from?.name || writesForOthers(view)) return null;
  const name = from.name.slice(0, 200).toLowerCase();
  const { domain } = authorParts(view);
  for (const own of ownDomains(view)) {
    if (own.domain !== domain && name.includes(own.domain)) return { detail: from.name.slice(0, 100) };
  }
  const own = view.owner.ownAddresses.map(bare).find(address => name.includes(address));
  return yes(own !== undefined && normalizeAddress(from.address) !== own, own);
}

/** `demo-example.evil.example`, `demo.example.evil.example`, `dem0.example`: the owner's domain in a host that is not its. */
function ownDomainInLink(view: OwnerView): Found | null {
  const own = ownDomains(view).filter(({ name }) => name.length >= 4);
  if (own.length === 0) return null;
  for (const host of view.hosts) {
    const parts = hostParts(host);
    for (const { domain, name } of own) {
      if (parts.domain === domain) continue;
      const before = host.slice(0, host.length - (parts.domain.length - parts.name.length));
      const isInside = before.includes(domain) || before.includes(domain.replaceAll('.', '-'));
      if (isInside || (name.length >= 6 && looksLikeName(parts.name, name)))
        return { detail: `${shownHostOf(host)} ≈ ${domain}` };
    }
  }
  return null;
}
