import { type HostParts, isNumericHost } from './domains.ts';
import type { Link } from './links.ts';

/** Names of hosts, apart by spaces. */
const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Services that give a short link to anybody, by registered domain. */
const shorteners = names(`
  bit.ly bitly.com bitly.ws j.mp tinyurl.com t.co goo.gl goo.su ow.ly is.gd v.gd buff.ly cutt.ly rebrand.ly rb.gy t.ly
  shorturl.at shorturl.asia shorturl.ac short.gy short.io s.id tiny.cc tiny.one lnkd.in qrco.de qr.ae qr-code.click
  urlz.fr bit.do linktr.ee encurtador.com.br adf.ly clck.ru vk.cc u.to x.co t2m.io tr.ee shrtco.de rotf.lol tny.im
  tny.sh soo.gd snip.ly bl.ink surl.li lc.cx cli.re l.ead.me me-qr.com qrfy.com scnv.io page.link app.link onelink.me
  dub.sh dub.co lnk.bio beacons.ai abrir.link acesse.one acesse.dev encr.pw l1nk.dev l1nq.com n9.cl i8.ae kutt.it
  urlshortner.org zpr.io cutt.us hotm.art hotm.io href.li tiny.pl tlgur.com ity.im q.gs urls.fr da.gd 1url.com
  2u.pw shorte.st bc.vc ouo.io linkshort.net ln.run ln.ki wl.co shrinke.me gg.gg x.gd sl1nk.com
`);

/** True for a short link that hides its target. */
export function isShortened({ parts, host }: Link): boolean {
  return shorteners.has(parts.domain) || shorteners.has(host);
}

