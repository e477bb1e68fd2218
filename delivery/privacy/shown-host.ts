/** A web address with its scheme inside text; the host is the first group. */
const writtenUrl = /\bhttps?:\/\/(?:[^\s/?#@<>"']*@)?([^\s/?#:<>"'()]+)/gi;
/** A host, alone or with a path, that is all there is. */
const bareHost = /^(?:[\p{L}\p{N}-]{1,63}\.){1,10}([a-z]{2,24})\.?(?::\d{1,5})?(?:[/?#]\S*)?$/iu;
/** Top-level domains that everybody takes for one; most others are words or endings of file names. */
const knownTopLevels: ReadonlySet<string> = new Set(
  (
    'com org net edu gov mil int info biz name pro mobi shop store online site app dev tech blog cloud news ' +
    'eu fr uk de it es pt nl be ch at lu ie dk se no fi pl cz sk hu ro bg gr hr si lt lv ee ru ua us ca mx br ar ' +
    'cl au nz jp cn kr in id tr il za io co me tv ai'
  ).split(' '),
);

/**
 * The hosts that the text of a link shows, lower-case: those of addresses written out with `http`, or the text itself
 * when it is nothing but a host (`www.example.org`, `example.org/page`). File names such as `notes.txt` are none.
 */
export function shownHosts(text: string): string[] {
  const hosts = [...text.matchAll(writtenUrl)].map(match => match[1] ?? '');
  const trimmed = text.trim();
  const topLevel = bareHost.exec(trimmed)?.[1]?.toLowerCase();
  if (topLevel !== undefined && (/^www\./i.test(trimmed) || knownTopLevels.has(topLevel))) {
    hosts.push(trimmed.split(/[/?#:]/)[0] ?? '');
  }
  return hosts.map(comparableHost).filter(host => host !== '');
}

/** A host as it is compared: A-labels, lower-case, without `www.` and final dots. */
export function comparableHost(host: string): string {
  const name = URL.parse(`https://${host.replace(/[.,;:!?]+$/, '')}`)?.hostname ?? '';
  return name.replace(/^www\./, '').replace(/\.$/, '');
}
