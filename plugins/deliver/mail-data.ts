import constants from 'haraka-constants';
import { DataReceiver, type ReceivedData } from '../../delivery/data-receiver.ts';
import type { OctetBudget } from '../../delivery/octet-budget.ts';
import { holdBack, isAtWork, joined } from './command-flow.ts';

const { DATA, DISCONNECTING } = constants.connection.state as Record<'DATA' | 'DISCONNECTING', number>;

/**
 * Takes the mail data of this transaction from the socket itself, to the octet. Haraka's own reader breaks long
 * lines, rewrites messages without a header and takes quadratic time over long lines. Until `onEnd` has led to a
 * reply, commands that the client pipelined behind its message (RFC 2920 §3.1) wait in Haraka's buffer; that is
 * safe because nothing but CRLF "." CRLF is taken for the end, and what others might take for one is refused.
 * Gives how to let go of what was received when the transaction ends before its message.
 */
export function takeMailData(
  connection: HarakaConnection,
  {
    maxOctets,
    room,
    onEnd,
  }: { maxOctets: number; room: OctetBudget; onEnd: (received: ReceivedData) => void },
): () => void {
  const receiver = new DataReceiver({ maxOctets, refuseFalseEnds: true, endsEndless: true, room });
  const readCommands = connection._process_data;
  let hasEnded = false;
  // Haraka's reader may be in the middle of a chunk that holds mail data already: it is left nothing to go on with.
  let early = connection.current_data;
  connection.current_data = null;

  function go(): void {
    connection.current_data = joined(early, connection.current_data);
    early = null;
    if (connection.state >= DISCONNECTING) return;
    if (connection.state === DATA && !hasEnded) read();
    // Haraka resumes the socket when it has reset the transaction.
    else if (isAtWork(connection)) holdBack(connection);
    else giveBack();
  }

  function read(): void {
    const chunk = connection.current_data;
    if (!chunk || chunk.length === 0) return;
    connection.current_data = null;
    const received = receiver.push(chunk);
    if (!received) return;
    hasEnded = true;
    connection.current_data = received.rest.length > 0 ? received.rest : null;
    onEnd(received);
  }

  function giveBack(): void {
    // What is called then is the method of Haraka's class again.
    delete connection.process_data;
    connection._process_data = readCommands;
    readCommands?.call(connection);
  }

  connection._process_data = go;
  connection.process_data = chunk => {
    connection.current_data = joined(connection.current_data, chunk);
    go();
  };
  return () => receiver.release();
}

/** Hands the message to Haraka's parser for the plugins of others, in the form it expects: lines, dots stuffed. */
export function feedHaraka(transaction: HarakaTransaction, octets: Uint8Array): void {
  const all = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let from = 0;
  while (from < all.length) {
    const lineFeed = all.indexOf(0x0a, from);
    const to = lineFeed === -1 ? all.length : lineFeed + 1;
    const line = all.subarray(from, to);
    transaction.add_data(line[0] === 0x2e ? Buffer.concat([Buffer.from('.'), line]) : Buffer.from(line));
    from = to;
  }
}
