import { arc as verifyArc } from 'mailauth/lib/arc/index.js';
import { DkimVerifier, type SignatureResult } from 'mailauth/lib/dkim/dkim-verifier.js';
import type { Message } from '../message/shape.ts';
import type { Resolver } from '../resolver.ts';
import { isAligned } from './alignment.ts';
import type { SealedResults } from './arc-chain.ts';
import type { AuthenticationFindings, AuthWord } from './findings.ts';
import { isNoRecord } from './lookup-budget.ts';

type DkimFinding = AuthenticationFindings['dkim'][number];
type ArcFinding = AuthenticationFindings['arc'];

/** DKIM and ARC of one message; `rows` are the words and properties for Authentication-Results. */
export interface SignatureFindings {
  readonly dkim: readonly DkimFinding[];
  readonly arc: ArcFinding;
  /** The instances of the chain, oldest first; empty where it has not passed. */
  readonly chain: readonly SealedResults[];
  /** `header.b` of each DKIM finding (RFC 6008), in the same order. */
  readonly signatureStarts: readonly string[];
}

/** Signatures looked at; each has its own body hash, so that their number must be bounded. */
const maxSignatures = 10;
/**
 * Octets of bodies that are hashed for one message, a second's work: signatures that differ in their
 * canonicalization, algorithm or l= walk the whole body each. One walk is always made.
 */
const maxHashedOctets = 10_000_000;
/** A header section beyond these is not read for signatures: the canonical forms grow with the square. */
const maxHeaderOctets = 262_144;
const maxHeaderFields = 1000;

const noChain = { arc: { result: 'none', sealer: null }, chain: [] } as const;
const unsigned: SignatureFindings = { dkim: [], ...noChain, signatureStarts: [] };

/** Checks DKIM-Signature fields (RFC 6376) and the ARC chain (RFC 8617). Free of cost for unsigned mail. */
export async function checkSignatures(
  message: Message,
  authorDomain: string | null,
  { resolver, now }: { resolver: Resolver; now: Date },
): Promise<SignatureFindings> {
  const names = new Set(message.root.fields.map(field => field.name.toLowerCase()));
  if (!names.has('dkim-signature') && !names.has('arc-seal')) return unsigned;
  if (message.root.bodyStart > maxHeaderOctets || message.root.fields.length > maxHeaderFields)
    return tooLarge;
  const verifier = new DkimVerifier({ resolver, rejectRsaSha1: true, curTime: now });
  verifier.state = 'body';
  verifier.headers = headersOf(message);
  await verifier.messageHeaders(verifier.headers);
  const body = withCrlf(message.raw.subarray(message.root.bodyStart));
  limitSignatures(verifier, authorDomain, Math.max(1, Math.floor(maxHashedOctets / (body.length + 1))));
  if (body.length > 0) await verifier.nextChunk(body);
  await verifier.finalChunk();
  const results = verifier.results.filter(result => result.signingDomain !== undefined);
  return {
    dkim: results.map(result => dkimFinding(result, authorDomain)),
    ...(names.has('arc-seal') ? await checkArc(verifier, resolver) : noChain),
    signatureStarts: results.map(result => (result.signature ?? '').slice(0, 8)),
  };
}

const tooLarge: SignatureFindings = {
  dkim: [{ result: 'policy', domain: '', selector: '', algorithm: null, keyBits: null, aligned: false }],
  ...noChain,
  signatureStarts: [''],
};

/** Keeps the signatures of the author's own domain first, then the topmost, up to the limits. */
function limitSignatures(verifier: DkimVerifier, authorDomain: string | null, maxWalks: number): void {
  for (const hash of verifier.bodyHashes.values()) hash.mimeStructureStartFinder.setBoundary('');
  const isOwn = (signature: { signingDomain?: string }) =>
    isAligned(signature.signingDomain ?? null, authorDomain);
  const arcSignatures = verifier.signatureHeaders.filter(signature => signature.type === 'ARC');
  const signatures = verifier.signatureHeaders.filter(signature => signature.type !== 'ARC');
  const ordered = [...signatures.filter(isOwn), ...signatures.filter(signature => !isOwn(signature))];
  const needed = new Set<unknown>();
  verifier.signatureHeaders = [...ordered.slice(0, maxSignatures), ...arcSignatures].filter(signature => {
    const keys = [signature.bodyHashKey, signature.fallbackBodyHashKey].filter(key => key !== undefined);
    const isTooMuch = needed.size > 0 && needed.union(new Set(keys)).size > maxWalks;
    if (!isTooMuch) for (const key of keys) needed.add(key);
    return !isTooMuch;
  });
  for (const key of verifier.bodyHashes.keys()) if (!needed.has(key)) verifier.bodyHashes.delete(key);
}

