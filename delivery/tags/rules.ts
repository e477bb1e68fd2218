import type { TagEvidence } from './tag.ts';

/** One rule of the product's own: when it holds, the message goes to junk. */
export interface SystemRule {
  readonly id: string;
  /** Why, as the owner reads it. */
  readonly text: string;
  holds(evidence: Pick<TagEvidence, 'score' | 'authentication' | 'authenticatedUser'>): boolean;
}

/** What goes to junk; the first that holds is the reason given. */
export const systemRules: readonly SystemRule[] = [
  {
    id: 'forged',
    text: 'the domain of the sender asks to refuse or set aside this message: it does not come from there',
    holds: ({ authentication, authenticatedUser }) =>
      !authenticatedUser &&
      authentication?.dmarc.result === 'fail' &&
      (authentication.dmarc.policy === 'quarantine' || authentication.dmarc.policy === 'reject'),
  },
  {
    id: 'harmful',
    text: 'it looks like an attempt to deceive, or holds a harmful program',
    holds: ({ score }) => score?.harmful === true,
  },
  {
    id: 'reject',
    text: 'it is almost certainly unwanted',
    holds: ({ score }) => score?.verdict === 'reject',
  },
  {
    id: 'spam',
    text: 'it looks unwanted',
    holds: ({ score }) => score?.verdict === 'spam',
  },
];
