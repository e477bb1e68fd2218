import type { Mail, MailDoor } from './mail-client.ts';
import { type Dialogue, openDialogue } from './smtp-dialogue.ts';

/** What came of one try to send a message. */
export interface Try {
  /** The reply that decided about each recipient: at RCPT where it was refused there, else behind the mail data. */
  readonly replies: readonly string[];
  /** The longest wait for one reply. */
  readonly slowestMilliseconds: number;
}

/** RFC 5321 §4.5.3.2 asks clients to wait longer still: five minutes for RCPT, ten for the end of the data. */
const limitMilliseconds = 240_000;

/** One try like an MTA's: takes each reply as it is, and waits long for it. Throws when the door goes away. */
export async function tryMail(door: MailDoor, { forwardPaths, octets }: Mail): Promise<Try> {
  const peer = await openDialogue(door.port);
  let slowestMilliseconds = 0;
  const say = async (line: string | null): Promise<string> => {
    const startedAt = performance.now();
    const reply = await replyTo(peer, line);
    slowestMilliseconds = Math.max(slowestMilliseconds, performance.now() - startedAt);
    return reply;
  };
  try {
    await say(null);
    await say(door.name === 'smtp' ? 'EHLO client.example.net' : 'LHLO mta.example.org');
    await say('MAIL FROM:<sender@example.net>');
    const replies: string[] = [];
    for (const path of forwardPaths) replies.push(await say(`RCPT TO:<${path}>`));
    const taken = forwardPaths.flatMap((_path, index) => (isGood(replies[index]) ? [index] : []));
    if (taken.length > 0) {
      const answer = await say('DATA');
      if (answer.startsWith('354')) peer.send(octets);
      const all = answer.startsWith('354') ? await say('.') : answer;
      for (const [place, index] of taken.entries())
        replies[index] = place === 0 || door.name === 'smtp' ? all : await say(null);
    }
    return { replies, slowestMilliseconds };
  } finally {
    peer.drop();
  }
}

/** Whether a reply takes what it was asked to take. */
export function isGood(reply: string | undefined): boolean {
  return reply?.startsWith('250') ?? false;
}

/** The next reply, to a line if one is given. */
async function replyTo(peer: Dialogue, line: string | null): Promise<string> {
  const until = performance.now() + limitMilliseconds;
  const any = /^/;
  let asked = line === null ? peer.expect(any) : peer.say(line, any);
  for (;;) {
    try {
      const reply = await asked;
      if (reply.startsWith('(closed)')) throw new Error(`the door closed the connection: ${reply}`);
      return reply;
    } catch (error) {
      const isWaiting = error instanceof Error && error.message.startsWith('no answer');
      if (!isWaiting || performance.now() > until) throw error;
      asked = peer.expect(any);
    }
  }
}
