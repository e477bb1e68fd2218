/** One header field as it was sent; `value` begins behind the colon and may be folded. */
export interface RawField {
  readonly name: string;
  readonly value: string;
}

/** A value on one line, with its encoded words read (RFC 2047): what a reader is shown of a field. */
export function decodedValue(value: string): string {
  const line = value.replace(/\r?\n(?=[ \t])/g, '').trim();
  return line
    .replace(/(=\?[^?\s]{1,60}\?[BQ]\?[^?\s]{0,2000}\?=)\s+(?==\?[^?\s]{1,60}\?[BQ]\?)/gi, '$1')
    .replace(/(?:=\?([^?*\s]{1,40})(?:\*[^?\s]{0,20})?\?([BQ])\?([^?\s]{0,2000})\?=)+/gi, words =>
      readWords(words),
    );
}

/** Neighbours of one charset are read together: senders cut characters in two between them. */
function readWords(words: string): string {
  const runs: { charset: string; octets: number[] }[] = [];
  for (const [, charset = '', encoding, text = ''] of words.matchAll(
    /=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BQ])\?([^?\s]*)\?=/gi,
  )) {
    const octets = encoding?.toUpperCase() === 'B' ? fromBase64(text) : fromQ(text);
    const last = runs.at(-1);
    if (last && last.charset === charset.toLowerCase()) last.octets.push(...octets);
    else runs.push({ charset: charset.toLowerCase(), octets: [...octets] });
  }
  return runs.map(({ charset, octets }) => decode(charset, Uint8Array.from(octets))).join('');
}

function fromBase64(text: string): number[] {
  const bare = text.replace(/[^A-Za-z0-9+/]/g, '');
  try {
    return Array.from(atob(bare.slice(0, bare.length - (bare.length % 4 === 1 ? 1 : 0))), letter =>
      letter.charCodeAt(0),
    );
  } catch {
    return [];
  }
}

function fromQ(text: string): number[] {
  const letters = text.replaceAll('_', ' ');
  const octets: number[] = [];
  for (let place = 0; place < letters.length; place++) {
    const code = /^=[0-9A-F]{2}/i.test(letters.slice(place, place + 3))
      ? Number.parseInt(letters.slice(place + 1, place + 3), 16)
      : null;
    octets.push(code ?? letters.charCodeAt(place) & 0xff);
    if (code !== null) place += 2;
  }
  return octets;
}

function decode(charset: string, octets: Uint8Array): string {
  try {
    return new TextDecoder(charset).decode(octets);
  } catch {
    return new TextDecoder().decode(octets);
  }
}

/** The fields as text, each line as it came. */
export function fieldsAsText(fields: readonly RawField[]): string {
  return fields.map(({ name, value }) => `${name}:${value}`).join('\n');
}
