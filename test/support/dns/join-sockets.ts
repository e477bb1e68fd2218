import type { Socket } from 'node:net';

/** What one socket receives the other sends; both end together. */
export function joinSockets(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const socket of [one, other]) {
    socket.on('error', () => {
      one.destroy();
      other.destroy();
    });
  }
}
