/** Behind it stands the detail of a local part (RFC 5233), as the directory reads it. */
const separator = '+';

/** Which part of an address a test looks at (RFC 5228 §2.7.4, RFC 5233); null where the address has no such part. */
const parts: Readonly<Record<string, (localPart: string, domain: string) => string | null>> = {
  localpart: localPart => localPart,
  domain: (_localPart, domain) => domain,
  user: localPart => {
    const at = localPart.indexOf(separator);
    return at === -1 ? localPart : localPart.slice(0, at);
  },
  detail: localPart => {
    const at = localPart.indexOf(separator);
    return at === -1 ? null : localPart.slice(at + 1);
  },
};

/**
 * The asked parts of addresses, `:all` where no tag asks for one. The null reverse-path is empty in every part; what
 * has no `@` has no parts.
 */
export function addressParts(addresses: readonly string[], tags: ReadonlyMap<string, unknown>): string[] {
  const part = parts[Object.keys(parts).find(each => tags.has(each)) ?? ''];
  if (!part) return [...addresses];
  return addresses.flatMap(address => {
    const at = address.lastIndexOf('@');
    if (address === '') return '';
    return at === -1 ? [] : (part(unquoted(address.slice(0, at)), address.slice(at + 1)) ?? []);
  });
}

/** Without the quotes of a quoted-string. */
function unquoted(localPart: string): string {
  return /^"[\s\S]*"$/.test(localPart) ? localPart.slice(1, -1).replace(/\\([\s\S])/g, '$1') : localPart;
}
