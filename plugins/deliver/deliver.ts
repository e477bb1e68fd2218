import { combinedReply } from '../../delivery/combined-reply.ts';
import type { Outcome, Recipient } from '../../delivery/delivery.ts';
import { describeError } from '../../delivery/describe-error.ts';
import { asDeliveryError } from '../../delivery/errors.ts';
import { type DoorContext, type OwnedParts, openContext } from '../context.ts';
import { consent, type HookAnswer } from '../hook.ts';
import { doorNotes } from '../notes.ts';
import { arrivalOf, pathOf } from '../session.ts';
import { refuseMessage } from './reply.ts';

/** Runs the enlisted stages for each recipient, stores, and answers: 250 only when all of it is flushed. */
export async function deliverMessage(connection: HarakaConnection): Promise<HookAnswer | undefined> {
  const { transaction } = connection;
  const octets = transaction && doorNotes(transaction).octets;
  if (!transaction || !octets) return undefined;
  const context = await openContext();
  if (!context.owned) return undefined;
  const recipients = await resolveAll(transaction, context.owned);
  const outcomes = await deliverTo(recipients, connection, { ...context, owned: context.owned });
  const code = combinedReply(outcomes);
  if (!code) return consent('2.0.0 Stored');
  const text = outcomes
    .map(outcome => ('code' in outcome && outcome.code === code ? outcome.text : undefined))
    .find(Boolean);
  if (connection.transaction === transaction) refuseMessage(connection, code, text ? { text } : {});
  return 'answered';
}

type Found = { readonly recipient: Recipient } | { readonly outcome: Outcome };

/** Recipients let in by `recipients` are known; those that another plugin let in are asked for here. */
async function resolveAll(transaction: HarakaTransaction, { recipients }: OwnedParts): Promise<Found[]> {
  const known = doorNotes(transaction).recipients;
  return Promise.all(
    transaction.rcpt_to.map(async (address): Promise<Found> => {
      const recipient = known.get(address);
      if (recipient) return { recipient };
      const forwardPath = pathOf(address);
      const found = await recipients.find(forwardPath, {
        sizeOctets: 0,
        reversePath: pathOf(transaction.mail_from),
      });
      if (found.recipient) return { recipient: found.recipient };
      return { outcome: { forwardPath, status: 'refused', code: found.code } };
    }),
  );
}

/** The sender is told to try again, for a part can't be refused after DATA; it goes on until somebody reads this. */
const foreignAdvice =
  'another plugin let in recipients that have no account here, beside some that have: let `recipients` decide alone';

async function deliverTo(
  found: readonly Found[],
  connection: HarakaConnection,
  context: DoorContext & { readonly owned: OwnedParts },
): Promise<Outcome[]> {
  const { transaction } = connection;
  const unknown = found.flatMap(item => ('outcome' in item ? [item.outcome] : []));
  const recipients = found.flatMap(item => ('recipient' in item ? [item.recipient] : []));
  if (!transaction || recipients.length === 0) return unknown;
  const { octets, stages } = doorNotes(transaction);
  if (!octets) return unknown;
  const { line, log, owned } = context;
  if (unknown.length > 0)
    log.warn({ transaction: transaction.uuid, advice: foreignAdvice }, 'recipientsOfOthers');
  const receivedAt = owned.parts.clock.now();
  const arrival = arrivalOf(connection, transaction, { octets, recipients, receivedAt });
  const startedAt = performance.now();
  try {
    const outcomes = await line.deliver(arrival, { stages });
    owned.recipients.learn(arrival.reversePath, recipients, outcomes);
    owned.deliveryLog(arrival, outcomes, performance.now() - startedAt);
    return [...outcomes, ...unknown];
  } catch (error) {
    const { code, row } = asDeliveryError(error);
    log.error({ transaction: arrival.id, ...describeError(error) }, 'deliveryFailed');
    const told = row.temporary ? code : 'internal';
    return recipients.map(({ forwardPath }) => ({ forwardPath, status: 'deferred', code: told }));
  }
}
