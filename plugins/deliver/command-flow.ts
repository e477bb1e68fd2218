import constants from 'haraka-constants';

const { DISCONNECTING, PAUSE, PAUSE_DATA, PAUSE_SMTP } = constants.connection.state as Record<
  'DISCONNECTING' | 'PAUSE' | 'PAUSE_DATA' | 'PAUSE_SMTP',
  number
>;

/** States in which Haraka works on a command: what comes meanwhile waits. */
const waiting: ReadonlySet<number> = new Set([PAUSE, PAUSE_DATA, PAUSE_SMTP]);
/** Octets that may wait so before the socket is paused. */
const maxWaitingOctets = 65_536;

const LF = 0x0a;
/** Longer lines are Haraka's to refuse: line_length of connection.ini. */
const maxLineOctets = 4096;

/** Whether Haraka is at work on a command of this connection. */
export function isAtWork({ state }: HarakaConnection): boolean {
  return waiting.has(state);
}

/** Pauses the socket of a client that sends on and on meanwhile; true when it did. */
export function holdBack(connection: HarakaConnection): boolean {
  if ((connection.current_data?.length ?? 0) <= maxWaitingOctets) return false;
  connection.client.pause();
  return true;
}

/** Both in one buffer, without a copy where one is empty. */
export function joined(first: Buffer | null, second: Buffer | null): Buffer | null {
  return first?.length && second?.length ? Buffer.concat([first, second]) : first?.length ? first : second;
}

/** Octets of replies that a client may leave unread before no further command of its is obeyed. */
const maxUnreadOctets = 65_536;

/**
 * One command in each turn of the event loop, and the next one only when Haraka is done with it and the client reads
 * its replies. Haraka alone would work through whatever is in the buffer in one turn, keep in memory what a client
 * sends meanwhile and what it does not read, and look at waiting commands again and again in a busy loop.
 */
export function holdCommands(connection: HarakaConnection): void {
  const readCommands = connection._process_data;
  let isPaused = false;

  function go(): void {
    if (isAtWork(connection)) {
      isPaused = holdBack(connection) || isPaused;
      return;
    }
    if (waitsForReader()) return;
    readOne();
    if (connection.state >= DISCONNECTING) return;
    const wasPaused = isPaused;
    isPaused = holdBack(connection);
    if (wasPaused && !isPaused) connection.client.resume();
  }

  function waitsForReader(): boolean {
    const socket = connection.client.targetsocket;
    if (!socket || socket.writableLength <= maxUnreadOctets || connection.state >= DISCONNECTING)
      return false;
    if (!isPaused) socket.once('drain', go);
    isPaused = true;
    connection.client.pause();
    return true;
  }

  /** The reply, whenever it comes, makes Haraka look for the next command. */
  function readOne(): void {
    const waiting = connection.current_data;
    const end = waiting ? waiting.indexOf(LF) + 1 : 0;
    const rest = waiting?.subarray(end);
    if (!waiting || end === 0 || end > maxLineOctets || !rest?.length) {
      readCommands?.call(connection);
      return;
    }
    connection.current_data = waiting.subarray(0, end);
    readCommands?.call(connection);
    if (connection._process_data !== go) {
      // The command was DATA: the rest is mail data already.
      connection.current_data = rest;
      connection._process_data?.();
    } else if (connection.current_data !== null) {
      // Null where Haraka threw away all that came so far: behind STARTTLS, or because the connection ends.
      connection.current_data = joined(connection.current_data, rest);
    }
  }

  connection._process_data = go;
}
