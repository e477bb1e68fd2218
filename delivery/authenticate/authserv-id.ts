/** A longer id is nobody's. */
const maxCharacters = 1000;

/**
 * The authserv-id of an Authentication-Results field body (RFC 8601 §2.2), lower-case: who says it. Null where there is
 * none to be read. Linear in the length of the value.
 */
export function authservIdOf(value: string): string | null {
  const start = skipComments(value).slice(0, maxCharacters);
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(start)?.[1];
  if (quoted !== undefined) return quoted.replace(/\\(.)/g, '$1').toLowerCase();
  return /^[^\s;()"]+/.exec(start)?.[0].toLowerCase() ?? null;
}

/** What stands behind white space and comments (CFWS, RFC 5322 §3.2.2). */
function skipComments(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (depth > 0 && character === '\\') at++;
    else if (character === '(') depth++;
    else if (depth > 0 && character === ')') depth--;
    else if (depth === 0 && !/\s/.test(character)) return text.slice(at);
  }
  return '';
}

/** Whether a field pretends to be results of this host: nobody but us may write it, and where mail goes on it is cut. */
export function isForgedResults(
  field: { readonly name: string; readonly value: string },
  hostname: string,
): boolean {
  if (field.name.trim().toLowerCase() !== 'authentication-results') return false;
  return authservIdOf(field.value)?.replace(/\.$/, '') === hostname.toLowerCase().replace(/\.$/, '');
}
