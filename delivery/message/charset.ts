import iconv from 'iconv-lite';
import { isUtf8Octets, viewOf } from './octets.ts';
import { decodeUtf7 } from './utf7.ts';

/*
 * TextDecoder first: it is native, follows the WHATWG labels that browsers and senders agree on, and says when
 * octets are malformed. It leaves out, for the safety of browsers, charsets that mail still uses (utf-7, cp850,
 * viscii …): those come from iconv-lite. Octets without a known label are read as UTF-8 when they are valid UTF-8,
 * else as windows-1252, which every octet fits.
 */

/** A text and whether something of it could not be read as declared. */
export interface Decoded {
  readonly text: string;
  /** True when the charset is unknown or the octets are malformed in it (RFC 8621 §4.1.4, isEncodingProblem). */
  readonly isProblem: boolean;
}

const asciiLabels: ReadonlySet<string> = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'iso646-us',
  '646',
]);
const utf8Labels: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8']);

/** Labels seen in mail that neither decoder knows, with what they mean. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['iso-8859-1-windows-3.1-latin-1', 'windows-1252'],
  ['iso8859_1', 'iso-8859-1'],
  ['cp-850', 'cp850'],
  ['windows-932', 'shift_jis'],
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['utf-8mb4', 'utf-8'],
  ['utf8mb4', 'utf-8'],
  ['unicode', 'utf-16le'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['x-euc-jp', 'euc-jp'],
  ['x-gbk', 'gbk'],
  ['unicode-1-1-utf-7', 'utf-7'],
  ['unicode11utf7', 'utf-7'],
  ['utf7', 'utf-7'],
]);

/** Names of the WHATWG Encoding standard (§4.2), by what iconv-lite sees of them: letters and digits. */
const byLettersAndDigits: ReadonlyMap<string, string> = new Map(
  `utf-8 utf-7 us-ascii ibm866 iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7
  iso-8859-8 iso-8859-8-i iso-8859-9 iso-8859-10 iso-8859-11 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r
  koi8-u macintosh windows-874 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255
  windows-1256 windows-1257 windows-1258 x-mac-cyrillic gbk gb2312 gb18030 big5 big5-hkscs euc-jp iso-2022-jp shift_jis
  euc-kr utf-16be utf-16le`
    .split(/\s+/)
    .map(name => [lettersAndDigits(name), name]),
);

/** Octets in the charset of `label` (WHATWG Encoding labels, then iconv-lite's) as text; never throws. */
export function decodeCharset(octets: Uint8Array, label: string | null): Decoded {
  const name = normalizeLabel(label);
  const view = viewOf(octets);
  if (utf8Labels.has(name)) return decodeUtf8(view);
  if (asciiLabels.has(name)) return decodeUnlabelled(view);
  if (name === 'utf-7') return decodeUtf7(view);
  return (
    decodeNative(view, name) ?? decodeForeign(view, name) ?? { ...decodeUnlabelled(view), isProblem: true }
  );
}

/** True when `decodeCharset` knows the label. */
export function isKnownCharset(label: string | null): boolean {
  const name = normalizeLabel(label);
  // iconv-lite knows some beyond the WHATWG list.
  return utf8Labels.has(name) || asciiLabels.has(name) || isNative(name) || iconv.encodingExists(name);
}

/** Text of octets that name no charset: UTF-8 when valid (RFC 6532), else windows-1252. */
export function decodeUnlabelled(octets: Uint8Array): Decoded {
  const view = viewOf(octets);
  if (isUtf8Octets(view))
    return { text: withoutByteOrderMark(view.toString('utf8', 0, view.length)), isProblem: false };
  return { text: new TextDecoder('windows-1252').decode(view), isProblem: true };
}

/** The name that our lists and both decoders agree on, or else the label in lower case. */
function normalizeLabel(label: string | null): string {
  // Names are printable ASCII (RFC 2978 §2.3); behind a space stands what somebody forgot to separate:
  // `utf-8 format=flowed`.
  const name = (label ?? '')
    .trimStart()
    .slice(0, 64)
    .replace(/^["']+/, '')
    .replace(/[^!#-&(-~].*$/s, '')
    .toLowerCase();
  const known = knownName(name);
  if (known !== null) return known;
  // iconv-lite overlooks punctuation. The browser, which has none, must do so as well: `iso_8859_1`, `koi8_r`.
  const bare = lettersAndDigits(name);
  if (bare === '') return name;
  return byLettersAndDigits.get(bare) ?? knownName(bare) ?? name;
}

function knownName(name: string): string | null {
  const known = aliases.get(name) ?? name;
  return utf8Labels.has(known) || asciiLabels.has(known) || known === 'utf-7' || isNative(known)
    ? known
    : null;
}

function lettersAndDigits(label: string): string {
  return label.replace(/[^0-9a-z]/g, '');
}

function isNative(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}

function decodeUtf8(view: Buffer): Decoded {
  if (isUtf8Octets(view)) return { text: withoutByteOrderMark(view.toString('utf8')), isProblem: false };
  const text = new TextDecoder('utf-8').decode(view);
  // Not one character beyond ASCII is well-formed: the label is wrong.
  const isOther = /^[\x00-\x7f\ufffd]*$/.test(text);
  return { text: isOther ? new TextDecoder('windows-1252').decode(view) : text, isProblem: true };
}

function decodeNative(view: Buffer, name: string): Decoded | null {
  try {
    return { text: new TextDecoder(name, { fatal: true }).decode(view), isProblem: false };
  } catch (error) {
    // RangeError: unknown label. TypeError: malformed octets.
    if (error instanceof RangeError) return null;
    return { text: new TextDecoder(name).decode(view), isProblem: true };
  }
}

function decodeForeign(view: Buffer, name: string): Decoded | null {
  if (name === '' || !iconv.encodingExists(name)) return null;
  const text = iconv.decode(view, name);
  return { text, isProblem: text.includes('\ufffd') };
}

function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
