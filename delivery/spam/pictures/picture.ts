/** A picture as brightness, one octet a pixel, rows from the top; transparent places as if on white paper. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  readonly octets: Uint8Array;
}

/** What the header of a picture says, read before anything is allocated for it. */
export interface PictureSize {
  readonly kind: 'png' | 'jpeg' | 'gif';
  readonly width: number;
  readonly height: number;
}

/** Brightness of a colour (ITU-R BT.601), 0..255. */
export function brightness(red: number, green: number, blue: number): number {
  return (red * 77 + green * 150 + blue * 29) >> 8;
}

/** Kind and size by the octets, whatever name and media type say; null for anything else. */
export function pictureSize(octets: Uint8Array): PictureSize | null {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  if (view.length < 26) return null;
  if (view.readUInt32BE(0) === 0x89504e47) {
    return { kind: 'png', width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
  }
  if (view.toString('latin1', 0, 4) === 'GIF8') {
    return { kind: 'gif', width: view.readUInt16LE(6), height: view.readUInt16LE(8) };
  }
  return view.readUInt16BE(0) === 0xffd8 ? jpegSize(view) : null;
}

/** The frame header of a JPEG (ITU-T T.81 §B.2.2), behind other segments. */
function jpegSize(view: Buffer): PictureSize | null {
  let at = 2;
  for (let segments = 0; segments < 200 && at + 9 < view.length; segments++) {
    if (view[at] !== 0xff) return null;
    const marker = view[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xc2;
    if (isFrame) return { kind: 'jpeg', height: view.readUInt16BE(at + 5), width: view.readUInt16BE(at + 7) };
    if (marker === 0xff) at++;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else at += 2 + view.readUInt16BE(at + 2);
  }
  return null;
}
