import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Connection, outputOctets, type Shared } from './connection.ts';
import type { Door } from './door.ts';
import { type ConnectionLimits, type Place, Places } from './places.ts';
import { Turns } from './turns.ts';

/** Looks at the connections so many times while one may be idle. */
const turnsWhileIdle = 4;

/** Answers over TCP (RFC 7766) and TLS (RFC 7858). */
export class TcpDoor {
  readonly #door: Door;
  readonly #servers: Server[] = [];
  readonly #places: Places;
  /** Those in a TLS handshake, by the two ends of their connection. */
  readonly #shaking = new Map<string, Place>();
  readonly #shared: Shared;
  readonly #watch: NodeJS.Timeout;

  constructor(door: Door, limits: ConnectionLimits) {
    this.#door = door;
    this.#places = new Places(limits);
    this.#shared = { door, turns: new Turns(), output: Buffer.allocUnsafeSlow(outputOctets) };
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
    for (const place of this.#places) place.close();
    await Promise.all(closed);
  }

  #plainServer(): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, socket => {
      const place = this.#admit(socket);
      if (place !== null) this.#serve(socket, place, 'tcp');
    });
  }

  /** A TCP server whose connections are counted before they are handed to TLS. */
  #tlsServer(tls: TlsOptions): Server {
    const handshakeTimeout = this.#door.settings.idleSeconds * 1000;
    const handshakes = createTlsServer({ ALPNProtocols: ['dot'], handshakeTimeout, ...tls }, socket => {
      const place = this.#shaking.get(endsOf(socket));
      if (place === undefined) socket.destroy();
      else this.#serve(socket, place, 'tls');
    });
    // Node only tells of a handshake that fails or takes too long.
    handshakes.on('tlsClientError', (_error, socket) => socket.destroy());
    return createServer({ noDelay: true }, socket => {
      const place = this.#admit(socket);
      if (place === null) return;
      const ends = endsOf(socket);
      this.#shaking.set(ends, place);
      socket.once('close', () => {
        // Another of the same two ends may have come since.
        if (this.#shaking.get(ends) === place) this.#shaking.delete(ends);
      });
      handshakes.emit('connection', socket);
    });
  }

  #admit(socket: Socket): Place | null {
    const { metrics } = this.#door.settings;
    // Whatever breaks a connection is the client's concern; 'close' follows.
    socket.on('error', () => {});
    const place = this.#places.enter(socket);
    if (place === null) {
      metrics.connectionsRefused += 1;
      socket.destroy();
      return null;
    }
    const tooMany = this.#places.tooMany(place);
    if (tooMany !== null) {
      metrics.connectionsRefused += 1;
      tooMany.close();
      this.#leave(tooMany);
    }
    metrics.connections = this.#places.size;
    socket.once('close', () => this.#leave(place));
    return place;
  }

  #serve(socket: Socket, place: Place, transport: 'tcp' | 'tls'): void {
    place.touch();
    new Connection(socket, { place, transport }, this.#shared);
  }

  #leave(place: Place): void {
    this.#places.leave(place);
    this.#door.settings.metrics.connections = this.#places.size;
  }

  #closeIdle(): void {
    for (const place of this.#places) {
      if (place.countIdle() <= turnsWhileIdle) continue;
      this.#door.settings.metrics.connectionsIdled += 1;
      place.close();
    }
  }
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
