import { type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import type { PicturePorts } from './ports.ts';
import { rasterType } from './raster-type.ts';
import { askableUrl, hostOf, type OwnPlaces, publicAddresses } from './target.ts';

/** A picture that was fetched, with the type that its octets have. */
export interface Picture {
  readonly octets: Uint8Array;
  readonly mediaType: string;
}

export interface FetchDeps {
  readonly ports: PicturePorts;
  readonly own: OwnPlaces;
  /** Longest wait for all of it, redirections too. */
  readonly timeoutMilliseconds: number;
}

export const maxPictureOctets = 5_000_000;
const maxRedirections = 3;
/** Of the addresses of one host, so many are tried. */
const maxAddresses = 2;
/** The first octets tell what it is. */
const headOctets = 32;

/**
 * Fetches a raster picture and tells its host nothing but the address: no cookies, no referrer, no language, one plain
 * User-Agent. The host is looked up and all its addresses are checked, the connection goes to a checked address, and
 * each redirection is a new address for which all of this is done again. Null when it may not be asked for, is no
 * picture, is too large or takes too long: nobody is told which.
 */
export async function fetchPicture(url: string, deps: FetchDeps): Promise<Picture | null> {
  const signal = AbortSignal.timeout(deps.timeoutMilliseconds);
  try {
    return await follow(url, deps, signal);
  } catch {
    return null; // What went wrong between two strangers is no fault of ours and nobody's to know.
  }
}

async function follow(first: string, deps: FetchDeps, signal: AbortSignal): Promise<Picture | null> {
  let url = askableUrl(first, deps.own);
  for (let redirections = 0; url && redirections <= maxRedirections; redirections++) {
    const response = await ask(url, deps, signal);
    if (!response) return null;
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return await readPicture(response);
    response.destroy();
    const isMoved = [301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined;
    if (!isMoved || !URL.canParse(headers.location ?? '', url)) return null;
    url = askableUrl(new URL(headers.location ?? '', url).href, deps.own);
  }
  return null;
}

/** The head of the answer; null when no address of the host may be asked. Throws when none answers. */
async function ask(
  url: URL,
  { ports, own }: FetchDeps,
  signal: AbortSignal,
): Promise<IncomingMessage | null> {
  const addresses = await untilOver(publicAddresses(url, own, ports), signal);
  let failure: unknown = null;
  for (const address of addresses.slice(0, maxAddresses)) {
    try {
      return await askAt(url, { address, ports, signal });
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
  }
  if (failure !== null) throw failure;
  return null;
}

/** A look-up can't be called off, but nobody waits for it any longer. */
function untilOver<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

function askAt(
  url: URL,
  { address, ports, signal }: { address: string; ports: PicturePorts; signal: AbortSignal },
): Promise<IncomingMessage> {
  const host = hostOf(url);
  const port = url.protocol === 'https:' ? 443 : 80;
  return new Promise((resolve, reject) => {
    const asked = request({
      // An address is no name that a certificate is shown by.
      createConnection: () => ports.connect({ address, port, hostname: isIP(host) ? '' : host }),
      path: `${url.pathname}${url.search}`,
      setHost: false,
      headers: {
        Host: url.host,
        'User-Agent': 'Mozilla/5.0',
        Accept: 'image/*',
        'Accept-Encoding': 'identity',
        Connection: 'close',
      },
      signal,
    });
    asked.once('response', resolve).once('error', reject).end();
  });
}

/** The body when it is a raster picture of a good size, whatever its head says it is; null otherwise. */
async function readPicture(response: IncomingMessage): Promise<Picture | null> {
  const { 'content-length': length, 'content-encoding': encoding = 'identity' } = response.headers;
  if (encoding !== 'identity' || Number(length ?? 0) > maxPictureOctets) {
    response.destroy();
    return null;
  }
  const pieces: Buffer[] = [];
  let sum = 0;
  // Whoever leaves the loop early ends the connection.
  for await (const piece of response as AsyncIterable<Buffer>) {
    sum += piece.byteLength;
    if (sum > maxPictureOctets) return null;
    pieces.push(piece);
    if (sum >= headOctets && sum - piece.byteLength < headOctets && !rasterType(Buffer.concat(pieces)))
      return null;
  }
  const octets = Buffer.concat(pieces);
  const mediaType = rasterType(octets);
  return mediaType === null ? null : { octets, mediaType };
}
