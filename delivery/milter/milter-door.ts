import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Admission } from '../admission.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { describeError } from '../describe-error.ts';
import { withNeeded } from '../instance-fields.ts';
import type { Line } from '../line.ts';
import type { Log } from '../log.ts';
import { type OctetBudget, openReceivingRoom } from '../octet-budget.ts';
import { removeStaleSocket } from '../stale-socket.ts';
import { readCommand } from './command.ts';
import { Conversation, type Submission } from './conversation.ts';
import { deferred, type Judgement, judgementOf, refusedForgery, shownStages, unjudged } from './judgement.ts';
import { type MilterCounts, openMilterCounts } from './milter-counts.ts';
import { MilterFault, PacketReader } from './packet.ts';

/** The door for the milter clients of Postfix and Sendmail. */
export interface MilterDoor {
  readonly address: string;
  /** 0 for a socket file. */
  readonly port: number;
  readonly counts: MilterCounts;
  /** Takes no more connections, answers messages that are being judged, ends the rest. */
  close(): Promise<void>;
}

export interface MilterDeps {
  readonly line: Pick<Line, 'assess'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether strangers' mail is taken now; always when left out or null. */
  readonly admission?: Admission | null;
  /** For messages whose end was not seen yet; a budget of its own when left out. */
  readonly room?: OctetBudget;
}

/** A socket file is for this user and its group: that of the MTA, which is another user. */
const socketMode = 0o660;

/** The largest packet: a header field with its name; bodies come in pieces of at most 1 MiB. */
const maxPacketOctets = 2 * 1024 * 1024;

/** An MTA is quiet for as long as its client is. */
const idleMilliseconds = 3_600_000;

/**
 * Opens the milter door on `milter.address` (an address, or `unix:/path`) and `milter.port`. Throws what the socket
 * throws. Our own trouble never refuses a message: `milter.onFailure` says whether it goes on or comes again.
 */
export async function openMilterDoor(config: Config, deps: MilterDeps): Promise<MilterDoor> {
  const { 'milter.address': address, 'milter.port': port } = config;
  const file = /^unix:(.+)/.exec(address)?.[1];
  const connections = new MilterConnections(config, deps);
  const server = createServer({ noDelay: true, keepAlive: true }, socket => void connections.serve(socket));
  if (file) await removeStaleSocket(file);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (file) server.listen(file, resolve);
    else server.listen(port, address, resolve);
  });
  if (file) chmodSync(file, socketMode);
  const bound = server.address();
  return {
    address,
    port: typeof bound === 'object' && bound ? bound.port : 0,
    counts: connections.counts,
    close: () => connections.close(server),
  };
}

class MilterConnections {
  readonly counts = openMilterCounts();
  readonly #config: Config;
  readonly #deps: MilterDeps;
  readonly #room: OctetBudget;
  readonly #sockets = new Set<Socket>();
  /** Sockets whose message is being judged. */
  readonly #busy = new Set<Socket>();
  #isClosing = false;

  constructor(config: Config, deps: MilterDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#room = deps.room ?? openReceivingRoom();
  }

