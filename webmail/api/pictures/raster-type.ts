interface Signature {
  readonly mediaType: string;
  /** By place: what the octets there are. */
  readonly at: readonly (readonly [place: number, text: string])[];
}

/** Pictures made of points, which can hold no script and name nothing else; told by their first octets. */
const signatures: readonly Signature[] = [
  { mediaType: 'image/png', at: [[0, '\x89PNG\r\n\x1a\n']] },
  { mediaType: 'image/jpeg', at: [[0, '\xff\xd8\xff']] },
  { mediaType: 'image/gif', at: [[0, 'GIF87a']] },
  { mediaType: 'image/gif', at: [[0, 'GIF89a']] },
  {
    mediaType: 'image/webp',
    at: [
      [0, 'RIFF'],
      [8, 'WEBPVP8'],
    ],
  },
  { mediaType: 'image/avif', at: [[4, 'ftypavif']] },
  { mediaType: 'image/avif', at: [[4, 'ftypavis']] },
  // The size of the header that follows is 12 to 124, and what is reserved before it is zero.
  {
    mediaType: 'image/bmp',
    at: [
      [0, 'BM'],
      [6, '\0\0\0\0'],
      [15, '\0\0\0'],
    ],
  },
  {
    mediaType: 'image/x-icon',
    at: [
      [0, '\0\0\x01\0'],
      [5, '\0'],
    ],
  },
];

/** The media type of a raster picture by its own octets; null for everything else, whatever its sender calls it. */
export function rasterType(octets: Uint8Array): string | null {
  const head = Buffer.from(octets.subarray(0, 32)).toString('latin1');
  const found = signatures.find(({ at }) => at.every(([place, text]) => head.startsWith(text, place)));
  return found?.mediaType ?? null;
}
