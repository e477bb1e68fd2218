import jpeg from 'jpeg-js';
import { decodeQR } from 'qr/decode.js';
import { readGif } from './gif.ts';
import { brightness, type Luma, type PictureSize, pictureSize } from './picture.ts';
import { readPng } from './png.ts';

/** What is spent on the pictures of one message, at most. A megapixel costs about 40 ms as JPEG, 15 ms as PNG. */
const limits = { pictures: 3, pixels: 2_000_000, octets: 1_500_000, leastSide: 40, scans: 40 };

/** A picture that has not been decoded yet. */
export interface Picture {
  /** Its first octets: enough for the header. */
  readonly start: Uint8Array;
  /** All of it takes at most so many octets. */
  readonly sizeOctets: number;
  readonly read: () => Uint8Array;
}

/** What QR codes say, and whether pictures were left out for their size. */
export interface QrTexts {
  readonly texts: readonly string[];
  readonly isPartial: boolean;
}

/**
 * Reads the QR code of each picture, one at most in each. Sizes are read from the headers first: what is over the
 * budget is never decoded. The same octets give the same texts, however busy the machine is.
 */
export function qrTexts(pictures: Iterable<Picture>): QrTexts {
  const texts: string[] = [];
  let [count, pixels, isPartial] = [0, 0, false];
  for (const picture of pictures) {
    const size = pictureSize(picture.start);
    if (!size || !mayHoldCode(size)) continue;
    const area = size.width * size.height;
    if (count >= limits.pictures || pixels + area > limits.pixels || picture.sizeOctets > limits.octets) {
      isPartial = true;
      continue;
    }
    count++;
    pixels += area;
    const octets = picture.read();
    if (size.kind === 'jpeg' && hasTooManyScans(octets)) {
      isPartial = true;
      continue;
    }
    const text = readCode(octets, size);
    if (text !== null) texts.push(text.slice(0, 2000));
  }
  return { texts, isPartial };
}

/**
 * A scan that refines a progressive JPEG (ITU-T T.81 §G.1.2) may pass over all pixels in a dozen octets, so that 200 kB cost a
 * minute; pictures in mail have ten.
 */
function hasTooManyScans(octets: Uint8Array): boolean {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let scans = 0;
  for (let at = view.indexOf(startOfScan); at >= 0; at = view.indexOf(startOfScan, at + 2)) {
    if (++scans > limits.scans) return true;
  }
  return false;
}

const startOfScan = Buffer.from([0xff, 0xda]);

/** Rules and spacers, tracking points and banners hold none. */
function mayHoldCode({ width, height }: PictureSize): boolean {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  return short >= limits.leastSide && long <= short * 8;
}

function readCode(octets: Uint8Array, size: PictureSize): string | null {
  try {
    const luma = readers[size.kind](octets);
    if (luma === null || luma.width !== size.width || luma.height !== size.height) return null;
    // Retries stop by the clock unless the limit is out of reach; one round of them is all there is.
    return decodeQR({ ...luma, data: luma.octets }, { format: 'I420', effort: 1, timeLimit: 1e9 });
  } catch {
    // No code, or a picture that is none: both are told by an exception.
    return null;
  }
}

const readers: Readonly<Record<PictureSize['kind'], (octets: Uint8Array) => Luma | null>> = {
  png: readPng,
  gif: readGif,
  jpeg: readJpeg,
};

function readJpeg(octets: Uint8Array): Luma {
  const { width, height, data } = jpeg.decode(octets, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: true,
    maxResolutionInMP: limits.pixels / 1e6,
    maxMemoryUsageInMB: 96,
  });
  const luma = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < luma.length; at++, from += 3) {
    luma[at] = brightness(data[from] ?? 255, data[from + 1] ?? 255, data[from + 2] ?? 255);
  }
  return { width, height, octets: luma };
}
