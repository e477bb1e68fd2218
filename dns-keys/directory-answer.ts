/** What an HTTP door sends for a look-up of a key; pure of any server. */
export interface DirectoryAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const nothing = new Uint8Array(0);

/** Pages of any origin may read what the whole world may read. */
export const openToAll = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
} as const;

/** No such thing: the same octets whether a key is hidden, gone, or the mailbox never was. */
export function notFound(ttlSeconds: number): DirectoryAnswer {
  return answer(404, nothing, { 'Cache-Control': `public, max-age=${ttlSeconds}` });
}

export function answer(
  status: number,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): DirectoryAnswer {
  return { status, headers: { ...openToAll, ...headers }, body };
}

/**
 * The hosted domain that a Host names, and whether by its `openpgpkey` subdomain (draft-koch §3.1); null when it is
 * none. One look-up of the store at most for each of the two.
 */
export async function domainOfHost(
  host: string,
  isLocalDomain: (name: string) => Promise<boolean>,
): Promise<{ domain: string; isAdvanced: boolean } | null> {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name.startsWith(advancedPrefix)) {
    const domain = name.slice(advancedPrefix.length);
    if (await isLocalDomain(domain)) return { domain, isAdvanced: true };
  }
  return (await isLocalDomain(name)) ? { domain: name, isAdvanced: false } : null;
}

const advancedPrefix = 'openpgpkey.';
