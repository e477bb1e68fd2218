/** Relays that rewrite links to look at them before the reader does: what they wrap is the link. */
const protectiveRewriters =
  /(?:^|\.)(?:safelinks\.protection\.outlook\.com|urldefense(?:\.proofpoint)?\.com|protect-us\.mimecast\.com|protect-eu\.mimecast\.com|linkprotect\.cudasvc\.com|url\.emailprotection\.link|secure-web\.cisco\.com|urlsand\.esvalabs\.com|clicktime\.symantec\.com)$/;

/** True for a host that wraps links of any sender to protect the reader. */
export function isProtectiveRewriter(host: string): boolean {
  return protectiveRewriters.test(host);
}

const maxInner = 2;

/** Targets written inside a path or query: plain, percent-encoded, in base64, or behind a redirector's own prefix. */
export function innerTargets(host: string, path: string): string[] {
  if (path.length < 12) return [];
  const targets: string[] = [];
  const readable = path.includes('%') ? decoded(path) : path;
  for (const { index } of readable.matchAll(/https?:\/\/?[^\s&"'<>]/gi)) {
    targets.push(readable.slice(index, index + 1000).split(/[\s&"'<>]/, 1)[0] ?? '');
    if (targets.length >= maxInner) return targets;
  }
  const hidden = /[=/#]((?:aHR0c)[A-Za-z0-9+/_-]{8,1000})/.exec(readable)?.[1];
  if (hidden)
    targets.push(
      Buffer.from(hidden, 'base64')
        .toString('latin1')
        .split(/[^\x21-\x7e]/, 1)[0] ?? '',
    );
  const prefixed = /^\/amp\/(?:s\/)?((?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}(?:\/.*)?)$/i.exec(readable)?.[1];
  if (prefixed && /^(?:www\.)?google\./.test(host)) targets.push(`https://${prefixed}`);
  return targets.filter(target => /^https?:/i.test(target));
}

/** Percent-encoding undone twice at most: redirectors nest. Octets that are no UTF-8 stay as written. */
function decoded(path: string): string {
  const once = unescapeAscii(path);
  return /%(?:25|3a|2f)/i.test(once) ? unescapeAscii(once) : once;
}

function unescapeAscii(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