/**
 * The header section in mailauth's form, from the same reading of it that is shown to people. What stands
 * between two fields belongs to the first one, so that nothing unsigned hides there.
 */
function headersOf(message: Message): DkimVerifier['headers'] {
  const { fields, bodyStart } = message.root;
  const parsed = fields.map((field, index) => {
    const line = fieldLine(message.raw.subarray(field.start, fields[index + 1]?.start ?? bodyStart));
    return { key: field.name.toLowerCase(), casedKey: field.name, line };
  });
  return { parsed, original: Buffer.from(message.raw.subarray(0, bodyStart)) };
}

function fieldLine(octets: Uint8Array): Buffer {
  let end = octets.length;
  while (end > 0 && (octets[end - 1] === 10 || octets[end - 1] === 13)) end -= 1;
  return withCrlf(octets.subarray(0, end));
}

/** The octets with each bare LF as CRLF, as the wire had them; the same memory when there is none. */
function withCrlf(octets: Uint8Array): Buffer {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (!hasBareLineFeed(buffer)) return buffer;
  return Buffer.from(buffer.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1');
}

function hasBareLineFeed(buffer: Buffer): boolean {
  for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, at + 1)) {
    if (at === 0 || buffer[at - 1] !== 13) return true;
  }
  return false;
}

function dkimFinding(result: SignatureResult, authorDomain: string | null): DkimFinding {
  const domain = (result.signingDomain ?? '').toLowerCase();
  const word = dkimWord(result);
  return {
    result: word,
    domain,
    selector: result.selector ?? '',
    algorithm: result.algo?.toLowerCase() ?? null,
    keyBits: result.modulusLength ?? null,
    aligned: isAligned(domain, authorDomain),
  };
}

/** What mailauth calls neutral has a word of its own in RFC 8601 §2.7.1. */
const wordOfComment: Readonly<Record<string, AuthWord>> = {
  'body hash did not verify': 'fail',
  'no key': 'permerror',
  'unknown key version': 'permerror',
  'unknown key type': 'permerror',
  'invalid public key': 'permerror',
  'inappropriate hash algorithm': 'permerror',
  'key not for email': 'permerror',
  'signature missing required tag': 'permerror',
  'From field not signed': 'permerror',
};

function dkimWord({ status }: SignatureResult): AuthWord {
  // Octets behind l= are nobody's: a message that anyone can add to proves nothing about what is read
  // (RFC 6376 §8.2), which is what the word policy is for.
  if (status.result === 'pass' && status.underSized) return 'policy';
  return wordOfComment[status.comment || ''] ?? (status.result as AuthWord);
}

async function checkArc(
  verifier: DkimVerifier,
  resolver: Resolver,
): Promise<Pick<SignatureFindings, 'arc' | 'chain'>> {
  let isTemporary = false;
  const watched: Resolver = async (name, type) => {
    try {
      return await resolver(name, type);
    } catch (error) {
      isTemporary ||= !isNoRecord(error);
      throw error;
    }
  };
  const { status } = await verifyArc(verifier.arc, {
    resolver: watched as (name: string, type: string) => Promise<string[]>,
  });
  const last = verifier.arc.lastEntry;
  isTemporary ||= last?.messageSignature?.status.result === 'temperror';
  const sealer = last?.['arc-seal']?.parsed?.d?.value;
  const result = status.result === 'fail' && isTemporary ? 'temperror' : status.result;
  return {
    arc: { result: result as AuthWord, sealer: sealer ? String(sealer).toLowerCase() : null },
    chain: result === 'pass' ? verifier.arc.chain.map(sealedResults) : [],
  };
}

function sealedResults(entry: DkimVerifier['arc']['chain'][number]): SealedResults {
  const line = String(entry['arc-authentication-results']?.original ?? '');
  return {
    sealer: String(entry['arc-seal']?.parsed?.d?.value ?? '').toLowerCase(),
    results: line.slice(line.indexOf(':') + 1).replace(/\r?\n(?=[ \t])/g, ''),
  };
}
