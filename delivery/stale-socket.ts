import { lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';

/**
 * Removes the socket that a door left behind when it was killed. A socket that still answers, and a file of another
 * kind, stay: listening there then fails as it does on a port that is taken.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  if (!(await isAnswered(path))) rmSync(path, { force: true });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
