import type { Config } from '../../delivery/config.ts';
import { silentLog } from '../../delivery/log.ts';
import { openRecipients } from '../../delivery/recipients.ts';
import type { Resolver } from '../../delivery/resolver.ts';
import type { Finding } from '../doctor.ts';

/** A DNS record that protects a domain's mail: one row, asked and judged the same way. */
interface Record {
  readonly name: string;
  readonly owner: (domain: string) => string;
  readonly type: 'TXT' | 'MX';
  readonly found: (texts: readonly string[]) => string | null;
  readonly todo: string;
}

const records: readonly Record[] = [
  {
    name: 'mx',
    owner: domain => domain,
    type: 'MX',
    found: texts => texts[0] ?? null,
    todo: 'publish an MX record that names this host',
  },
  {
    name: 'spf',
    owner: domain => domain,
    type: 'TXT',
    found: starting('v=spf1'),
    todo: 'publish an SPF record ending in -all (RFC 7208)',
  },
  {
    name: 'dmarc',
    owner: domain => `_dmarc.${domain}`,
    type: 'TXT',
    found: starting('v=DMARC1'),
    todo: 'publish a DMARC record with p=quarantine or p=reject',
  },
  {
    name: 'mta-sts',
    owner: domain => `_mta-sts.${domain}`,
    type: 'TXT',
    found: starting('v=STSv1'),
    todo: 'publish an MTA-STS policy in mode enforce (RFC 8461), or DANE records',
  },
];

function starting(prefix: string): (texts: readonly string[]) => string | null {
  return texts => texts.find(text => text.startsWith(prefix)) ?? null;
}

/** What the world can see of a domain's protection, without a number: one finding for each record. */
export async function domainFindings(domain: string, resolver: Resolver): Promise<Finding[]> {
  return Promise.all(records.map(record => recordFinding(domain, record, resolver)));
}

/** Whether mail for the domain's postmaster is taken (RFC 5321 §4.5.1), asked as the doors ask. */
export async function postmasterFinding(
  domain: string,
  parts: Omit<Parameters<typeof openRecipients>[0], 'log'> & { config: Pick<Config, 'postmaster'> },
): Promise<Finding> {
  const check = 'postmaster';
  const address = `postmaster@${domain}`;
  const recipients = openRecipients({ ...parts, log: silentLog });
  const { code } = await recipients.find(address, { sizeOctets: 0, reversePath: '' });
  if (code === null) return { check, status: 'ok', detail: `${address} is taken` };
  if (code !== 'unknownRecipient') {
    return { check, status: 'warn', detail: `${address}: ${code}`, todo: 'see the account that takes it' };
  }
  const { postmaster } = parts.config;
  const detail = postmaster
    ? `${address} is refused: there is no account ${postmaster}`
    : `${address} is refused`;
  const todo = `set postmaster to an account, or caliopen account alias ${address} SOMEBODY@${domain}`;
  return { check, status: 'warn', detail, todo };
}

async function recordFinding(domain: string, record: Record, resolver: Resolver): Promise<Finding> {
  const check = record.name;
  try {
    const answers = await resolver(record.owner(domain), record.type);
    const found = record.found(answers.map(asText));
    if (found) return { check, status: 'ok', detail: `${domain}: ${found}` };
    return { check, status: 'warn', detail: `${domain}: none`, todo: record.todo };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    const absent = code === 'ENOTFOUND' || code === 'ENODATA';
    const detail = absent ? `${domain}: none` : `${domain}: the resolver did not answer (${code})`;
    return { check, status: 'warn', detail, todo: absent ? record.todo : 'see resolver.servers' };
  }
}

function asText(answer: unknown): string {
  if (Array.isArray(answer)) return answer.join('');
  if (typeof answer === 'object' && answer !== null && 'exchange' in answer) return String(answer.exchange);
  return String(answer);
}
