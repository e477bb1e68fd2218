/** A token has at least this many characters (PRIVACY-INDEX.md, `tracking`). */
const tokenLength = 16;
/** Longer addresses are not read: no article has one. */
const maxUrl = 4096;
/** A UUID, hyphens where RFC 9562 §4 has them. */
const uuid = /(?:^|[^0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:$|[^0-9a-f])/i;

/**
 * Whether a web address carries a token: something of 16 or more characters that is made to tell one reader from
 * another, such as a hash, a UUID, a long number, or text in hexadecimal, base32 or base64. It is looked for in the
 * labels of the host's subdomain, in each path segment, and in the names and values of query and fragment. Words,
 * also many joined by hyphens or written together, dates and short numbers are no token, so that the address of an
 * article is none. Whether a token is really personal can't be seen from one message; a public item with a random
 * name of that length counts, too.
 */
export function hasToken(url: URL): boolean {
  if (url.href.length > maxUrl) return true;
  const subdomain = url.hostname.split('.').slice(0, -2);
  const pieces = [...subdomain, ...`${url.pathname}${url.search}${url.hash}`.split(/[/?&#=;,:]/)];
  return pieces.some(
    piece => piece.length >= tokenLength && isToken(decodePercent(piece.replaceAll('+', ' '))),
  );
}

/** Whether one piece of an address is a token. */
export function isToken(piece: string): boolean {
  if (piece.length < tokenLength) return false;
  if (uuid.test(piece)) return true;
  // An address in an address, or words: what is between them is looked at.
  if (/[?&#:;,\s]/.test(piece)) return piece.split(/[?&#=:;,\s]+/).some(isToken);
  const words = withoutAccents(piece).split(/[^\p{L}\p{N}]+/u);
  if (words.some(word => word.length >= tokenLength && isRandom(word))) return true;
  // Base64 and the like, cut by its own signs; words and plain numbers don't add up.
  const scrambled = lengthOf(words.filter(word => /\D/.test(word) && isRandom(word)));
  return scrambled >= tokenLength || scrambled >= Math.max(tokenLength, piece.length) / 2;
}

function lengthOf(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.length, 0);
}

/** Whether letters and digits look drawn rather than written. */
function isRandom(word: string): boolean {
  // Other scripts are written, never drawn.
  if (/[^A-Za-z0-9]/.test(word)) return false;
  const letters = word.replace(/[0-9]/g, '');
  if (letters === '') return true;
  const runs = word.match(/[0-9]+|[^0-9]+/g) ?? [];
  // `report2024`, `covid19vaccine2021`: a few short numbers among words.
  const isNumbered =
    runs.length <= 4 &&
    runs.every(run => (/\d/.test(run) ? run.length <= 8 : run.length >= 3 || runs.length <= 2));
  return !(isNumbered && isWritten(letters));
}

/** Whether letters could be words: vowels enough and not too far apart, capitals at the beginnings of words alone. */
function isWritten(letters: string): boolean {
  const vowels = letters.match(/[aeiouy]/gi)?.length ?? 0;
  if (letters.length >= 6 && vowels / letters.length < 0.25) return false;
  // `Rechtsschutz` has seven consonants in a row, but four sounds.
  if (/[^aeiouy]{6}/i.test(letters.replace(/sch|ch|ck|th|ph|ng|tz|([a-z])\1/gi, 'k'))) return false;
  if (letters === letters.toLowerCase() || letters === letters.toUpperCase()) return true;
  const humps = letters.match(/[A-Z][a-z]*|[a-z]+/g) ?? [];
  return letters.length / humps.length >= 3;
}

function withoutAccents(text: string): string {
  return /[^\x00-\x7f]/.test(text) ? text.normalize('NFD').replace(/\p{M}/gu, '') : text;
}

/** Percent-encoding undone where it is valid; as it stands elsewhere. */
function decodePercent(piece: string): string {
  if (!piece.includes('%')) return piece;
  try {
    return decodeURIComponent(piece);
  } catch {
    // Not UTF-8: the ASCII in it still counts.
    return piece.replace(/%([0-7][0-9a-f])/gi, (_match, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}
