/** The session cookie's name. With TLS the prefix binds it to this host and to secure transport (RFC 6265bis). */
export function cookieName(isSecure: boolean): string {
  return isSecure ? '__Host-caliopen' : 'caliopen';
}

/** Set-Cookie of a session; `maxAgeSeconds` 0 removes it. */
export function sessionCookie(secret: string, maxAgeSeconds: number, isSecure: boolean): string {
  const attributes = ['Path=/', `Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'SameSite=Strict'];
  if (isSecure) attributes.push('Secure');
  return [`${cookieName(isSecure)}=${secret}`, ...attributes].join('; ');
}

/** The value of a cookie in a Cookie field, null when it isn't there. */
export function readCookie(field: string | undefined, name: string): string | null {
  for (const pair of (field ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
