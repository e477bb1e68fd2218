const named: Readonly<Record<string, string>> = {
  white: 'ffffff',
  black: '000000',
  snow: 'fffafa',
  ivory: 'fffff0',
};

/** A colour as six hexadecimal digits; null for one that is not read. */
function colorOf(written: string): string | null {
  const text = written.trim().toLowerCase();
  const hex = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/.exec(text)?.[1];
  if (hex) return hex.length === 6 ? hex : hex.replace(/./g, '$&$&');
  const parts = /^rgba?\(\s{0,3}(\d{1,3})[\s,]{1,4}(\d{1,3})[\s,]{1,4}(\d{1,3})/.exec(text);
  if (parts)
    return parts
      .slice(1, 4)
      .map(part => Number(part).toString(16).padStart(2, '0'))
      .join('');
  return named[text] ?? null;
}

/** True for colours that the eye can't tell apart: no channel differs by more than 12 of 255. */
function isSame(one: string, other: string): boolean {
  return [0, 2, 4].every(
    at =>
      Math.abs(Number.parseInt(one.slice(at, at + 2), 16) - Number.parseInt(other.slice(at, at + 2), 16)) <=
      12,
  );
}

const backgrounds =
  /(?:bgcolor\s{0,3}=\s{0,3}["']?|background(?:-color)?\s{0,3}:\s{0,3})(#?[\w]{3,20}|rgba?\([^)]{5,30}\))/gi;
const ownColor = /(?:^|[\s;"'])color\s{0,3}[:=]\s{0,3}["']?(#?\w{3,20}|rgba?\([^)]{5,30}\))/i;

/**
 * Letters of an HTML text that are written in the colour of what they stand on, where there is but one ground to stand
 * on: a page with several colours of ground hides nothing that can be told without drawing it.
 */
export function paperLetters(html: string): number {
  if (!/color/i.test(html) || /background(?:-image)?\s{0,3}[:=][^;"'>]{0,20}url/i.test(html)) return 0;
  const grounds = new Set<string>();
  for (const [, written = ''] of html.matchAll(backgrounds)) {
    const color = /^(?:none|transparent|inherit|initial|url)/i.test(written) ? 'ffffff' : colorOf(written);
    if (color === null) return 0;
    grounds.add(color);
    if (grounds.size > 1) return 0;
  }
  const [paper = 'ffffff'] = grounds;
  let letters = 0;
  for (const [, attributes = '', text = ''] of html.matchAll(
    /<[a-z]{1,10}\s([^<>]{5,400})>([^<]{10,4000})/gi,
  )) {
    const color = colorOf(ownColor.exec(attributes)?.[1] ?? '');
    if (color !== null && isSame(color, paper)) letters += text.match(/\p{L}/gu)?.length ?? 0;
  }
  return letters;
}
