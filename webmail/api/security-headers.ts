import { createHash } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

/** The policy of the webmail's own page: nothing inline, nothing evaluated, nothing from elsewhere. */
export const pagePolicy = policyOf("style-src 'self'");

/** The same for a page that has one style in it: that style and no other is allowed by its hash (CSP 3 §6.7.3.3). */
export function pagePolicyWith(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return policyOf(`style-src 'self' 'sha256-${hash}'`);
}

function policyOf(styles: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    styles,
    // The icon, and attachments that are looked at; pictures of messages are in frames, with policies of their own.
    'img-src data: blob:',
    "connect-src 'self'",
    "frame-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types dompurify caliopen',
  ].join('; ');
}

/**
 * The policy of the worker that opens mail on the owner's device: it loads its own chunks and connects to nobody.
 * Argon2, which locks some keys, is WebAssembly.
 */
export const workerPolicy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";

/** The policy of every answer that is no page. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Header fields of every answer; routes set stricter or other ones over them. */
export function securityHeaders(request: Request, response: Response, next: NextFunction): void {
  response.set({
    'Content-Security-Policy': dataPolicy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    // Firefox looks up the host of each link that it shows: its owner would learn that the message is read.
    'X-DNS-Prefetch-Control': 'off',
    // What has nothing to hide says so itself.
    'Cache-Control': 'no-store',
  });
  if (request.secure) response.set('Strict-Transport-Security', 'max-age=31536000');
  next();
}
