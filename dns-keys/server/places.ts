import type { Socket } from 'node:net';
import { plainAddress } from './addresses.ts';

/** One open connection, from the moment the system gives it: a TLS handshake has its place too. */
export class Place {
  /** In text; IPv4 as such. */
  readonly address: string;
  readonly port: number;
  readonly #socket: Socket;
  #idleTurns = 0;

  constructor(socket: Socket) {
    this.address = plainAddress(socket.remoteAddress ?? '');
    this.port = socket.remotePort ?? 0;
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
  /** Connections in all, TLS handshakes among them; beyond it the one idle for longest is closed. */
  readonly total: number;
  /** Connections of one address; beyond it new ones are closed. */
  readonly perAddress: number;
}

/** All open connections, counted. */
export class Places {
  readonly #limits: ConnectionLimits;
  readonly #places = new Set<Place>();
  readonly #perAddress = new Map<string, number>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#places.size;
  }

  [Symbol.iterator](): Iterator<Place> {
    return this.#places.values();
  }

  /** A place until `leave`; null when its address has as many as it may, or is gone already. */
  enter(socket: Socket): Place | null {
    const place = new Place(socket);
    const count = (this.#perAddress.get(place.address) ?? 0) + 1;
    if (count > this.#limits.perAddress || place.address === '') return null;
    this.#places.add(place);
    this.#perAddress.set(place.address, count);
    return place;
  }

  /** The one to close since another came; null while there is room. */
  tooMany(newest: Place): Place | null {
    if (this.#places.size <= this.#limits.total) return null;
    let oldest: Place | null = null;
    for (const place of this.#places)
      if (place !== newest && (oldest === null || place.idleTurns > oldest.idleTurns)) oldest = place;
    return oldest;
  }

  /** Nothing when it has left already. */
  leave(place: Place): void {
    if (!this.#places.delete(place)) return;
    const count = (this.#perAddress.get(place.address) ?? 1) - 1;
    if (count === 0) this.#perAddress.delete(place.address);
    else this.#perAddress.set(place.address, count);
  }
}
