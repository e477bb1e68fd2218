/** Name and version of this interpreter, as clients are told. */
export const implementation = 'Caliopen Sieve 1.0';

/** What a script may require, with where it is specified. What is listed is done whole. */
export const extensions: ReadonlyMap<string, string> = new Map([
  ['fileinto', 'RFC 5228 §4.1'],
  ['envelope', 'RFC 5228 §5.4'],
  ['encoded-character', 'RFC 5228 §2.4.2.4'],
  ['comparator-i;octet', 'RFC 4790 §9.3'],
  ['comparator-i;ascii-casemap', 'RFC 4790 §9.2'],
  ['comparator-i;ascii-numeric', 'RFC 4790 §9.1'],
  ['imap4flags', 'RFC 5232'],
  ['body', 'RFC 5173'],
  ['relational', 'RFC 5231'],
  ['subaddress', 'RFC 5233'],
  ['copy', 'RFC 3894'],
  ['variables', 'RFC 5229'],
  ['mailbox', 'RFC 5490 §3'],
  ['special-use', 'RFC 8579'],
  ['date', 'RFC 5260 §4, §5'],
  ['index', 'RFC 5260 §6'],
  ['environment', 'RFC 5183'],
  ['spamtest', 'RFC 5235 §2'],
  ['spamtestplus', 'RFC 5235 §2'],
]);

/** What is refused with a reason of its own. */
const refusals: Readonly<Record<string, string>> = {
  vacation: 'this server does not answer mail yet',
  'vacation-seconds': 'this server does not answer mail yet',
  enotify: 'this server does not send notifications yet',
  notify: 'this server does not send notifications yet',
  reject: 'this server does not refuse mail for a script: it would tell spammers who reads it',
  ereject: 'this server does not refuse mail for a script: it would tell spammers who reads it',
  editheader: 'this server stores mail as it came',
  regex: 'regular expressions can take for ever; :matches and :contains are there',
  include: 'only the active script is run',
};

/** Why a capability can't be had. */
export function whyNot(capability: string): string {
  return Object.hasOwn(refusals, capability) ? `: ${refusals[capability]}` : '';
}
