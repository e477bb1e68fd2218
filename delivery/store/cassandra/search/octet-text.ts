/**
 * The octets of a text in UTF-8, one character for each. As JavaScript sorts such texts, so does Cassandra sort the
 * texts that they stand for; plain ASCII is its own octet text.
 */
export function octetText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text that `octetText` was given. */
export function plainText(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8');
}

/** The first characters of an octet text that have at most `length` octets; none is cut in two. */
export function cutOctets(octets: string, length: number): string {
  if (octets.length <= length) return octets;
  let end = length;
  while (end > 0 && isContinuation(octets.charCodeAt(end))) end--;
  return octets.slice(0, end);
}

/** Whether the octet goes on with a character that was begun before (RFC 3629 §3). */
function isContinuation(octet: number): boolean {
  return (octet & 0xc0) === 0x80;
}
