import { evaluateDmarc } from 'mailauth/lib/dmarc/index.js';
import { domainOf, flatten, parseAddressList } from '../message/address.ts';
import { fieldsNamed } from '../message/fields.ts';
import type { Message } from '../message/shape.ts';
import type { Resolver } from '../resolver.ts';
import type { AuthenticationFindings, AuthWord } from './findings.ts';

type DmarcFinding = AuthenticationFindings['dmarc'];

/** What SPF and DKIM bring to DMARC: the domains that passed. */
export interface PassedDomains {
  readonly spf: readonly string[];
  readonly dkim: readonly string[];
}

/** DMARC's finding, and what mailauth needs to go on from it. */
export interface PolicyFinding {
  readonly dmarc: DmarcFinding;
  readonly response?: object;
}

/** Author domains that are evaluated when the From field names several. */
const maxAuthorDomains = 4;

/** The domains of all From fields as people may be shown them, A-labels, lower-case, each once. */
export function authorDomains(message: Message): string[] {
  const fields = fieldsNamed(message.root.fields, 'from');
  const mailboxes =
    fields.length > 1
      ? fields.flatMap(field => flatten(parseAddressList(field.value)))
      : message.originators.from;
  return [...new Set(mailboxes.map(mailbox => domainOf(mailbox.address)).filter(domain => domain !== ''))];
}

/**
 * DMARC (RFC 9989). With several author domains or From fields nobody is *the* author: such a message never passes;
 * it fails when it fails for any of them, under the strictest policy met (RFC 7489 §6.6.1), else it is `permerror`.
 */
export async function checkDomainPolicy(
  message: Message,
  passed: PassedDomains,
  resolver: Resolver,
): Promise<PolicyFinding> {
  const domains = authorDomains(message);
  const fields = fieldsNamed(message.root.fields, 'from').length;
  const [domain] = domains;
  if (!domain) return { dmarc: { result: fields > 0 ? 'permerror' : 'none', policy: null, domain: null } };
  if (domains.length === 1 && fields === 1) return evaluate(domain, passed, resolver);
  const findings = await Promise.all(
    domains.slice(0, maxAuthorDomains).map(author => evaluate(author, passed, resolver)),
  );
  const failed = findings
    .map(({ dmarc }) => dmarc)
    .filter(({ result }) => result === 'fail')
    .sort(byStrictness);
  return { dmarc: failed[0] ?? { result: 'permerror', policy: null, domain } };
}

const strictness = ['reject', 'quarantine', 'none'] as const;

function byStrictness(one: DmarcFinding, other: DmarcFinding): number {
  return strictness.indexOf(one.policy ?? 'none') - strictness.indexOf(other.policy ?? 'none');
}

async function evaluate(domain: string, passed: PassedDomains, resolver: Resolver): Promise<PolicyFinding> {
  const { response } = await evaluateDmarc({
    headerFrom: [`author@${domain}`],
    fromFields: 1,
    spfDomains: [...passed.spf],
    dkimDomains: passed.dkim.map(signer => ({ domain: signer })),
    resolver: resolver as (name: string, type: string) => Promise<string[]>,
  });
  if (!response) return { dmarc: { result: 'permerror', policy: null, domain } };
  const policy = strictness.find(word => word === response.policy) ?? null;
  return { dmarc: { result: response.status.result as AuthWord, policy, domain }, response };
}
