import type { ReputationFindings } from '../../reputation/findings.ts';
import type { Found, Rule } from './rule.ts';

/** A standing nearer to 0 than this says nothing. */
const leastStanding = 0.1;
/** The share of its threshold from which another filter's score speaks against a message. */
const evenShare = 0.5;

/** Rules about who sent a message, by what others know of the sender. */
export const senderRules: readonly Rule[] = [
  {
    id: 'goodReputation',
    reads: ['authentication'],
    weight: -2,
    words: {
      en: 'Mail from this sender was wanted here before',
      fr: 'Le courrier de cet expéditeur a été voulu ici auparavant',
    },
    find: (_, { reputation }) => strong(reputation?.standing ?? 0, leastStanding),
  },
  {
    id: 'badReputation',
    reads: ['authentication'],
    weight: 2,
    words: {
      en: 'Mail from this sender was unwanted here before',
      fr: 'Le courrier de cet expéditeur a été jugé indésirable ici auparavant',
    },
    find: (_, { reputation }) => strong(-(reputation?.standing ?? 0), leastStanding),
  },
  {
    id: 'addressOnList',
    reads: ['authentication'],
    weight: 1.5,
    words: {
      en: 'A public list warns of the sending server',
      fr: 'Une liste publique met en garde contre le serveur d’envoi',
    },
    find: (_, { reputation }) => entries(reputation, { ofAddress: true, sign: 1 }),
  },
  {
    id: 'domainOnList',
    reads: ['authentication'],
    weight: 1.5,
    words: {
      en: 'A public list warns of a domain of the sender or of a link',
      fr: 'Une liste publique met en garde contre un domaine de l’expéditeur ou d’un lien',
    },
    find: (_, { reputation }) => entries(reputation, { ofAddress: false, sign: 1 }),
  },
  {
    id: 'senderCommended',
    reads: ['authentication'],
    weight: -1.5,
    words: {
      en: 'A public list commends the sender',
      fr: 'Une liste publique recommande l’expéditeur',
    },
    find: (_, { reputation }) => entries(reputation, { ofAddress: null, sign: -1 }),
  },
  {
    id: 'otherFilterSpam',
    reads: ['authentication'],
    weight: 3,
    words: {
      en: 'Another filter of this server takes it for spam',
      fr: 'Un autre filtre de ce serveur le tient pour indésirable',
    },
    find: (_, { reputation }) => filterFound(reputation, 1),
  },
  {
    id: 'otherFilterHam',
    reads: ['authentication'],
    weight: -1.5,
    words: {
      en: 'Another filter of this server sees nothing wrong in it',
      fr: 'Un autre filtre de ce serveur n’y trouve rien à redire',
    },
    find: (_, { reputation }) => filterFound(reputation, -1),
  },
];

/** Rules that rest on public lists alone: these never decide by themselves that a message is refused. */
export const listRules: ReadonlySet<string> = new Set(['addressOnList', 'domainOnList']);

function strong(value: number, least: number): Found | null {
  return value >= least ? { value: Math.min(1, value) } : null;
}

/** The entries of lists with weights of one sign, together at most 1; addresses hold dots and digits or colons alone. */
function entries(
  reputation: ReputationFindings | undefined,
  { ofAddress, sign }: { ofAddress: boolean | null; sign: 1 | -1 },
): Found | null {
  const found = (reputation?.lists ?? []).filter(
    entry => entry.weight * sign > 0 && (ofAddress === null || isAddress(entry.of) === ofAddress),
  );
  if (found.length === 0) return null;
  const value = found.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
  return { value: Math.min(1, value), detail: [...new Set(found.map(({ zone }) => zone))].join(', ') };
}

function isAddress(text: string): boolean {
  return text.includes(':') || /^[\d.]+$/.test(text);
}

/** How far another filter's score is from the middle of its scale, in its own thresholds, at most 1. */
function filterFound(reputation: ReputationFindings | undefined, sign: 1 | -1): Found | null {
  const said = reputation?.filter;
  if (!said) return null;
  const distance = (said.score / said.required - evenShare) * sign;
  if (distance <= 0) return null;
  const detail = [`${said.filter} ${said.score}/${said.required}`, ...said.symbols.slice(0, 5)].join(', ');
  return { value: Math.min(1, distance), detail };
}
