import type { Socket } from 'node:net';
import { plainAddress } from '../../delivery/ip-address.ts';
import { networkOf } from './addresses.ts';

/** One open connection, from the moment the system gives it: a TLS handshake has its place too. */
export class Place {
  /** In text; IPv4 as such. */
  readonly address: string;
  readonly port: number;
  /** Whose connections are counted together. */
  readonly network: string;
  readonly #socket: Socket;
  #idleTurns = 0;

  constructor(socket: Socket) {
    this.address = plainAddress(socket.remoteAddress ?? '');
    this.port = socket.remotePort ?? 0;
    this.network = networkOf(this.address);
    this.#socket = socket;
  }

  /** How many times in a row nothing was found to come or go. */
  get idleTurns(): number {
    return this.#idleTurns;
  }

  /** Called again and again; gives `idleTurns` with this one. */
  countIdle(): number {
    this.#idleTurns += 1;
    return this.#idleTurns;
  }

  /** Something came or went. */
  touch(): void {
    this.#idleTurns = 0;
  }

  close(): void {
    this.#socket.destroy();
  }
}

export interface ConnectionLimits {
  /** Connections in all, TLS handshakes among them; beyond it the network that holds most loses one. */
  readonly total: number;
  /** Connections of one IPv4 address or IPv6 /56; beyond it new ones are closed. */
  readonly perAddress: number;
}

/** All open connections, counted. */
export class Places {
  readonly #limits: ConnectionLimits;
  readonly #places = new Set<Place>();
  readonly #perNetwork = new Map<string, number>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#places.size;
  }

  [Symbol.iterator](): Iterator<Place> {
    return this.#places.values();
  }

  /** A place until `leave`; null when its network has as many as it may, or is gone already. */
  enter(socket: Socket): Place | null {
    const place = new Place(socket);
    const count = (this.#perNetwork.get(place.network) ?? 0) + 1;
    if (count > this.#limits.perAddress || place.network === '') return null;
    this.#places.add(place);
    this.#perNetwork.set(place.network, count);
    return place;
  }

  /**
   * The one to close since another came: of the networks that hold most, the one idle for longest. Null while there is
   * room.
   */
  tooMany(newest: Place): Place | null {
    if (this.#places.size <= this.#limits.total) return null;
    const most = Math.max(...this.#perNetwork.values());
    let oldest: Place | null = null;
    for (const place of this.#places) {
      if (place === newest || this.#perNetwork.get(place.network) !== most) continue;
      if (oldest === null || place.idleTurns > oldest.idleTurns) oldest = place;
    }
    return oldest;
  }

  /** Nothing when it has left already. */
  leave(place: Place): void {
    if (!this.#places.delete(place)) return;
    const count = (this.#perNetwork.get(place.network) ?? 1) - 1;
    if (count === 0) this.#perNetwork.delete(place.network);
    else this.#perNetwork.set(place.network, count);
  }
}
