/** A MAIL or RCPT command taken apart: the path without angle brackets, parameters by upper-case keyword. */
export interface PathCommand {
  readonly address: string;
  readonly args: Record<string, string | true> | false;
}

/**
 * Reads `MAIL FROM:<path> parameters` or `RCPT TO:<path> parameters` (RFC 5321 §4.1.2) leniently: the MTA before us
 * has accepted these paths, and a refusal would bounce. Null when there is no path at all.
 */
export function parsePathCommand(verb: 'MAIL FROM' | 'RCPT TO', line: string): PathCommand | null {
  const [word, preposition] = verb.split(' ');
  const command = new RegExp(`^${word}\\s+${preposition}\\s*:\\s*`, 'i').exec(line);
  if (!command) return null;
  const rest = line.slice(command[0].length).trimEnd();
  const end = pathEnd(rest);
  if (end === 0) return null;
  const path = rest.startsWith('<') ? rest.slice(1, end - 1) : rest.slice(0, end);
  return { address: withoutRoute(path), args: parseParameters(rest.slice(end)) };
}

/** Offset behind the path: behind the `>` that stands outside quotes, else the first space. */
function pathEnd(text: string): number {
  const path =
    /^<(?:"(?:\\.|[^"\\])*"|[^"<>])*>/.exec(text) ?? /^<.*?>(?=\s|$)/.exec(text) ?? /^[^<\s]\S*/.exec(text);
  return path?.[0].length ?? 0;
}

/** A source route is accepted and ignored (RFC 5321 appendix C). */
function withoutRoute(path: string): string {
  return path.replace(/^@[^:\s"]+:/, '');
}

function parseParameters(text: string): Record<string, string | true> | false {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return false;
  const parameters: Record<string, string | true> = Object.create(null);
  for (const word of words) {
    const at = word.indexOf('=');
    const keyword = (at === -1 ? word : word.slice(0, at)).toUpperCase();
    parameters[keyword] ??= at === -1 ? true : word.slice(at + 1);
  }
  return parameters;
}
