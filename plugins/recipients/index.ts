import { closeDoor, declarePlugin, isLineMode, openContext, startDoor } from '../context.ts';
import { consent, guard, type HookAnswer, refusal } from '../hook.ts';
import { doorNotes } from '../notes.ts';
import { hasUnknownParameter, type Parameters } from '../parameters.ts';
import { whenOutOfPatience } from '../patience.ts';
import { pathOf } from '../session.ts';

export function register(this: HarakaPlugin): void {
  declarePlugin('recipients', this);
}

export const hook_init_master = guard<HarakaServer>(server => startDoor(server).then(() => undefined));
export const hook_init_child = hook_init_master;

/** Asks the directory whose forward-path this is, and what would stop a delivery there now. */
export const hook_rcpt = guard(async (connection, params) => {
  const { transaction } = connection;
  const [address, given] = params as [HarakaAddress, Parameters];
  if (!transaction) return undefined;
  if (hasUnknownParameter('rcpt', given, connection.capabilities)) return refusal('unknownParameter');
  const { owned, config } = await openContext();
  // Haraka has put this recipient into the list already.
  if (transaction.rcpt_to.length > config['smtp.maxRecipients']) return refusal('tooManyRecipients');
  if (!owned) return undefined;
  const notes = doorNotes(transaction);
  const { recipient, code } = await owned.recipients.find(pathOf(address), {
    sizeOctets: notes.declaredOctets,
    reversePath: pathOf(transaction.mail_from),
  });
  if (code === 'relayDenied') return relayAnswer(connection);
  if (code === 'unknownRecipient') return whenOutOfPatience(connection) ?? refusal(code);
  if (!recipient) return refusal(code);
  notes.recipients.set(address, recipient);
  return consent();
});

/** A domain of somebody else: in their own Haraka other plugins may serve it. */
function relayAnswer(connection: HarakaConnection): HookAnswer | undefined {
  if (connection.relaying || !isLineMode()) return undefined;
  return whenOutOfPatience(connection) ?? refusal('relayDenied');
}

export function shutdown(): void {
  void closeDoor();
}
