import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A raw SMTP or LMTP dialogue: lines sent, reply patterns expected. */
export interface Dialogue {
  /** The client's port; 0 at a socket file. */
  readonly localPort: number;
  /** Sends a line (CRLF is added) and expects one reply that fits; gives the whole reply. */
  say(line: string, pattern: RegExp): Promise<string>;
  /** Sends octets as they are. */
  send(octets: string | Uint8Array): void;
  /** The next reply, all of its lines; it must fit. */
  expect(pattern: RegExp): Promise<string>;
  /** Resolves when the server has closed the connection; gives what it said that was not expected yet. */
  closed(): Promise<string>;
  /** Goes on in TLS, whoever the server is. */
  startTls(): Promise<void>;
  /** Ends without QUIT. */
  drop(): void;
}

const limitMilliseconds = 20_000;

/** Connects to a door on the loopback, by its port or its socket file. */
export async function openDialogue(door: number | string, host = '127.0.0.1'): Promise<Dialogue> {
  let socket: Socket =
    typeof door === 'string' ? connect(door) : connect({ port: door, host, noDelay: true });
  const inbox = openInbox();
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  inbox.listen(socket);
  const dialogue: Dialogue = {
    localPort: socket.localPort ?? 0,
    async say(line, pattern) {
      socket.write(`${line}\r\n`);
      return fits(await inbox.reply(line), pattern, line);
    },
    send: octets => void socket.write(octets),
    expect: async pattern => fits(await inbox.reply(String(pattern)), pattern, '(nothing)'),
    closed: () => inbox.closed(),
    async startTls() {
      const plain = socket;
      plain.removeAllListeners('data');
      socket = connectTls({ socket: plain, rejectUnauthorized: false });
      await new Promise((resolve, reject) => {
        socket.once('secureConnect', resolve);
        socket.once('error', reject);
      });
      inbox.listen(socket);
    },
    drop: () => socket.destroy(),
  };
  return dialogue;
}

function fits(reply: string, pattern: RegExp, line: string): string {
  assert.match(reply, pattern, `the reply to ${JSON.stringify(line.slice(0, 200))}`);
  return reply;
}

function openInbox() {
  let text = '';
  let hasEnded = false;
  let wake = () => {};
  async function until<T>(ask: () => T | undefined, what: string): Promise<T> {
    const timeLimit = performance.now() + limitMilliseconds;
    for (;;) {
      const answer = ask();
      if (answer !== undefined) return answer;
      const left = timeLimit - performance.now();
      if (left <= 0) throw new Error(`no answer to ${JSON.stringify(what)}; so far: ${JSON.stringify(text)}`);
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
  return {
    listen(socket: Socket) {
      socket.on('data', chunk => {
        text += chunk.toString('utf8');
        wake();
      });
      socket.on('close', () => {
        hasEnded = true;
        wake();
      });
      socket.on('error', () => {});
    },
    reply: (what: string) =>
      until(() => {
        const whole = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3} [^\r\n]*\r\n/.exec(text);
        if (whole) {
          text = text.slice(whole[0].length);
          return whole[0];
        }
        return hasEnded ? `(closed) ${text}` : undefined;
      }, what),
    closed: () => until(() => (hasEnded ? text : undefined), 'the end of the connection'),
  };
}
