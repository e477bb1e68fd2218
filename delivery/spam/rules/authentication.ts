import type { AuthenticationFindings } from '../../authenticate/findings.ts';
import { type Rule, yes } from './rule.ts';

/** Rules about what authentication proved. */
export const authenticationRules: readonly Rule[] = [
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
