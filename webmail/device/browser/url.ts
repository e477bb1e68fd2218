/** `domainToASCII` of `node:url`: A-labels, empty when it is no domain. */
export function domainToASCII(domain: string): string {
  return /[:@]/.test(domain) ? '' : (URL.parse(`https://${domain}`)?.hostname ?? '');
}
