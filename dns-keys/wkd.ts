import { createHash } from 'node:crypto';
import { writeAddress } from '../delivery/published-keys-of.ts';
import { normalizeDomain } from '../delivery/store/address.ts';
import type { Store } from '../delivery/store/store.ts';
import { answer, type DirectoryAnswer, domainOfHost, notFound } from './directory-answer.ts';
import type { PublishedIndex } from './published-index.ts';
import { isWkdHash, wkdHash } from './wkd/hash.ts';

/** A request to the Web Key Directory (draft-koch-openpgp-webkey-service §3.1), its words decoded. */
export interface WkdRequest {
  /** Without a port. */
  readonly host: string;
  /** The domain in the path: the advanced method's; null for the direct one. */
  readonly pathDomain: string | null;
  readonly asked:
    | { readonly what: 'key'; readonly hash: string; readonly localPart: string | null }
    | { readonly what: 'policy' };
  /** `If-None-Match`. */
  readonly knownTags: string | null;
}

export interface WkdDeps {
  readonly store: Pick<Store, 'getPublishedKey' | 'isLocalDomain'>;
  readonly index: PublishedIndex;
  /** As in DNS: a key that is taken back is gone everywhere after it. */
  readonly ttlSeconds: number;
  /** How long clients may believe that there is none. */
  readonly negativeTtlSeconds: number;
}

/**
 * The answer of the Web Key Directory: the binary certificate of the address whose local part hashes to `hash`, with
 * the one user id that was published; 404 for all else. The Host decides about the domain. A request costs the same
 * look-ups whether there is such a key or not.
 */
export async function answerWkd(request: WkdRequest, deps: WkdDeps): Promise<DirectoryAnswer> {
  const found = await domainOfHost(request.host, name => deps.store.isLocalDomain(name));
  if (!found || !isOwnPath(request.pathDomain, found)) return notFound(deps.negativeTtlSeconds);
  if (request.asked.what === 'policy') return policy(deps);
  const octets = await findKey(found.domain, request.asked, deps);
  if (!octets) return notFound(deps.negativeTtlSeconds);
  const tag = `"${createHash('sha256').update(octets).digest('base64url').slice(0, 22)}"`;
  const headers = { ETag: tag, 'Cache-Control': `public, max-age=${deps.ttlSeconds}` };
  if (namesTag(request.knownTags, tag)) return answer(304, new Uint8Array(0), headers);
  return answer(200, octets, { ...headers, 'Content-Type': 'application/octet-stream' });
}

/** The advanced method names the domain in its path, too; the direct one doesn't. */
function isOwnPath(
  pathDomain: string | null,
  { domain, isAdvanced }: { domain: string; isAdvanced: boolean },
): boolean {
  return isAdvanced ? pathDomain !== null && normalizeDomain(pathDomain) === domain : pathDomain === null;
}

/** An empty policy: keys are taken by no submission address. The file tells that the domain has a directory. */
function policy({ ttlSeconds }: WkdDeps): DirectoryAnswer {
  const headers = { 'Cache-Control': `public, max-age=${ttlSeconds}`, 'Content-Type': 'text/plain' };
  return answer(200, new Uint8Array(0), headers);
}

async function findKey(
  domain: string,
  { hash, localPart }: { readonly hash: string; readonly localPart: string | null },
  { store, index }: WkdDeps,
): Promise<Uint8Array | null> {
  if (!isWkdHash(hash)) return null;
  if (localPart !== null && wkdHash(localPart) !== hash) return null;
  const known = localPart ?? (await index.localPartOfHash(domain, hash));
  // A look-up that finds nothing, so that a mailbox without a key takes as long as one with.
  const key = await store.getPublishedKey(writeAddress(known ?? hash, domain), 'openpgp');
  return known !== null && key ? key.octets : null;
}

function namesTag(known: string | null, tag: string): boolean {
  if (known === null) return false;
  return known.split(',').some(each => each.trim().replace(/^W\//, '') === tag || each.trim() === '*');
}
