import { type Dialogue, openDialogue } from './smtp-dialogue.ts';

/** Where a client sends to: a door of ours by its port. */
export interface MailDoor {
  readonly name: 'smtp' | 'lmtp';
  readonly port: number;
}

/** A message for some recipients. Lines end with CRLF, the last one, too. */
export interface Mail {
  readonly forwardPaths: readonly string[];
  readonly octets: string | Uint8Array;
}

/** A dialogue behind the greeting and EHLO or LHLO. */
export async function greetDoor({ name, port }: MailDoor): Promise<Dialogue> {
  const peer = await openDialogue(port);
  await peer.expect(/^220 /);
  await peer.say(name === 'smtp' ? 'EHLO client.example.net' : 'LHLO mta.example.org', /^250-/);
  return peer;
}

/** One mail transaction up to the replies behind the mail data: one at SMTP, one for each recipient at LMTP. */
export async function sendMail(peer: Dialogue, door: MailDoor, mail: Mail): Promise<string[]> {
  await beginMail(peer, mail);
  endMail(peer, mail);
  return readReplies(peer, door, mail);
}

/** Up to the reply 354. */
export async function beginMail(peer: Dialogue, { forwardPaths }: Mail): Promise<void> {
  await peer.say('MAIL FROM:<sender@example.net>', /^250/);
  for (const path of forwardPaths) await peer.say(`RCPT TO:<${path}>`, /^250/);
  await peer.say('DATA', /^354/);
}

/** The mail data, dots stuffed (RFC 5321 §4.5.2), and its end. */
export function endMail(peer: Dialogue, { octets }: Mail): void {
  peer.send(stuffed(octets));
  peer.send('.\r\n');
}

function stuffed(octets: string | Uint8Array): Buffer {
  const plain = Buffer.from(octets);
  // Large messages are sent while others are timed: they cost the client nothing.
  if (plain[0] !== 0x2e && !plain.includes('\r\n.')) return plain;
  const text = plain.toString('latin1');
  return Buffer.from(
    text.replace(/^\./gm, (dot, at: number) => (isLineStart(text, at) ? '..' : dot)),
    'latin1',
  );
}

/** Lines of SMTP end with CRLF alone. */
function isLineStart(text: string, at: number): boolean {
  return at === 0 || text.startsWith('\r\n', at - 2);
}

export async function readReplies(peer: Dialogue, door: MailDoor, { forwardPaths }: Mail): Promise<string[]> {
  const replies: string[] = [];
  const expected = door.name === 'smtp' ? 1 : forwardPaths.length;
  while (replies.length < expected) replies.push(await peer.expect(/^\d{3} /));
  return replies;
}
