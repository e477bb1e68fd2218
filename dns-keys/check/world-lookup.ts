import { joinCertificate, readCertificates } from '../../delivery/crypto/certificate-parts.ts';
import type { Found, WorldLookup } from '../../delivery/published-check.ts';
import type { DnsClient } from '../ask/dns-client.ts';
import { maxNameOctets, parseName } from '../name.ts';
import { keyZone, mayHaveKeyZones, publishedOwnerNames } from '../owner-name.ts';
import { rrTypes } from '../rr/table.ts';
import { wkdHash } from '../wkd/hash.ts';

export interface WorldDeps {
  readonly dns: DnsClient;
  /** As the global `fetch`. */
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
  readonly timeoutMilliseconds: number;
}

/** No more is read of an answer: what is published has 60,000 octets at most. */
const maxBodyOctets = 1_000_000;

/**
 * Looks up as the world's programs do: OPENPGPKEY under each name that is published, the Web Key Directory by HTTPS,
 * its direct method only where there is no `openpgpkey` host (draft-koch §3.1).
 */
export function openWorldLookup(deps: WorldDeps): WorldLookup {
  return async ({ localPart, domain }) => {
    const [dns, isThere] = await Promise.all([
      askDns(localPart, domain, deps),
      hasHost(`openpgpkey.${domain}`, deps),
    ]);
    const path = `hu/${wkdHash(localPart)}?l=${encodeURIComponent(localPart)}`;
    const wkd = isThere
      ? await askWkd(`https://openpgpkey.${domain}/.well-known/openpgpkey/${domain}/${path}`, deps)
      : await askWkd(`https://${domain}/.well-known/openpgpkey/${path}`, deps);
    const other: Found = {
      outcome: 'skipped',
      detail: `there is ${isThere ? 'an' : 'no'} openpgpkey.${domain}`,
    };
    return { dns, wkdAdvanced: isThere ? wkd : other, wkdDirect: isThere ? other : wkd };
  };
}

async function hasHost(host: string, { dns }: WorldDeps): Promise<boolean> {
  try {
    for (const type of [rrTypes.A, rrTypes.AAAA]) {
      if ((await dns.ask(parseName(host), type)).records.length > 0) return true;
    }
    return false;
  } catch {
    // The look-up of the key tells the same failure; then nothing is skipped for a host that can't be seen.
    return true;
  }
}

/** The records of all names must agree: GnuPG asks for the lower-cased one, RFC 7929 for the other. */
async function askDns(localPart: string, domain: string, { dns }: WorldDeps): Promise<Found> {
  if (!mayHaveKeyZones(domain))
    return { outcome: 'skipped', detail: `names in DNS would be over ${maxNameOctets} octets` };
  try {
    const apex = keyZone(domain);
    const answers = await Promise.all(
      publishedOwnerNames(localPart, apex).map(name => dns.ask(name, rrTypes.OPENPGPKEY)),
    );
    const isValidated = answers.every(answer => answer.isValidated);
    const sets = answers.map(answer => answer.records.map(({ rdata }) => rdata));
    const texts = new Set(sets.map(set => JSON.stringify(set.map(toBase64).sort())));
    if (texts.size > 1)
      return { outcome: 'failed', detail: 'other keys by the lower-cased name than by the registered one' };
    const [certificates] = sets;
    return certificates && certificates.length > 0
      ? { outcome: 'found', certificates, isValidated }
      : { outcome: 'absent', isValidated };
  } catch (error) {
    return { outcome: 'failed', detail: (error as Error).message };
  }
}

function toBase64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}

async function askWkd(address: string, deps: WorldDeps): Promise<Found> {
  try {
    const signal = AbortSignal.timeout(deps.timeoutMilliseconds);
    const response = await deps.fetch(address, { redirect: 'error', signal });
    if (response.status === 404) {
      await response.body?.cancel();
      return { outcome: 'absent', isValidated: null };
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      return { outcome: 'failed', detail: `${address} answers ${response.status}` };
    }
    const body = await readBody(response);
    return { outcome: 'found', certificates: readCertificates(body).map(joinCertificate), isValidated: null };
  } catch (error) {
    const { cause, message } = error as Error;
    return { outcome: 'failed', detail: `${address}: ${cause instanceof Error ? cause.message : message}` };
  }
}

async function readBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body ?? []) {
    total += chunk.length;
    if (total > maxBodyOctets) throw new Error(`more than ${maxBodyOctets} octets`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
