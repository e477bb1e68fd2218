import { randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import type { Certificate } from '../certificate.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Arrival, Outcome, Recipient } from '../delivery.ts';
import type { DeliveryLog } from '../delivery-log.ts';
import { describeError } from '../describe-error.ts';
import { asDeliveryError, type ErrorCode, errorTable, replyText } from '../errors.ts';
import type { Line } from '../line.ts';
import type { Log } from '../log.ts';
import { type OctetBudget, openReceivingRoom } from '../octet-budget.ts';
import type { Recipients } from '../recipients.ts';
import { removeStaleSocket } from '../stale-socket.ts';
import { LmtpServer } from './connection.ts';
import { receivedOn } from './mail-stream.ts';
import { type Forwarded, forwardedEvidence } from './session.ts';

/** The door for an MTA on this host or beside it (RFC 2033). */
export interface LmtpDoor {
  readonly address: string;
  /** 0 for a socket file. */
  readonly port: number;
  /** Takes no more connections, lets messages under way finish, ends the rest with 421. */
  close(): Promise<void>;
}

export interface LmtpDeps {
  readonly line: Pick<Line, 'deliver'>;
  readonly recipients: Recipients;
  readonly certificate: Certificate;
  readonly deliveryLog: DeliveryLog;
  readonly clock: Clock;
  readonly log: Log;
  /** For mail data whose end was not seen yet; a budget of its own when left out. */
  readonly room?: OctetBudget;
}

/** One mail transaction: smtp-server keeps one recipient of those given twice, but LMTP answers each. */
interface Transaction {
  readonly id: string;
  readonly recipients: Recipient[];
}

/** A socket file is for this user and its group: that of the MTA, which is another user. */
const socketMode = 0o660;

/** What an MTA may add to a message that it has taken at the very limit: refused here, it would wait for ever. */
const traceAllowanceOctets = 65_536;

/**
 * Opens the LMTP door on `lmtp.address` (an address, or `unix:/path`) and `lmtp.port`. Throws what the socket throws.
 * Nothing but an unknown recipient is answered 5xx: the MTA before us has accepted the message, and a bounce would
 * go to a forged sender.
 */
export async function openLmtpDoor(config: Config, deps: LmtpDeps): Promise<LmtpDoor> {
  const { 'lmtp.address': address, 'lmtp.port': port } = config;
  const file = /^unix:(.+)/.exec(address)?.[1];
  const door = new LmtpTransactions(config, deps);
  const server = new LmtpServer(serverOptions(config, deps, { door, isFile: file !== undefined }), {
    maxOctets: config['smtp.maxSizeOctets'] + traceAllowanceOctets,
    room: deps.room ?? openReceivingRoom(),
  });
  server.on('error', error => deps.log.debug({ error: String(error) }, 'lmtpConnectionFailed'));
  if (file) await removeStaleSocket(file);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    const ready = () => {
      server.server.off('error', reject);
      resolve();
    };
    if (file) server.listen(file, ready);
    else server.listen(port, address, ready);
  });
  if (file) chmodSync(file, socketMode);
  const bound = server.server.address();
  return {
    address,
    port: typeof bound === 'object' && bound ? (bound as AddressInfo).port : 0,
    close: () => closeServer(server),
  };
}

function serverOptions(
  config: Config,
  { certificate, log }: LmtpDeps,
  { door, isFile }: { door: LmtpTransactions; isFile: boolean },
): SMTPServerOptions {
  const trusted = [...config['lmtp.trustedAddresses']];
  return {
    lmtp: true,
    name: config.hostname,
    key: certificate.key,
    cert: certificate.certificate,
    logger: false,
    disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', 'XCLIENT'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    // Whoever can open a socket file has been let in by its permissions.
    useXForward: isFile ? true : trusted,
    socketTimeout: 600_000,
    onConnect: (session, next) => next(isFile ? null : whyNotTrusted(session, trusted, log)),
    onMailFrom: (_address, session, next) => {
      door.begin(session);
      next();
    },
    onRcptTo: ({ address }, session, next) => void door.addRecipient(address, session).then(next),
    onData: (stream, session, next) => {
      door.receive(stream, session).then(
        replies => next(null, replies),
        () => next(refusal('internal')),
      );
    },
  };
}

function whyNotTrusted(session: SMTPServerSession, trusted: readonly string[], log: Log): Error | null {
  if (trusted.includes(session.remoteAddress)) return null;
  log.warn({ peer: session.remoteAddress, setting: 'lmtp.trustedAddresses' }, 'lmtpPeerRefused');
  return replyError(421, '4.7.0 This address may not deliver here');
}

class LmtpTransactions {
  readonly #config: Config;
  readonly #deps: LmtpDeps;
  readonly #current = new WeakMap<object, Transaction>();

