import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** The public half of a P-256 key (RFC 7517, RFC 7518 §6.2). */
interface Jwk {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

/** The public key of a P-256 private key, its members in the order that RFC 7638 §3 wants. */
export function jwkOf(key: KeyObject): Jwk {
  const { crv = '', kty = '', x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return { crv, kty, x, y };
}

/** RFC 7638, SHA-256, base64url. */
export function thumbprint(key: KeyObject): string {
  return createHash('sha256')
    .update(JSON.stringify(jwkOf(key)))
    .digest('base64url');
}

/** A request in flattened JSON, signed with ES256 (RFC 8555 §6.2). An undefined payload is POST-as-GET (§6.3). */
export function signRequest(
  key: KeyObject,
  header: { readonly url: string; readonly nonce: string; readonly kid: string | null },
  payload?: unknown,
): string {
  const { url, nonce, kid } = header;
  const who = kid === null ? { jwk: jwkOf(key) } : { kid };
  const protectedPart = encode(JSON.stringify({ alg: 'ES256', ...who, nonce, url }));
  const payloadPart = payload === undefined ? '' : encode(JSON.stringify(payload));
  const signature = sign('sha256', Buffer.from(`${protectedPart}.${payloadPart}`), {
    key,
    dsaEncoding: 'ieee-p1363',
  });
  return JSON.stringify({
    protected: protectedPart,
    payload: payloadPart,
    signature: signature.toString('base64url'),
  });
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
