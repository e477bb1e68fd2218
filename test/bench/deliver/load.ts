import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One message of a load: envelope and octets as they go over the wire (dots stuffed, final dot included). */
export interface LoadMessage {
  readonly reversePath: string;
  readonly forwardPath: string;
  readonly wire: Buffer;
}

export interface LoadSettings {
  readonly port: number;
  readonly protocol: 'smtp' | 'lmtp';
  readonly connections: number;
  /** MAIL, RCPT and DATA in one write (RFC 2920). */
  readonly pipelined: boolean;
  readonly messages: readonly LoadMessage[];
}

export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds from the final dot to the reply, sorted. */
  readonly latencies: readonly number[];
  /** Replies that were not 250, by their text. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Sends all messages over persistent connections, each taking the next message when it is free. */
export async function sendLoad(settings: LoadSettings): Promise<LoadResult> {
  const queue = settings.messages.values();
  const latencies: number[] = [];
  const refused = new Map<string, number>();
  const clients = await Promise.all(Array.from({ length: settings.connections }, () => openClient(settings)));
  const started = performance.now();
  await Promise.all(clients.map(client => drain(client, queue, { latencies, refused })));
  const seconds = (performance.now() - started) / 1000;
  for (const client of clients) client.socket.end('QUIT\r\n');
  return { seconds, latencies: latencies.sort((a, b) => a - b), refused };
}

interface Client {
  readonly socket: Socket;
  readonly pipelined: boolean;
  /** The next complete reply: code and text of its last line. */
  reply(): Promise<string>;
}

async function openClient({ port, protocol, pipelined }: LoadSettings): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay();
  const reply = replyReader(socket);
  await once(socket, 'connect');
  await reply();
  socket.write(`${protocol === 'lmtp' ? 'LHLO' : 'EHLO'} load.example\r\n`);
  await reply();
  return { socket, pipelined, reply };
}

function replyReader(socket: Socket): () => Promise<string> {
  const ready: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let tail = '';
  socket.on('data', chunk => {
    const lines = (tail + chunk.toString('latin1')).split('\r\n');
    tail = lines.pop() ?? '';
    for (const line of lines) {
      if (line[3] === '-') continue;
      const next = waiting.shift();
      if (next) next(line);
      else ready.push(line);
    }
  });
  const fail = (line: string) => {
    for (const next of waiting.splice(0)) next(line);
  };
  socket.on('error', error => fail(`000 ${error.message}`));
  socket.on('close', () => fail('000 connection closed'));
  return () => {
    const line = ready.shift();
    return line === undefined ? new Promise(resolve => waiting.push(resolve)) : Promise.resolve(line);
  };
}

async function drain(
  client: Client,
  queue: Iterator<LoadMessage>,
  { latencies, refused }: { latencies: number[]; refused: Map<string, number> },
): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const failure = await sendOne(client, next.value, latencies);
    if (failure === null) continue;
    refused.set(failure, (refused.get(failure) ?? 0) + 1);
    if (failure.startsWith('000')) return;
    client.socket.write('RSET\r\n');
    await client.reply();
  }
}

async function sendOne(client: Client, message: LoadMessage, latencies: number[]): Promise<string | null> {
  const { socket, reply } = client;
  const commands = [
    `MAIL FROM:<${message.reversePath}>\r\n`,
    `RCPT TO:<${message.forwardPath}>\r\n`,
    'DATA\r\n',
  ];
  if (client.pipelined) socket.write(commands.join(''));
  for (const command of commands) {
    if (!client.pipelined) socket.write(command);
    const answer = await reply();
    if (answer[0] !== '2' && answer[0] !== '3') return answer;
  }
  socket.write(message.wire);
  const sent = performance.now();
  const answer = await reply();
  latencies.push(performance.now() - sent);
  return answer[0] === '2' ? null : answer;
}

/** The value below which `share` of the sorted values lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
