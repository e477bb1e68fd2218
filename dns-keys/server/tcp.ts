import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { plainAddress } from './addresses.ts';
import { Connection, outputOctets } from './connection.ts';
import type { Door, Peer } from './door.ts';

/** Looks at the connections so many times while one may be idle. */
const turnsWhileIdle = 4;

export interface ConnectionLimits {
  /** Connections in all; beyond it the one idle for longest is closed. */
  readonly total: number;
  /** Connections of one address; beyond it new ones are closed. */
  readonly perAddress: number;
}

/** Answers over TCP (RFC 7766) and TLS (RFC 7858). */
export class TcpDoor {
  readonly #door: Door;
  readonly #limits: ConnectionLimits;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<Connection>();
  readonly #perAddress = new Map<string, number>();
  readonly #output = Buffer.allocUnsafeSlow(outputOctets);
  readonly #watch: NodeJS.Timeout;

  constructor(door: Door, limits: ConnectionLimits) {
    this.#door = door;
    this.#limits = limits;
    const turnSeconds = door.settings.idleSeconds / turnsWhileIdle;
    this.#watch = setInterval(() => this.#closeIdle(), turnSeconds * 1000).unref();
  }

  /** Listens; gives the port. Rejects as `net` does, with EADDRINUSE and its like. */
  async listen(address: string, port: number, tls: TlsOptions | null = null): Promise<number> {
    const server = tls === null ? this.#plainServer() : this.#tlsServer(tls);
    const listening = once(server, 'listening');
    server.listen({ host: address, port, ipv6Only: isIPv6(address) });
    await listening;
    this.#servers.push(server);
    server.on('error', error => this.#door.settings.onFault(error));
    return (server.address() as AddressInfo).port;
  }

  /** Stops listening and ends what is open. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    const closed = this.#servers
      .splice(0)
      .map(server => new Promise<void>(done => server.close(() => done())));
    for (const connection of this.#connections) connection.close();
    await Promise.all(closed);
  }

  #plainServer(): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, socket => this.#accept(socket, 'tcp'));
  }

  #tlsServer(tls: TlsOptions): Server {
    const handshakeTimeout = this.#door.settings.idleSeconds * 1000;
    const server = createTlsServer({ ALPNProtocols: ['dot'], handshakeTimeout, ...tls }, socket =>
      this.#accept(socket, 'tls'),
    );
    // Those still shaking hands are counted by nobody else.
    server.maxConnections = this.#limits.total;
    // Who does not speak TLS is closed by then.
    server.on('tlsClientError', () => {});
    return server;
  }

  #accept(socket: Socket, transport: 'tcp' | 'tls'): void {
    const { metrics } = this.#door.settings;
    const peer: Peer = {
      transport,
      address: plainAddress(socket.remoteAddress ?? ''),
      port: socket.remotePort ?? 0,
    };
    const count = (this.#perAddress.get(peer.address) ?? 0) + 1;
    if (count > this.#limits.perAddress || peer.address === '') {
      metrics.connectionsRefused += 1;
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    if (this.#connections.size >= this.#limits.total) this.#closeOldest();
    const connection = new Connection(socket, peer, { door: this.#door, output: this.#output });
    this.#connections.add(connection);
    this.#perAddress.set(peer.address, count);
    metrics.connections = this.#connections.size;
    socket.once('close', () => this.#forget(connection));
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    const { address } = connection.peer;
    const count = (this.#perAddress.get(address) ?? 1) - 1;
    if (count === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, count);
    this.#door.settings.metrics.connections = this.#connections.size;
  }

  #closeOldest(): void {
    let oldest: Connection | null = null;
    for (const connection of this.#connections)
      if (oldest === null || connection.idleTurns > oldest.idleTurns) oldest = connection;
    if (oldest === null) return;
    this.#door.settings.metrics.connectionsRefused += 1;
    oldest.close();
    this.#forget(oldest);
  }

  #closeIdle(): void {
    for (const connection of this.#connections) {
      if (connection.countIdle() <= turnsWhileIdle) continue;
      this.#door.settings.metrics.connectionsIdled += 1;
      connection.close();
    }
  }
}
