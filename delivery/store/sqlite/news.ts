import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Log } from '../../log.ts';
import type { Change, ChangeType } from '../store.ts';
import { newsFolder } from './files.ts';
import type { News } from './threads/protocol.ts';

/** News of one burst go out together. */
const gatherMilliseconds = 20;
/** Longest path of a Unix socket on every system we know. */
const maxSocketPath = 100;

type Listener = (change: Change) => void;

/** What is thrown when the folder of the sockets is not ours: another user may have laid it there. */
class ForeignFolder extends Error {}

/**
 * News between processes: each process that watches listens on a Unix socket of its own in the data folder; each
 * process that writes tells all sockets it finds there. A socket that nobody answers was left by a process that died,
 * and is removed. At rest nothing is read or written. Where no socket can be opened, the log says so, and this process
 * hears its own news alone.
 */
export class NewsHub {
  readonly #data: string;
  readonly #folder: string;
  readonly #log: Log;
  readonly #own = `${process.pid}-${randomBytes(6).toString('hex')}.sock`;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #peers = new Map<string, Socket>();
  /** Connections of processes that tell us. */
  readonly #heard = new Set<Socket>();
  #waiting = new Map<string, Partial<Record<ChangeType, string>>>();
  #timer: NodeJS.Timeout | null = null;
  #server: Server | null = null;
  #told = '';

  constructor(dataFolder: string, log: Log) {
    this.#data = dataFolder;
    this.#folder = socketFolder(dataFolder);
    this.#log = log;
  }

  /** Calls `listener` after changes of the account by any process; gives how to stop. */
  watch(accountId: string, listener: Listener): () => void {
    // Listening begins before this returns, so that no change behind it is missed.
    this.#server ??= this.#listen();
    const listeners = this.#listeners.get(accountId) ?? new Set();
    this.#listeners.set(accountId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(accountId) === listeners)
        this.#listeners.delete(accountId);
    };
  }

  /** Tells this process now and the others soon. */
  publish(news: readonly News[]): void {
    for (const [accountId, types] of news) {
      this.#tell(accountId, types);
      this.#waiting.set(accountId, { ...this.#waiting.get(accountId), ...types });
    }
    this.#timer ??= setTimeout(() => this.#send(), gatherMilliseconds).unref();
  }

  /** Sends what waits, then stops listening. */
  async close(): Promise<void> {
    this.#send();
    await Promise.all([...this.#peers.values()].map(ended));
    const server = this.#server;
    this.#server = null;
    this.#listeners.clear();
    if (!server) return;
    const closed = new Promise<void>(resolve => server.close(() => resolve()));
    for (const socket of this.#heard) socket.destroy();
    await closed;
    rmSync(join(this.#folder, this.#own), { force: true });
  }

  #tell(accountId: string, types: Partial<Record<ChangeType, string>>): void {
    for (const listener of this.#listeners.get(accountId) ?? []) listener({ accountId, types });
  }

  #send(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.size === 0) return;
    const line = `${JSON.stringify([...this.#waiting])}\n`;
    this.#waiting = new Map();
    for (const name of this.#others()) this.#peer(name).write(line);
  }

  #others(): string[] {
    try {
      this.#requireOurs();
      return readdirSync(this.#folder).filter(name => name.endsWith('.sock') && name !== this.#own);
    } catch (error) {
      if (error instanceof ForeignFolder) this.#deaf(error);
      // No folder: nobody has ever watched.
      return [];
    }
  }

  /** Throws when others than the owner of the data folder could listen or speak in the folder of the sockets. */
  #requireOurs(): void {
    const found = lstatSync(this.#folder);
    const isOurs =
      found.isDirectory() && found.uid === statSync(this.#data).uid && (found.mode & 0o077) === 0;
    if (!isOurs)
      throw new ForeignFolder(`${this.#folder} is not a folder of the owner of the data, mode 0700`);
  }

  /** Tells the log, once for each cause. */
  #deaf(error: Error): void {
    if (this.#told === error.message) return;
    this.#told = error.message;
    this.#log.warn({ folder: this.#folder, cause: error.message }, 'storeNewsUnavailable');
  }

  #peer(name: string): Socket {
    const known = this.#peers.get(name);
    if (known && !known.destroyed) return known;
    const path = join(this.#folder, name);
    const socket = connect(path);
    this.#peers.set(name, socket);
    socket.unref();
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') rmSync(path, { force: true });
    });
    socket.on('close', () => {
      if (this.#peers.get(name) === socket) this.#peers.delete(name);
    });
    return socket;
  }

  /** Null when it can't: the next one that watches tries again. */
  #listen(): Server | null {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#requireOurs();
    } catch (error) {
      this.#deaf(error as Error);
      return null;
    }
    const server = createServer(socket => this.#hear(socket));
    server.on('error', error => {
      this.#deaf(error);
      if (this.#server === server) this.#server = null;
    });
    server.listen({ path: join(this.#folder, this.#own), exclusive: true });
    server.unref();
    return server;
  }

  #hear(socket: Socket): void {
    socket.unref();
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    // readline passes the socket's errors on.
    lines.on('error', () => socket.destroy());
    lines.on('line', line => {
      for (const [accountId, types] of readLine(line)) this.#tell(accountId, types);
    });
    this.#heard.add(socket);
    socket.once('close', () => this.#heard.delete(socket));
  }
}

function ended(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    if (socket.destroyed) resolve();
    socket.once('close', () => resolve());
    socket.once('finish', () => socket.destroy());
    socket.ref();
    socket.end();
  });
}

/** News of a line; none when it is not ours. */
function readLine(line: string): News[] {
  try {
    const news: unknown = JSON.parse(line);
    return Array.isArray(news) ? news.filter(isNews) : [];
  } catch {
    // Only our own processes can open the socket; a line cut by a dying one says nothing.
    return [];
  }
}

function isNews(item: unknown): item is News {
  return (
    Array.isArray(item) && typeof item[0] === 'string' && typeof item[1] === 'object' && item[1] !== null
  );
}

/** Sockets lie in the data folder; where its path is too long for them, in a folder of its owner's named after it. */
function socketFolder(dataFolder: string): string {
  const folder = newsFolder(realpathSync(dataFolder));
  if (Buffer.byteLength(folder) + 32 < maxSocketPath) return folder;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(tmpdir(), `caliopen-${statSync(dataFolder).uid}-${name}`);
}
