import { bodyLists } from '../../../delivery/message/body.ts';
import { decodeText } from '../../../delivery/message/content.ts';
import { scanHtml } from '../../../delivery/message/html.ts';
import { remoteUrl } from '../../../delivery/message/html-remote.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { armorOf } from '../jmap/email-view.ts';
import { isBeaconAddress, isUnseen } from './beacon.ts';

/** A message whose remote pictures are asked about. */
export interface PicturesJob {
  readonly kind: 'pictures';
  readonly octets: Uint8Array;
}

/** Absolute addresses that its HTML would load from, without fragments; nothing of what is encrypted. */
export interface PicturesFound {
  readonly kind: 'pictures';
  readonly remote: readonly string[];
  /** Those that only report reading. */
  readonly beacons: readonly string[];
}

/** As much HTML as the webmail shows of a message. */
const maxCharacters = 2_000_000;

/** Pure: the same in any thread. */
export function readPictures({ octets }: PicturesJob): PicturesFound {
  const message = parseMessage(octets);
  const entities = armorOf(message) ? [] : bodyLists(message).htmlBody;
  const remote = new Set<string>();
  const beacons = new Set<string>();
  for (const entity of entities.filter(({ mediaType }) => mediaType === 'text/html')) {
    const scan = scanHtml(decodeText(message, entity, maxCharacters).text);
    for (const url of scan.remoteUrls) remote.add(comparable(url));
    for (const image of scan.images) if (isUnseen(image)) beacons.add(comparable(remoteUrl(image.src, null)));
  }
  for (const url of remote) if (isBeaconAddress(url)) beacons.add(url);
  return { kind: 'pictures', remote: [...remote], beacons: [...beacons] };
}

/** An address in the one way that a browser writes it. */
export function comparable(url: string | null): string {
  if (url === null || !URL.canParse(url)) return '';
  return new URL(url).href.replace(/#.*$/, '');
}
