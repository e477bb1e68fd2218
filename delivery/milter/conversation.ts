import { randomUUID } from 'node:crypto';
import type { Arrival } from '../delivery.ts';
import type { OctetBudget } from '../octet-budget.ts';
import { sayAccept, sayContinue, sayInsert, sayProgress, sayRemove, sayReply } from './answer.ts';
import type { Command, Macros } from './command.ts';
import type { Judgement } from './judgement.ts';
import { type MessageFault, MessageOctets } from './message-octets.ts';
import { type Agreement, agree } from './negotiation.ts';
import { MilterFault } from './packet.ts';
import { type Client, macroOf, sessionOfClient } from './session.ts';

/** A message that is there as a whole, or why it is not. */
export interface Submission {
  readonly arrival: Omit<Arrival, 'receivedAt' | 'recipients'>;
  readonly recipients: readonly string[];
  readonly fault: MessageFault | null;
}

export interface ConversationDeps {
  /** Never rejects: trouble is a judgement, too. */
  readonly judge: (submission: Submission) => Promise<Judgement>;
  readonly send: (octets: Buffer) => void;
  /** Told once it is known what the MTA lets us do. */
  readonly onAgreement: (agreement: Agreement) => void;
  readonly maxOctets: number;
  /** Our authserv-id. */
  readonly hostname: string;
  readonly room: OctetBudget;
}

/** MTAs wait for five minutes and more; each sign of life begins that anew. */
const progressMilliseconds = 10_000;

/** Commands of a mail transaction, whose macros end with it. */
const transactionLetters = ['M', 'R', 'T', 'N', 'L', 'B', 'E'];

/** One MTA's connection: client after client, message after message. */
export class Conversation {
  readonly #deps: ConversationDeps;
  #agreement: Agreement | null = null;
  #client: Omit<Client, 'macros'> = nobody;
  readonly #macros = new Map<string, Macros>();
  #reversePath = '';
  #recipients: string[] = [];
  #message: MessageOctets | null = null;

  constructor(deps: ConversationDeps) {
    this.#deps = deps;
  }

  /** Answers one command; false when the MTA has said goodbye. Throws `MilterFault` where the MTA must not say this. */
  async take(command: Command): Promise<boolean> {
    if (command.kind === 'quit') return false;
    if (command.kind === 'negotiate') {
      this.#negotiate(command);
      return true;
    }
    if (!this.#agreement) throw new MilterFault(`${command.kind} before a negotiation`);
    if (command.kind === 'endOfMessage') await this.#finish(command.octets, this.#agreement);
    else if (this.#note(command, this.#agreement) && !this.#agreement.unanswered.has(command.kind)) {
      this.#deps.send(sayContinue());
    }
    return true;
  }

  /** Lets go of a message that never came to its end. */
  close(): void {
    this.#forgetTransaction();
  }

  #negotiate(offer: Extract<Command, { kind: 'negotiate' }>): void {
    const { agreement, answer } = agree(offer);
    this.#agreement = agreement;
    this.#deps.send(answer);
    this.#deps.onAgreement(agreement);
  }

  /** Keeps what a command tells; whether it is one that is answered. */
  #note(command: Command, agreement: Agreement): boolean {
    switch (command.kind) {
      case 'macros':
        this.#macros.set(command.about, command.macros);
        return false;
      case 'abort':
        this.#forgetTransaction();
        return false;
      case 'nextConnection':
        this.#forgetClient();
        return false;
      case 'connect':
        this.#client = { name: command.name, address: command.address, helo: null };
        return true;
      case 'helo':
        this.#client = { ...this.#client, helo: command.name };
        return true;
      case 'mail':
        this.#reversePath = command.path;
        return true;
      case 'recipient':
        this.#recipients.push(command.path);
        return true;
      default:
        this.#noteContent(command, agreement);
        return true;
    }
  }

  #noteContent(command: Command, { isExact }: Agreement): void {
    if (command.kind === 'header') this.#open().addField(command.name, command.value, { isExact });
    if (command.kind === 'endOfHeader') this.#open().endHeader();
    if (command.kind === 'body') this.#open().addBody(command.octets);
  }

  #open(): MessageOctets {
    this.#message ??= new MessageOctets(this.#deps);
    return this.#message;
  }

  async #finish(lastOctets: Uint8Array, agreement: Agreement): Promise<void> {
    const message = this.#open();
    message.addBody(lastOctets);
    const progress = setInterval(() => this.#deps.send(sayProgress()), progressMilliseconds);
    try {
      const judgement = await this.#deps.judge(this.#submission(message));
      this.#answer(judgement, message, agreement);
    } finally {
      clearInterval(progress);
      this.#forgetTransaction();
    }
  }

  #answer({ reply, fields }: Judgement, message: MessageOctets, agreement: Agreement): void {
    const { send } = this.#deps;
    if (reply !== null) {
      send(sayReply(reply));
      return;
    }
    if (agreement.mayRemove) for (const { name, count } of message.forged) send(sayRemove(name, count));
    // Each goes above the one before.
    if (agreement.mayAdd) for (const field of fields.toReversed()) send(sayInsert(field, agreement));
    send(sayAccept());
  }

  #submission(message: MessageOctets): Submission {
    const session = sessionOfClient({ ...this.#client, macros: this.#macros });
    return {
      arrival: {
        door: 'smtp',
        id: macroOf(this.#macros, 'i') ?? randomUUID(),
        raw: message.fault ? new Uint8Array() : message.joined(),
        reversePath: this.#reversePath,
        session,
        trustedHops: 0,
      },
      recipients: this.#recipients,
      fault: message.fault,
    };
  }

  #forgetTransaction(): void {
    this.#message?.release();
    this.#message = null;
    this.#reversePath = '';
    this.#recipients = [];
    for (const letter of transactionLetters) this.#macros.delete(letter);
  }

  #forgetClient(): void {
    this.#forgetTransaction();
    this.#client = nobody;
    this.#macros.clear();
  }
}

const nobody: Omit<Client, 'macros'> = { name: null, address: null, helo: null };
