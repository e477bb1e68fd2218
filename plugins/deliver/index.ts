import type { ReceivedData } from '../../delivery/data-receiver.ts';
import {
  closeDoor,
  declarePlugin,
  doorConfig,
  doorLog,
  enterConnection,
  harakaServer,
  hasForeignHooks,
  isClosing,
  leaveConnection,
  openConnections,
  openContext,
  receivingRoom,
  sayGoodbye,
  startDoor,
} from '../context.ts';
import { guard, type HookAnswer, refusal } from '../hook.ts';
import { doorNotes } from '../notes.ts';
import { hasUnknownParameter, type Parameters } from '../parameters.ts';
import { forgiveErrors, whenOutOfPatience } from '../patience.ts';
import { sessionOf } from '../session.ts';
import { holdCommands } from './command-flow.ts';
import { isOneTooMany } from './crowd.ts';
import { deliverMessage } from './deliver.ts';
import { writeHarakaLog } from './haraka-log.ts';
import { feedHaraka, takeMailData } from './mail-data.ts';
import { refuseMessage } from './reply.ts';

export function register(this: HarakaPlugin): void {
  declarePlugin('deliver', this);
}

export const hook_init_master = guard<HarakaServer>(server => startDoor(server).then(() => undefined));
export const hook_init_child = hook_init_master;

/** Replies go out at once: a pipelining client would else wait 40 ms for each (Haraka's own setNoDelay is empty). */
export const hook_connect_init = guard(connection => {
  connection.client.targetsocket?.setNoDelay(true);
  holdCommands(connection);
  enterConnection(connection);
  return undefined;
});

export const hook_connect = guard(connection => {
  if (isClosing()) return refusal('shuttingDown', { disconnect: true });
  const config = doorConfig();
  const tooMany = isOneTooMany(connection, openConnections(), {
    maxConnections: config['smtp.maxConnections'],
    maxPerAddress: config['smtp.maxConnectionsPerAddress'],
  });
  return tooMany ? refusal('tooBusy', { disconnect: true }) : undefined;
});

/** Haraka closes its own half and would wait minutes for a client that keeps the other one open. */
const lingerMilliseconds = 5_000;

export const hook_disconnect = guard(connection => {
  leaveConnection(connection);
  const socket = connection.client.targetsocket;
  const cutOff = setTimeout(() => socket?.destroy(), lingerMilliseconds).unref();
  socket?.once('close', () => clearTimeout(cutOff));
  return undefined;
});

/** Haraka's own size limit answers 550 and is switched off in connection.ini; ours is announced here (RFC 1870). */
export const hook_capabilities = guard(connection => {
  const size = `SIZE ${doorConfig()['smtp.maxSizeOctets']}`;
  connection.capabilities = connection.capabilities.map(word => (/^SIZE\b/.test(word) ? size : word));
  return undefined;
});

/** Commands that neither Haraka nor a plugin before this one knows. */
export const hook_unrecognized_command = guard(connection => whenOutOfPatience(connection));

export const hook_mail = guard((connection, params) => {
  const { transaction } = connection;
  if (!transaction) return undefined;
  if (isClosing()) return refusal('shuttingDown', { disconnect: true });
  const [, given] = params as [unknown, Parameters];
  if (hasUnknownParameter('mail', given, connection.capabilities)) return refusal('unknownParameter');
  const declaredOctets = /^\d{1,20}$/.test(given.SIZE ?? '') ? Number(given.SIZE) : 0;
  if (declaredOctets > doorConfig()['smtp.maxSizeOctets']) return refusal('messageTooLarge');
  const notes = doorNotes(transaction);
  notes.declaredOctets = declaredOctets;
  notes.isUtf8 = 'SMTPUTF8' in given;
  return doorConfig()['rateLimit.perNetwork'] > 0 ? whyTooMany(connection) : undefined;
});

/** Ends the connection of a network that has sent its share of this hour (RFC 5321 §3.8). */
async function whyTooMany(connection: HarakaConnection): Promise<HookAnswer | undefined> {
  const { owned } = await openContext();
  if (connection.relaying) return undefined;
  const code = await owned?.admission?.atMail(sessionOf(connection), owned.parts.clock.now());
  return code ? refusal(code, { disconnect: true }) : undefined;
}

export const hook_data = guard(connection => {
  const { transaction } = connection;
  if (!transaction) return undefined;
  const notes = doorNotes(transaction);
  notes.isBusy = true;
  notes.release = takeMailData(connection, {
    maxOctets: doorConfig()['smtp.maxSizeOctets'],
    room: receivingRoom(),
    onEnd: received => onMailData(connection, received),
  });
  return undefined;
});

/** Hooks in which plugins of others may look at the message. */
const hooksThatRead = ['data_post', 'queue', 'queue_outbound', 'queue_ok'];

function onMailData(connection: HarakaConnection, received: ReceivedData): void {
  const { transaction } = connection;
  if (!transaction) return;
  transaction.data_bytes = received.sizeOctets;
  if (received.fault === 'tooLarge') refuseMessage(connection, 'messageTooLarge');
  else if (received.fault === 'endless') refuseMessage(connection, 'messageTooLarge', { disconnect: true });
  else if (received.fault === 'noRoom') refuseForRoom(connection, received);
  else if (received.fault === 'falseEnd') refuseFalseEnd(connection);
  else takeMessage(connection, transaction, received.octets);
}

function refuseForRoom(connection: HarakaConnection, { sizeOctets }: ReceivedData): void {
  doorLog().warn({ connection: connection.uuid, sizeOctets }, 'receivingRoomFull');
  refuseMessage(connection, 'storeFull');
}

/** What follows a doubtful end may be somebody's message: nobody obeys it. */
function refuseFalseEnd(connection: HarakaConnection): void {
  connection.current_data = null;
  refuseMessage(connection, 'malformedData', { disconnect: true });
}

function takeMessage(connection: HarakaConnection, transaction: HarakaTransaction, octets: Uint8Array): void {
  doorNotes(transaction).octets = octets;
  if (hasForeignHooks(harakaServer(), hooksThatRead)) feedHaraka(transaction, octets);
  else keepFromHaraka(transaction);
  connection.data_done();
  // Haraka would answer 503 to the commands pipelined behind the message (see `takeMailData`).
  connection.awaiting_data_reply = false;
}

/** Nobody will ask Haraka for the message: it spares itself the copy, and the removal of a spool file never made. */
function keepFromHaraka(transaction: HarakaTransaction): void {
  transaction.discard_data = true;
  transaction.message_stream = { destroy() {} };
}

export const hook_queue = guard(async connection => {
  const answer = await deliverMessage(connection);
  if (answer && answer !== 'answered') forgiveErrors(connection);
  return answer;
});

/** The reply is out; at shutdown this is where a connection ends that was in the middle of its message. */
export const hook_reset_transaction = guard(connection => {
  const notes = doorNotes(connection.transaction);
  if (notes) {
    notes.isBusy = false;
    notes.release?.();
  }
  if (isClosing()) setImmediate(() => sayGoodbye(connection));
  return undefined;
});

/** Haraka's own log goes into ours. */
export const hook_log = writeHarakaLog;

export function shutdown(): void {
  void closeDoor();
}
