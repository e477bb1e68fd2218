import type { TagEvidence } from './tag.ts';

/** One rule of the product's own: when it holds, the message goes to junk. */
export interface SystemRule {
  readonly id: string;
  /** Why, as the owner reads it. */
  readonly words: { readonly en: string; readonly fr: string };
  holds(evidence: Pick<TagEvidence, 'score' | 'authentication' | 'authenticatedUser'>): boolean;
}

/** What goes to junk; the first that holds is the reason given. */
export const systemRules: readonly SystemRule[] = [
  {
    id: 'forged',
    words: {
      en: 'the domain of the sender asks to refuse or set aside this message: it does not come from there',
      fr: 'le domaine de l’expéditeur demande de refuser ou d’écarter ce message : il ne vient pas de là',
    },
    holds: ({ authentication, authenticatedUser }) =>
      !authenticatedUser &&
      authentication?.dmarc.result === 'fail' &&
      (authentication.dmarc.policy === 'quarantine' || authentication.dmarc.policy === 'reject'),
  },
  {
    id: 'harmful',
    words: {
      en: 'it looks like an attempt to deceive, or holds a harmful program',
      fr: 'il ressemble à une tentative de tromperie, ou contient un programme nuisible',
    },
    holds: ({ score }) => score?.harmful === true,
  },
  {
    id: 'reject',
    words: {
      en: 'it is almost certainly unwanted',
      fr: 'il est presque certainement indésirable',
    },
    holds: ({ score }) => score?.verdict === 'reject',
  },
  {
    id: 'spam',
    words: {
      en: 'it looks unwanted',
      fr: 'il semble indésirable',
    },
    holds: ({ score }) => score?.verdict === 'spam',
  },
];
