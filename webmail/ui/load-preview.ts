import type { EmailBodyPart } from '../wire.ts';
import { previewKind } from './attachment-kinds.ts';
import type { Asking } from './mail.ts';
import { ticketAddress } from './save-blob.ts';
import { overrides } from './text.ts';

/** What is shown of an attachment, or why nothing is. */
export type Preview =
  | { readonly kind: 'picture'; readonly address: string }
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  | { readonly kind: 'pdf'; readonly address: string | null; readonly tabAddress: () => Promise<string> }
  | { readonly kind: 'none'; readonly reason: 'tooLarge' | 'otherKind' | 'noKind' };

/** What a text is cut at. */
export const maxTextOctets = 200_000;
const maxPictureOctets = 25_000_000;
const maxPdfOctets = 50_000_000;
/** How long a tab has to open what is in memory. */
const openingMilliseconds = 60_000;

/** Fetches what is needed to show it. A picture's address holds it in memory until it is revoked. */
export async function loadPreview(asking: Asking, part: EmailBodyPart, name: string): Promise<Preview> {
  const kind = previewKind({ type: part.type, name });
  if (kind === 'picture') return loadPicture(asking, part);
  if (kind === 'text') return loadText(asking, part);
  return kind === 'pdf' ? loadPdf(asking, part, name) : { kind: 'none', reason: 'noKind' };
}

function blobOf({ accountId }: Asking, { blobId }: EmailBodyPart, name: string, type: string) {
  return { accountId, blobId: blobId ?? '', name, type };
}

async function loadPicture(asking: Asking, part: EmailBodyPart): Promise<Preview> {
  if (part.size > maxPictureOctets) return { kind: 'none', reason: 'tooLarge' };
  const octets = await asking.client.fetchBlob(blobOf(asking, part, 'picture', 'application/octet-stream'));
  const type = pictureType(new Uint8Array(await octets.slice(0, 32).arrayBuffer()));
  if (type === null) return { kind: 'none', reason: 'otherKind' };
  return { kind: 'picture', address: URL.createObjectURL(octets.slice(0, octets.size, type)) };
}

/** First octets of the pictures that are shown, as Latin letters. */
const signatures: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[\s\S]{4}WEBP/, 'image/webp'],
  [/^[\s\S]{4}ftypavi[fs]/, 'image/avif'],
  [/^BM[\s\S]{4}\0{4}/, 'image/bmp'],
];

/** The media type of a raster picture by its first octets, whatever its name says; null when it is none. */
export function pictureType(beginning: Uint8Array): string | null {
  const letters = String.fromCharCode(...beginning.subarray(0, 32));
  return signatures.find(([pattern]) => pattern.test(letters))?.[1] ?? null;
}

async function loadText(asking: Asking, part: EmailBodyPart): Promise<Preview> {
  const blob = blobOf(asking, part, 'text', 'application/octet-stream');
  const octets = await asking.client.fetchBeginning(blob, maxTextOctets + 1);
  const isCut = octets.byteLength > maxTextOctets;
  const text = decodeText(octets.subarray(0, maxTextOctets), part.charset);
  return { kind: 'text', text, isCut };
}

/**
 * Text of octets that may end amid a character: by their byte order mark, as UTF-8 when they are that, else in the
 * charset that was named, else in windows-1252, in which everything can be read.
 */
export function decodeText(octets: Uint8Array, charset: string | null): string {
  const [first, second] = octets;
  const marked =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  const labels = [marked, nameOf(charset), 'utf-8', 'windows-1252'].filter(label => label !== null);
  for (const label of labels) {
    try {
      const isFatal = label === 'utf-8' || label === 'us-ascii';
      const decoder = new TextDecoder(label === 'us-ascii' ? 'utf-8' : label, { fatal: isFatal });
      return decoder.decode(octets, { stream: true }).replace(overrides, '');
    } catch {
      // Not a charset that is known, or not the one that it says: the next one is tried.
    }
  }
  return '';
}

function nameOf(charset: string | null): string | null {
  const label = charset?.trim().toLowerCase() ?? '';
  return label === '' ? null : label === 'ascii' ? 'us-ascii' : label;
}

async function loadPdf(asking: Asking, part: EmailBodyPart, name: string): Promise<Preview> {
  if (part.size > maxPdfOctets) return { kind: 'none', reason: 'tooLarge' };
  const blob = blobOf(asking, part, name, 'application/pdf');
  const beginning = await asking.client.fetchBeginning(blob, 5);
  if (String.fromCharCode(...beginning) !== '%PDF-') return { kind: 'none', reason: 'otherKind' };
  // What was opened on this device has no address that may stand in a frame.
  if (asking.client.blobAddress(blob).startsWith('blob:')) {
    const tabAddress = async () => {
      const address = URL.createObjectURL(await asking.client.fetchBlob(blob));
      // By then the tab has read it; what is locked later must not be found by its address.
      setTimeout(() => URL.revokeObjectURL(address), openingMilliseconds);
      return address;
    };
    return { kind: 'pdf', address: null, tabAddress };
  }
  const tabAddress = async () => `${await ticketAddress(asking.client, blob)}&inline`;
  return { kind: 'pdf', address: await tabAddress(), tabAddress };
}
