/** 32 bits of a text under an account's key: what an account has learned is kept by these alone. */
export type AccountHash = (text: string) => number;

/** Hashes for the account whose key this is (`Account.hashKey`, 32 octets): FNV-1a begun at the key, its bits mixed. */
export function accountHash(hashKey: Uint8Array): AccountHash {
  let start = 0x811c9dc5;
  for (const octet of hashKey) start = Math.imul(start ^ octet, 0x01000193);
  return text => {
    let hash = start;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  };
}
