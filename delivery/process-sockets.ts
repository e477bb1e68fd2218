import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

/** Where processes tell others of this machine about themselves: a folder, and in it a socket for each process. */
export interface Telling {
  readonly folder: string;
  readonly processName: string;
  /** A list, which is told as JSON to whoever connects. */
  readonly tell: () => readonly unknown[] | Promise<readonly unknown[]>;
  /** The socket can't listen: too long a path, say. */
  readonly onFault: (fault: { readonly path: string; readonly cause: string }) => void;
}

/**
 * Tells through a socket that ends with the process; gives how to end it before. Throws when the folder can't be made.
 */
export function tellOthers({ folder, processName, tell, onFault }: Telling): () => Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${processName}-${process.pid}`);
  rmSync(path, { force: true });
  const server = createServer(async socket => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify(await tell()));
  });
  server.on('error', error => {
    onFault({ path, cause: String(error) });
    server.close();
  });
  server.listen(path);
  server.unref();
  return () => new Promise(resolve => server.close(() => resolve()));
}

/** What each process tells that runs now; sockets of those that have ended are swept. */
export async function askOthers(folder: string): Promise<unknown[][]> {
  const told = await Promise.all(listed(folder).map(name => ask(join(folder, name))));
  return told.filter(values => values !== null);
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nobody has ever told here, or it is another user's.
  }
}

const answerMilliseconds = 1000;

function ask(path: string): Promise<unknown[] | null> {
  return new Promise(resolve => {
    const socket = connect(path);
    let text = '';
    socket.setTimeout(answerMilliseconds, () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', chunk => (text += chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') rmSync(path, { force: true });
    });
    socket.on('close', () => resolve(parsed(text)));
  });
}

function parsed(text: string): unknown[] | null {
  try {
    const values: unknown = JSON.parse(text);
    return Array.isArray(values) ? values : null;
  } catch {
    return null; // It ended while it was asked.
  }
}
