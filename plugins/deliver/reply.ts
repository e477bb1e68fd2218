import { type ErrorCode, errorTable, replyText } from '../../delivery/errors.ts';

/**
 * Refuses the message of this transaction with the exact reply of the error table. Haraka's own answer in the queue
 * hook knows 450 and 550 only. `text` says more where there is more to say. A reply of 421 ends the connection (RFC 5321 §3.8).
 */
export function refuseMessage(
  connection: HarakaConnection,
  code: ErrorCode,
  { disconnect = false, text = replyText(code) }: { disconnect?: boolean; text?: string } = {},
): void {
  const { reply, temporary } = errorTable[code];
  connection.respond(reply, text, () => {
    connection.msg_count[temporary ? 'tempfail' : 'reject']++;
    if (connection.transaction) connection.transaction.msg_status = temporary ? 'deferred' : 'rejected';
    if (disconnect || reply === 421) connection.disconnect();
    else connection.reset_transaction(() => connection.resume());
  });
}
