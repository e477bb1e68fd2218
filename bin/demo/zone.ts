import { generateKeyPairSync } from 'node:crypto';
import type { Answer } from 'dns-packet';
import type { Zone } from './dns.ts';
import { type CorrespondentDomain, correspondentDomains, demoDomain } from './people.ts';

const selector = 'demo';
const ttl = 300;

/** What a domain's mail is signed with. */
export interface SigningKey {
  readonly domainName: string;
  readonly keySelector: string;
  /** PEM. */
  readonly privateKey: string;
}

/** Records and signing keys of the demo's domains, made anew at each start. */
export interface DemoDomains {
  readonly zone: Zone;
  readonly names: readonly string[];
  readonly signingKeys: ReadonlyMap<string, SigningKey>;
}

/** Builds zone and keys; one RSA key of 2,048 bits serves all the domains that sign. */
export function makeDomains(): DemoDomains {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const published = publicKey.toString('base64');
  const zone = new Map<string, Answer[]>();
  for (const domain of correspondentDomains) {
    for (const record of recordsOf(domain, published)) {
      zone.set(record.name, [...(zone.get(record.name) ?? []), record]);
    }
  }
  const signing = correspondentDomains.filter(domain => domain.hasDkim);
  return {
    zone,
    names: [demoDomain, ...correspondentDomains.map(domain => domain.name)],
    signingKeys: new Map(
      signing.map(({ name }) => [name, { domainName: name, keySelector: selector, privateKey }]),
    ),
  };
}

function recordsOf({ name, hasDkim, hasSpf, dmarc }: CorrespondentDomain, publicKey: string): Answer[] {
  const spf = hasSpf ? 'v=spf1 ip4:127.0.0.1 -all' : dmarc ? 'v=spf1 ip4:192.0.2.1 -all' : null;
  return [
    { name, type: 'A', ttl, data: '192.0.2.1' },
    { name, type: 'MX', ttl, data: { preference: 10, exchange: `mail.${name}` } },
    { name: `mail.${name}`, type: 'A', ttl, data: '192.0.2.1' },
    ...(spf ? [text(name, spf)] : []),
    ...(hasDkim ? [text(`${selector}._domainkey.${name}`, `v=DKIM1; k=rsa; p=${publicKey}`)] : []),
    ...(dmarc ? [text(`_dmarc.${name}`, `v=DMARC1; p=${dmarc}`)] : []),
  ];
}

/** A TXT record; a string in it holds at most 255 octets (RFC 1035 §3.3). */
function text(name: string, value: string): Answer {
  return { name, type: 'TXT', ttl, data: value.match(/.{1,255}/g) ?? [''] };
}
