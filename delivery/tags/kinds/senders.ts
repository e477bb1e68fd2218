import type { Kind } from './kinds.ts';

/** Domains whose mail is mostly of one kind, whatever host below them sends it. Facts of the field, sorted. */
const domains: Readonly<Partial<Record<Kind, string>>> = {
  social:
    'bsky.social discord.com facebook.com facebookmail.com glassdoor.com instagram.com linkedin.com mastodon.social ' +
    'mail.instagram.com medium.com meetup.com nextdoor.com pinterest.com quora.com reddit.com redditmail.com ' +
    'snapchat.com strava.com threads.net tiktok.com tumblr.com twitch.tv twitter.com viadeo.com vk.com x.com ' +
    'xing.com youtube.com',
  travel:
    'accor.com agoda.com airbnb.com airbnb.fr airfrance.com airfrance.fr amtrak.com bahn.de blablacar.com ' +
    'blablacar.fr booking.com britishairways.com captaintrain.com delta.com easyjet.com eurostar.com expedia.com ' +
    'expedia.fr flixbus.com flixbus.fr hilton.com hotels.com kayak.com klm.com lufthansa.com marriott.com oui.sncf ' +
    'ouigo.com renfe.com ryanair.com sncf-connect.com sncf.com sncf.fr southwest.com thetrainline.com trainline.eu ' +
    'trainline.fr transavia.com trivago.com united.com voyages-sncf.com vueling.com',
};

const kindByDomain: ReadonlyMap<string, string> = new Map(
  Object.entries(domains).flatMap(([kind, names]) => names.split(' ').map(name => [name, kind] as const)),
);

/** Whether a domain, or one above it, is known for mail of this kind. */
export function isKnownFor(kind: Kind, domain: string): boolean {
  const labels = domain.split('.');
  return labels.some((_, at) => kindByDomain.get(labels.slice(at).join('.')) === kind);
}
