/** Behind it stands the detail of a local part (RFC 5233), as the directory reads it. */
const separator = '+';

/** Which part of an address a test looks at (RFC 5228 §2.7.4, RFC 5233); null where the address has no such part. */
const parts: Readonly<Record<string, (address: string) => string | null>> = {
  all: address => address,
  localpart: localPart,
  domain: address => {
    const at = address.lastIndexOf('@');
    return at === -1 ? '' : address.slice(at + 1);
  },
  user: address => {
    const local = localPart(address);
    const at = local.indexOf(separator);
    return at === -1 ? local : local.slice(0, at);
  },
  detail: address => {
    const local = localPart(address);
    const at = local.indexOf(separator);
    return at === -1 ? null : local.slice(at + 1);
  },
};

/** The asked parts of addresses, `:all` where no tag asks for one. The null reverse-path is empty in every part. */
export function addressParts(addresses: readonly string[], tags: ReadonlyMap<string, unknown>): string[] {
  const name = Object.keys(parts).find(each => tags.has(each)) ?? 'all';
  return addresses.flatMap(address => (address === '' ? '' : parts[name]?.(address)) ?? []);
}

/** Without the quotes of a quoted-string. */
function localPart(address: string): string {
  const at = address.lastIndexOf('@');
  const local = at === -1 ? address : address.slice(0, at);
  return /^"[\s\S]*"$/.test(local) ? local.slice(1, -1).replace(/\\([\s\S])/g, '$1') : local;
}
