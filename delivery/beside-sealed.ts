import type { AuthenticationFindings } from './authenticate/findings.ts';
import { discussionOf } from './discussions/discussion.ts';
import type { OwnerWork } from './stage-table.ts';
import type { Findings, NewEmail, Summary } from './store/store.ts';

/**
 * What is stored in clear beside a sealed message (DESIGN.md, API): From, To, Cc and Message-ID, the facts of its
 * index, and of the evidence only words of fixed lists. Everything is named here: what is new stays inside until it
 * is added.
 */
export function besideSealed(
  owner: OwnerWork,
  findings: Findings,
): Pick<NewEmail, 'summary' | 'findings' | 'discussion'> {
  const summary = outerSummary(owner.summary);
  const hashKey = owner.account?.hashKey ?? new Uint8Array(32);
  const { participants } = discussionOf(summary, owner.addresses, hashKey);
  return {
    summary,
    findings: outerFindings(findings),
    // The key is a keyed hash; a mailing list and hidden recipients are not among the names.
    discussion: { key: owner.discussion.key, participants },
  };
}

function outerSummary({ originators, destinations, messageId }: Summary): Summary {
  return {
    originators: { from: originators.from, sender: [], replyTo: [] },
    destinations: { to: destinations.to, cc: destinations.cc, bcc: [] },
    messageId,
    subject: null,
    inReplyTo: [],
    references: [],
    sentAt: null,
    listId: null,
    preview: null,
    hasAttachment: false,
  };
}

function outerFindings(findings: Findings): Findings {
  const { session, authentication, decrypt, score, tags, importance, facts, failed } = findings;
  return {
    session: session && {
      source: session.source,
      remoteAddress: null,
      remoteName: null,
      helo: null,
      tls: session.tls,
      authenticatedUser: session.authenticatedUser,
    },
    reversePath: null,
    traceOctets: 0,
    trustedHops: 0,
    authentication: authentication && outerAuthentication(authentication),
    // The signer's address is that of From, or null: it names nobody who is not named outside.
    decrypt,
    score: score && { ...score, reasons: score.reasons.map(({ id, weight }) => ({ id, weight })) },
    tags: tags && { ...tags, reasons: tags.reasons.map(({ tag, rule }) => ({ tag, rule, text: '' })) },
    ...(importance ? { importance } : {}),
    facts,
    failed,
  };
}

/** Results alone: domains of the path and names of servers are trace fields, and those are sealed. */
function outerAuthentication({
  spf,
  dkim,
  dmarc,
  arc,
  iprev,
}: AuthenticationFindings): AuthenticationFindings {
  return {
    spf: { result: spf.result, domain: null, aligned: spf.aligned },
    dkim: dkim.map(({ result, aligned, algorithm, keyBits }) => ({
      ...{ result, aligned, algorithm, keyBits },
      ...{ domain: '', selector: '' },
    })),
    dmarc: { result: dmarc.result, policy: dmarc.policy, domain: dmarc.domain },
    arc: { result: arc.result, sealer: null },
    iprev: { result: iprev.result, name: null },
    hops: [],
    authenticationResults: '',
  };
}