/** Places on big hosts where anybody puts up a page, form or file: host, and how the path begins. */
const openPlaces: ReadonlyArray<readonly [host: RegExp, path: RegExp]> = [
  [/^sites\.google\.com$/, /^/],
  [/^docs\.google\.com$/, /^\/(?:forms|drawings|presentation|document|spreadsheets)\//],
  [/^(?:drive|script)\.google\.com$/, /^\/(?:macros|file|uc|open)/],
  [/^storage\.(?:googleapis|cloud\.google)\.com$/, /^/],
  [/^firebasestorage\.googleapis\.com$/, /^/],
  [
    /^(?:forms\.gle|forms\.office\.com|forms\.cloud\.microsoft|1drv\.ms|onedrive\.live\.com|telegra\.ph|te\.legra\.ph)$/,
    /^/,
  ],
  [
    /(?:^|\.)(?:weebly\.com|wordpress\.com|godaddysites\.com|yolasite\.com|jimdosite\.com|jimdofree\.com|strikingly\.com|ukit\.me|site123\.me|webnode\.[a-z]{2,4}|wixstudio\.(?:io|com)|editorx\.io|mystrikingly\.com|simdif\.com|carrd\.co|framer\.(?:app|website|ai)|softr\.app|bubbleapps\.io|glideapp\.io|web-hosting\.com|cprapid\.com|plesk\.page|myftpupload\.com|contaboserver\.net|rf\.gd|epizy\.com|infinityfreeapp\.com|byethost\d*\.com|hostingersite\.com|000webhostapp\.com|atwebpages\.com|square\.site|mailchimpsites\.com|blogspot\.[a-z.]{2,6})$/,
    /^/,
  ],
  [
    /(?:^|\.)(?:jotform\.com|jotformeu\.com|typeform\.com|formspree\.io|formstack\.com|cognitoforms\.com|tally\.so|123formbuilder\.com|zohopublic\.[a-z.]+|forms\.yandex\.[a-z]+|airtable\.com|smartsheet\.com)$/,
    /^/,
  ],
  [
    /(?:^|\.)(?:canva\.com|notion\.site|gamma\.app|padlet\.com|sway\.(?:office|cloud\.microsoft)\.com|evernote\.com|dropboxusercontent\.com|figma\.com)$/,
    /^\/(?:design|site|s|docs|shard|scl|pub|[^/]*$)/,
  ],
  [
    /(?:^|\.)(?:ipfs\.io|dweb\.link|cf-ipfs\.com|cloudflare-ipfs\.com|nftstorage\.link|pinata\.cloud|4everland\.io|fleek\.cool|w3s\.link|infura-ipfs\.io|filebase\.io|storry\.tv)$/,
    /^/,
  ],
  [
    /(?:^|\.)(?:digitaloceanspaces\.com|linodeobjects\.com|backblazeb2\.com|wasabisys\.com|oraclecloud\.com|aliyuncs\.com|myqcloud\.com|ionoscloud\.com|vultrobjects\.com|idrivee2-\d+\.com|s3[a-z0-9.-]*\.amazonaws\.com|r2\.cloudflarestorage\.com|blob\.core\.windows\.net|web\.core\.windows\.net|myhuaweicloud\.com|ovh\.net)$/,
    /^/,
  ],
];

/** Suffixes of the public suffix list's private part under which names are bought, not given away: domains like others. */
const soldSuffixes = names(`
  co.com com.de uk.com us.com eu.com de.com gb.net uk.net jp.net se.net hu.net za.com ru.com jpn.com mex.com africa.com
  br.com cn.com ae.org eu.org pp.ua biz.ua co.ua in.net
`);
/** Suffixes of hosts that carry other people's shops, pictures and files by design. */
const commonHosts =
  /(?:^|\.)(?:myshopify\.com|cloudfront\.net|azureedge\.net|akamaized\.net|fastly\.net|edgekey\.net|elb\.amazonaws\.com|github\.io|readthedocs\.io|githubusercontent\.com|googleusercontent\.com)$/;

/** True for a page that anybody can put up at a big host without a name of their own. */
export function isOpenPlace({ host, parts, path }: Link): boolean {
  if (host === '') return false;
  if (openPlaces.some(([place, start]) => place.test(host) && start.test(path))) return true;
  const suffix = parts.domain.slice(parts.name.length + 1);
  return parts.isTenant && !soldSuffixes.has(suffix) && !commonHosts.test(host);
}

/** Top domains that are sold for next to nothing or were given away, and second-level ones like them. */
const cheapTops = names(`
  tk ml ga cf gq top xyz icu club online site website space live click link buzz cyou monster quest sbs cfd bond shop
  store fun rest work vip win bid loan men date racing stream download review trade party science faith accountant
  cricket country kim zip mov autos beauty hair skin makeup boats homes lol pics mom pw su cam host press
  uno support email   help gdn motorcycles yachts ooo   fund finance money credit cash loans exchange bargains discount deals gift gifts promo   ws cc cn.com sa.com ru.com za.com us.com uk.com br.com co.com eu.com de.com in.net co.ua pp.ua biz.ua com.de
`);

/** True for a domain under a suffix where names cost next to nothing. */
export function isCheap({ domain, name }: HostParts): boolean {
  const suffix = domain.slice(name.length + 1);
  return cheapTops.has(suffix) || cheapTops.has(suffix.slice(suffix.lastIndexOf('.') + 1));
}

/** Services that send newsletters and follow clicks for others, by registered domain: their hosts say nothing. */
const trackers = names(`
  sendgrid.net mailchimp.com list-manage.com mandrillapp.com mcsv.net rs6.net constantcontact.com mjt.lu mailjet.com
  sendinblue.com brevo.com sibforms.com sendibm1.com sendibm2.com sendibm3.com sendibt2.com sendibt3.com mailgun.org
  mailgun.net mailgun.com exacttarget.com et.e sfmc-content.com cmail19.com cmail20.com createsend.com hubspot.com
  hubspotemail.net hs-sites.com hubspotlinks.com hubspotlinksstarter.com klaviyomail.com klclick.com klclick1.com
  klclick2.com klclick3.com activehosted.com emlnk.com acemlna.com acemlnb.com acemlnc.com mailerlite.com mlsend.com
  getresponse.com getresponse360.com convertkit-mail.com convertkit-mail2.com ck.page substack.com beehiiv.com
  awstrack.me amazonses.com sparkpostmail.com spmailtechnol.com postmarkapp.com pstmrk.it mtasv.net customeriomail.com
  customer.io intercom-clicks.com intercom-mail.com zendesk.com marketo.com mktoweb.com mkto-ab.com pardot.com
  eloqua.com responsys.net sailthru.com iterable.com braze.com emarsys.net emarsys.com cheetahmail.com listrakbi.com
  bronto.com dotmailer.com dotdigital-pages.com r1.dotdigital-pages.com campaign-archive.com eepurl.com ccsend.com
  sarbacane.com mailpro.com sendpulse.com elasticemail.com moosend.com benchmarkemail.com aweber.com madmimi.com
  infusionsoft.com keap-link001.com infusionmail.com drip.com drp.li acymailing.com phplist.com cleverreach.com
  rapidmail.de newsletter2go.com inxmail.com optimizely.com episerver.net agnitas.de mailwizz.com flowmailer.com
  copernica.com spotler.com splio.com actito.be selligent.com adobe-campaign.com neolane.net linkedin.com lnkd.in
  doubleclick.net eventbrite.com meetup.com
`);

/** True for a host that only counts clicks on its way to the sender's own. */
export function isTracker(parts: HostParts): boolean {
  return trackers.has(parts.domain);
}

/** Hosts that send on anybody's browser to wherever the link says. */
const openRedirectors: ReadonlyArray<readonly [host: RegExp, path: RegExp]> = [
  [/^(?:www\.)?google\.[a-z.]{2,6}$/, /^\/(?:url|amp|search\?.*btnI|local_url|imgres|maps\/.*https?)/i],
  [
    /^(?:notifications|accounts|ssl|cse|images|maps|plus|adservice|www\.notifications)\.google\.[a-z.]{2,6}$/,
    /^\/(?:g\/p|url|Logout|ServiceLogin.*continue)/i,
  ],
  [/(?:^|\.)(?:googleadservices\.com|doubleclick\.net|googlesyndication\.com)$/, /(?:aclk|clk|adurl=|rdct)/i],
  [/^(?:www\.)?bing\.com$/, /^\/(?:ck\/a|aclk|newtabredir)/i],
  [/(?:^|\.)youtube\.com$/, /^\/(?:redirect|attribution_link)/i],
  [/^(?:l|lm|www|m)\.(?:facebook|instagram)\.com$/, /^\/(?:l\.php|flx\/warn|\?u=)/i],
  [/(?:^|\.)linkedin\.com$/, /^\/(?:slink|redir|safety\/go|authwall)/i],
  [/(?:^|\.)(?:translate\.goog|translate\.google\.[a-z.]{2,6})$/, /^/],
  [
    /^(?:t\.umblr\.com|away\.vk\.com|vk\.com|www\.baidu\.com|link\.zhihu\.com|slack-redir\.net|out\.reddit\.com|steamcommunity\.com)$/,
    /(?:redirect|away\.php|link\?|\/link|linkfilter|z=)/i,
  ],
  [
    /^(?:duckduckgo\.com|r\.search\.yahoo\.com|search\.yahoo\.com|yandex\.[a-z]+|sba\.yandex\.net)$/,
    /(?:^\/l\/|RU=|redir|clck|safe)/i,
  ],
  [
    /^(?:href\.li|anonym\.to|nullrefer\.com|hidereferrer\.com|medium\.com)$/,
    /(?:^\/\?|global-identity.*redirect)/i,
  ],
];

/** True for a link through a well-known host that leads on to any other. */
export function isOpenRedirector({ host, path }: Link): boolean {
  return openRedirectors.some(([redirector, start]) => redirector.test(host) && start.test(path));
}

/** Names that providers give to the machines they rent out: the address of the machine stands in them. */
const machineNames =
  /(?:^|[.-])(?:\d{1,3}[.-]){3}\d{1,3}(?:[.-]|$)|(?:^|\.)(?:ip|host|vps|vmi|static|dynamic|ec2|server|srv|client|cloudvps|node)-?\d{2,}[a-z0-9-]*\.|(?:^|\.)(?:vps|vmi|s|h|ns)\d{5,}\./;

/** True for the name that a provider gave to a rented machine. */
export function isMachineName(host: string): boolean {
  return machineNames.test(host);
}

/** True for a target that costs nobody a name: what asks for something there asks in nobody's name. */
export function isDoubtful(link: Link): boolean {
  return (
    (link.scheme === 'http' || link.scheme === 'https') &&
    (isOpenPlace(link) ||
      isShortened(link) ||
      isCheap(link.parts) ||
      isNumericHost(link.host) ||
      isMachineName(link.host))
  );
}
