import type { HtmlImage } from '../../../delivery/message/html.ts';

/**
 * Addresses that only report that somebody reads, as programs that send letters in bulk write them. Told by the path,
 * since anybody may run such a program under any name.
 */
const shapes: readonly RegExp[] = [
  // Names of files that show nothing.
  /\/(?:1x1|0x0|beacon|blank|clear|o|open|opened|opens?_?track|pix|pixel|t|track|tracking|trans|transparent|tracker)\.(?:gif|png|jpe?g|webp|aspx?|php|cgi)$/,
  // Mailchimp and Mandrill, SendGrid, HubSpot, Mailgun, Sendinblue, Marketo, Salesforce, Constant Contact, SES, Postmark.
  /\/track\/open(?:\.php|\/|$)/,
  /\/(?:wf|ls|ss|e)\/(?:open|o)(?:\/|$)/,
  /\/e[23]t\/(?:to|o)(?:\/|$)/,
  /\/(?:tr|trk|trck)\/(?:op|open|o)(?:\/|$)/,
  /\/(?:mail|email|e?mailing|newsletter|campaign)s?[-_/](?:open|opened|read|view-?track|track(?:ing)?)(?:\/|\.|$)/,
  /\/(?:open|opened|read)[-_]?(?:track|tracker|tracking|receipt|pixel|log|image)(?:\/|\.|$)/,
  /\/(?:track|tracking|pixel|beacon|telemetry)\/(?:open|opened|pixel|email|view|v\d|[\w-]{20,})(?:\/|\.|$)/,
  /\/mpss\/o\//,
  /\/on\.jsp$/,
  // Measuring services.
  /\/(?:__utm|utm|ga|collect|impression|imp|adimp)\.(?:gif|png|php)$/,
  /\/(?:r|j|g|mp)\/collect$/,
  /\/piwik\.php$/,
  /\/matomo\.php$/,
];
const hosts =
  /^(?:pixel|pixels|beacon|open|opens|opentrack|etrack|mailtrack|emailtrack|tracking-pixel)\.|(?:^|\.)(?:google-analytics|doubleclick|mailtrack|bananatag|yesware|getnotify|readnotify|emltrk|litmus-analytics|list-manage-track)\.(?:com|io|net)$/;

/** Whether an address is one that only reports reading. */
export function isBeaconAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname, pathname } = new URL(address);
  const path = pathname.toLowerCase();
  return hosts.test(hostname) || shapes.some(shape => shape.test(path));
}

const seenPixels = 4;

/** Whether nobody could see anything in a picture: no larger than a point or two, or hidden without a size. */
export function isUnseen({ width, height, hidden }: HtmlImage): boolean {
  const sides = [width, height].filter(side => side !== null);
  if (sides.includes(0)) return true;
  const isSmall = sides.every(side => side < seenPixels);
  return isSmall && (hidden || sides.length > 0);
}
