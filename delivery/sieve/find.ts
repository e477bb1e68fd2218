/** Up to this length a search is done by the machine's own, which may look at each character once for each of the piece. */
const shortPiece = 24;

/** Index of the first `piece` at or behind `start`, -1 where there is none. Linear in the text, whatever both hold. */
export function find(text: string, piece: string, start: number): number {
  if (piece.length > text.length - start) return -1;
  if (piece.length <= shortPiece) return text.indexOf(piece, start);
  const borders = bordersOf(piece);
  let matched = 0;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && piece.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
    if (piece.charCodeAt(matched) === unit) matched++;
    if (matched === piece.length) return at - matched + 1;
  }
  return -1;
}

/** For each beginning of the piece, the length of the longest that also ends it (Knuth, Morris and Pratt). */
function bordersOf(piece: string): Uint32Array {
  const borders = new Uint32Array(piece.length);
  let length = 0;
  for (let at = 1; at < piece.length; at++) {
    while (length > 0 && piece.charCodeAt(at) !== piece.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (piece.charCodeAt(at) === piece.charCodeAt(length)) length++;
    borders[at] = length;
  }
  return borders;
}
