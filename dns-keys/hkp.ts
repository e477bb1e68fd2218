import { armor } from '../delivery/crypto/armor.ts';
import {
  haveSamePrimary,
  joinCertificate,
  mergeCertificates,
  readCertificates,
} from '../delivery/crypto/certificate-parts.ts';
import { writeAddress } from '../delivery/published-keys-of.ts';
import { parseAddress } from '../delivery/store/address.ts';
import { answer, type DirectoryAnswer, domainOfHost, notFound } from './directory-answer.ts';
import { machineIndex, plainIndex } from './hkp/index-text.ts';
import type { WkdDeps } from './wkd.ts';

/** A look-up of a key server (draft-ietf-openpgp-hkp §3.1), its words decoded; each null when it is missing. */
export interface HkpRequest {
  /** Without a port. */
  readonly host: string;
  readonly op: string | null;
  readonly search: string | null;
  readonly options: string | null;
}

/** Addresses that share one key and are told together. */
const maxAddresses = 50;

/**
 * The answer of a key server that only gives, and only what is published, for the domain of the Host: by exact
 * address or whole fingerprint (`0x` and 40 or 64 digits). There are no searches by names or key ids, which would list
 * people.
 */
export async function answerHkp(request: HkpRequest, deps: WkdDeps): Promise<DirectoryAnswer> {
  const found = await domainOfHost(request.host, name => deps.store.isLocalDomain(name));
  if (!found) return notFound(deps.negativeTtlSeconds);
  const { op, search, options } = request;
  if (op === null || search === null) return answer(400, text('op and search are needed\n'), plain);
  if (op !== 'get' && op !== 'index' && op !== 'vindex')
    return answer(501, text('op is get or index\n'), plain);
  const octets = await findKeys(found.domain, search, deps);
  if (!octets) return notFound(deps.negativeTtlSeconds);
  const headers = { 'Cache-Control': `public, max-age=${deps.ttlSeconds}` };
  if (op === 'get') {
    const type = { 'Content-Type': 'application/pgp-keys' };
    return answer(200, text(armor('PUBLIC KEY BLOCK', octets)), { ...headers, ...type });
  }
  const isForMachines = (options ?? '').split(',').includes('mr');
  const listed = await (isForMachines ? machineIndex : plainIndex)(octets);
  return answer(200, text(listed), { ...headers, ...plain });
}

const plain = { 'Content-Type': 'text/plain; charset=utf-8' } as const;

function text(content: string): Uint8Array {
  return Buffer.from(content, 'utf8');
}

async function findKeys(domain: string, search: string, deps: WkdDeps): Promise<Uint8Array | null> {
  const fingerprint = /^0x([0-9a-f]{40}|[0-9a-f]{64})$/i.exec(search)?.[1]?.toLowerCase();
  if (fingerprint) return byFingerprint(domain, fingerprint, deps);
  const address = parseAddress(search.replace(/^<(.*)>$/, '$1'));
  if (address?.domain !== domain) return null;
  const key = await deps.store.getPublishedKey(address.address, 'openpgp');
  return key?.octets ?? null;
}

/** All published copies of the key, which differ in their user ids, as one. */
async function byFingerprint(
  domain: string,
  fingerprint: string,
  { store, index }: WkdDeps,
): Promise<Uint8Array | null> {
  const localParts = await index.localPartsOfFingerprint(domain, fingerprint);
  let merged: ReturnType<typeof readCertificates>[number] | null = null;
  for (const localPart of localParts.slice(0, maxAddresses)) {
    const key = await store.getPublishedKey(writeAddress(localPart, domain), 'openpgp');
    const [certificate] = key?.fingerprint === fingerprint ? readCertificates(key.octets) : [];
    if (!certificate) continue;
    if (merged === null) merged = certificate;
    else if (haveSamePrimary(merged, certificate)) merged = mergeCertificates(merged, certificate);
  }
  return merged && joinCertificate(merged);
}