  constructor(config: Config, deps: LmtpDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  begin(session: SMTPServerSession): void {
    this.#current.set(session, { id: randomUUID(), recipients: [] });
  }

  /** Null when the recipient is taken, else the reply. */
  async addRecipient(forwardPath: string, session: SMTPServerSession): Promise<Error | null> {
    const transaction = this.#current.get(session);
    if (!transaction) return refusal('internal');
    try {
      if (transaction.recipients.length >= this.#config['smtp.maxRecipients'])
        return refusal('tooManyRecipients');
      const { recipient, code } = await this.#deps.recipients.find(forwardPath, {
        sizeOctets: sizeOf(session),
        reversePath: reversePathOf(session),
      });
      if (recipient) transaction.recipients.push(recipient);
      return recipient ? null : refusal(code === 'relayDenied' ? 'unknownRecipient' : code);
    } catch (error) {
      const { code } = asDeliveryError(error);
      this.#deps.log.error({ transaction: transaction.id, ...describeError(error) }, 'recipientLookUpFailed');
      return refusal(temporary(code));
    }
  }

  /** Waits for the end of the mail data, delivers, and gives one reply per recipient. Rejects when the peer has gone. */
  async receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<(string | Error)[]> {
    const transaction = this.#current.get(session);
    const forwarded = new Map(session.xForward as Forwarded);
    const isUtf8 = session.envelope.smtpUtf8 === true;
    await ended(stream);
    (session.xForward as Map<string, unknown>).clear();
    const received = receivedOn(stream);
    if (!transaction || !received) throw new Error('mail data without a transaction');
    const { id, recipients } = transaction;
    if (received.fault === 'tooLarge') return this.#deferTooLarge(transaction, received.sizeOctets);
    if (received.fault) return this.#deferForRoom(transaction, received.sizeOctets);
    const evidence = forwardedEvidence(received.octets, {
      forwarded,
      mtaHostname: this.#config['lmtp.mtaHostname'] || this.#config.hostname,
    });
    const arrival: Arrival = {
      door: 'lmtp',
      id,
      protocol: `${isUtf8 ? 'UTF8' : ''}LMTP${session.secure ? 'S' : ''}`,
      raw: received.octets,
      reversePath: reversePathOf(session),
      receivedAt: this.#deps.clock.now(),
      recipients,
      ...evidence,
    };
    return (await this.#deliver(arrival)).map(replyOf);
  }

  async #deliver(arrival: Arrival): Promise<Outcome[]> {
    const { line, deliveryLog, log } = this.#deps;
    const startedAt = performance.now();
    try {
      const outcomes = await line.deliver(arrival);
      deliveryLog(arrival, outcomes, performance.now() - startedAt);
      return outcomes;
    } catch (error) {
      const { code } = asDeliveryError(error);
      log.error({ transaction: arrival.id, ...describeError(error) }, 'deliveryFailed');
      return arrival.recipients.map(({ forwardPath }) => ({ forwardPath, status: 'deferred', code }));
    }
  }

  /** The MTA should have known the limit; its queue keeps the message until the two agree. */
  #deferTooLarge({ id, recipients }: Transaction, sizeOctets: number): Error[] {
    const limit = this.#config['smtp.maxSizeOctets'];
    this.#deps.log.error(
      { transaction: id, sizeOctets, limit, setting: 'smtp.maxSizeOctets' },
      'messageTooLarge',
    );
    return recipients.map(() => replyError(452, '4.3.4 Message is larger than is taken here now'));
  }

  /** Too much mail is on its way in: the MTA's queue keeps this message until there is room. */
  #deferForRoom({ id, recipients }: Transaction, sizeOctets: number): Error[] {
    this.#deps.log.warn({ transaction: id, sizeOctets }, 'receivingRoomFull');
    return recipients.map(() => refusal('storeFull'));
  }
}

/** SIZE of MAIL (RFC 1870). */
function sizeOf({ envelope: { mailFrom } }: SMTPServerSession): number {
  const parameters = mailFrom ? mailFrom.args : false;
  const size = parameters ? parameters.SIZE : undefined;
  return typeof size === 'string' && /^\d{1,15}$/.test(size) ? Number(size) : 0;
}

function ended(stream: SMTPServerDataStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the connection ended in the mail data')));
    stream.resume();
  });
}

function replyOf(outcome: Outcome): string | Error {
  if (!('code' in outcome)) return `2.0.0 ${outcome.status === 'stored' ? 'Stored' : 'Stored already'}`;
  return refusal(temporary(outcome.code));
}

/** The code itself when it may be told after DATA; anything that would bounce or close becomes a local error. */
function temporary(code: ErrorCode): ErrorCode {
  const { reply } = errorTable[code];
  return reply >= 500 || reply === 421 ? 'internal' : code;
}

function refusal(code: ErrorCode): Error {
  return replyError(errorTable[code].reply, replyText(code));
}

function replyError(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

function closeServer(server: LmtpServer): Promise<void> {
  return new Promise(resolve => {
    server.close(resolve);
    for (const connection of server.connections) {
      // A connection in the middle of a message finishes it; its next command is answered 421.
      if (!connection._dataStream)
        connection.send(421, '4.3.2 Service is shutting down, please try again later');
    }
  });
}

/** Empty for the null reverse-path. */
function reversePathOf({ envelope }: SMTPServerSession): string {
  return envelope.mailFrom ? envelope.mailFrom.address : '';
}