  /** Until the MTA goes; never rejects. */
  async serve(socket: Socket): Promise<void> {
    // What goes wrong with a socket ends the reading of it, too.
    socket.on('error', () => {});
    const limit = this.#config['milter.maxConnections'];
    if (this.#isClosing || this.#sockets.size >= limit) {
      this.#deps.log.warn({ limit, setting: 'milter.maxConnections' }, 'milterConnectionRefused');
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.counts.connections = this.#sockets.size;
    socket.setTimeout(idleMilliseconds, () => socket.destroy());
    const conversation = this.#converse(socket);
    try {
      await this.#read(socket, conversation);
    } catch (error) {
      this.#noteEnd(error);
    } finally {
      conversation.close();
      // What was answered goes out first.
      socket.destroySoon();
      this.#sockets.delete(socket);
      this.counts.connections = this.#sockets.size;
    }
  }

  async close(server: Server): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise(resolve => server.close(resolve));
    for (const socket of this.#sockets) if (!this.#busy.has(socket)) socket.destroy();
    await closed;
  }

  #converse(socket: Socket): Conversation {
    return new Conversation({
      judge: async submission => {
        this.#busy.add(socket);
        const judgement = await this.#judge(submission);
        this.#busy.delete(socket);
        return judgement;
      },
      send: octets => void socket.write(octets),
      onAgreement: ({ mayAdd, mayRemove }) => {
        if (!mayAdd || !mayRemove) this.#deps.log.warn({ mayAdd, mayRemove }, 'milterMayNotChangeHeaders');
      },
      maxOctets: this.#config['smtp.maxSizeOctets'],
      hostname: this.#config.hostname,
      room: this.#room,
    });
  }

  async #read(socket: Socket, conversation: Conversation): Promise<void> {
    const reader = new PacketReader({ maxOctets: maxPacketOctets });
    const pieces: AsyncIterable<Buffer> = socket.iterator({ destroyOnReturn: false });
    for await (const piece of pieces) {
      for (const packet of reader.read(piece)) {
        if (!(await conversation.take(readCommand(packet)))) return;
      }
      if (this.#isClosing) return;
    }
  }

  #noteEnd(error: unknown): void {
    const { log } = this.#deps;
    if (error instanceof MilterFault) {
      this.counts.faults++;
      log.warn({ fault: error.message }, 'milterFault');
    } else if (error instanceof Error && 'code' in error)
      log.debug(describeError(error), 'milterConnectionFailed');
    else log.error(describeError(error), 'milterFailed');
  }

  async #judge(submission: Submission): Promise<Judgement> {
    const startedAt = performance.now();
    const judgement = await this.#judgement(submission);
    const milliseconds = Math.round(performance.now() - startedAt);
    this.counts.messages[judgement.outcome]++;
    const { id: transaction } = submission.arrival;
    this.#deps.log.info({ transaction, outcome: judgement.outcome, milliseconds }, 'messageJudged');
    return judgement;
  }

  async #judgement({ arrival, recipients, fault }: Submission): Promise<Judgement> {
    const onFailure = this.#config['milter.onFailure'] === 'tempfail' ? 'tempfail' : 'accept';
    // The MTA's own limit is the larger one: later it would be no other.
    if (fault === 'too-large') return unjudged(fault, 'accept');
    if (fault === 'forged') return refusedForgery();
    if (fault) return unjudged(fault, onFailure);
    const { session, reversePath } = arrival;
    const { admission, clock } = this.#deps;
    const limit = await admission?.atMail(session, clock.now());
    if (limit) return deferred(limit);
    try {
      const { owners } = await this.#deps.line.assess(
        { ...arrival, receivedAt: this.#deps.clock.now(), recipients: [] },
        { stages: withNeeded(shownStages) },
      );
      const [owner] = owners;
      if (!owner?.findings.score) return unjudged('failed', onFailure);
      const judgement = judgementOf(owner, {
        recipients,
        isStranger: arrival.session.remoteAddress !== null && arrival.session.authenticatedUser === null,
        appeal: this.#config['milter.appeal'] || this.#config['spam.appeal'],
        hostname: this.#config.hostname,
      });
      if (judgement.outcome === 'refused' || !admission) return judgement;
      const { authenticate: authentication = null, reputation = null } = owner.findings;
      const judged = { session, reversePath, forwardPaths: recipients, authentication, reputation };
      const code = await admission.atEnd({ ...judged, isCorrespondent: false }, clock.now());
      return code ? deferred(code) : judgement;
    } catch (error) {
      this.#deps.log.error({ transaction: arrival.id, ...describeError(error) }, 'judgingFailed');
      return unjudged('failed', onFailure);
    }
  }
}
