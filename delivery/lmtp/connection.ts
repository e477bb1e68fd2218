import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { type MailLimits, MailStream } from './mail-stream.ts';
import { parsePathCommand } from './path.ts';

type Socket = ConstructorParameters<typeof SMTPConnection>[1];
type Options = ConstructorParameters<typeof SMTPConnection>[2];
type Context = Parameters<SMTPConnection['send']>[2];
type ParsedAddress = ReturnType<SMTPConnection['_parseAddressCommand']>;

/** smtp-server with connections of our own. */
export class LmtpServer extends SMTPServer {
  readonly limits: MailLimits;

  constructor(options: ConstructorParameters<typeof SMTPServer>[0], limits: MailLimits) {
    super(options);
    this.limits = limits;
  }

  override connect(socket: Socket, options?: Options): void {
    const connection = new LmtpConnection(this, socket, options);
    this.connections.add(connection);
    connection.on('error', error => this._onError(error));
    connection.init();
  }
}

/**
 * What smtp-server's connection does otherwise than a door behind an MTA must: it would wait 100 ms for early
 * talkers, refuse unusual paths that the MTA has accepted, keep XFORWARD for the next message, and put enhanced
 * status codes of its own before ours.
 */
class LmtpConnection extends SMTPConnection {
  override init(): void {
    this._setListeners(() => this.connectionReady());
  }

  override _createParser(): MailStream {
    // Called by the constructor of the library's class, which has set the server by then.
    const { limits } = this._server as LmtpServer;
    const parser = new MailStream(limits);
    parser.oncommand = (command, next) => this._onCommand(command, next);
    parser.on('error', error => this.send(421, `4.3.0 ${error.message}`));
    return parser;
  }

  override _parseAddressCommand(verb: string, command: Buffer | string): ParsedAddress {
    const word = verb.toUpperCase() === 'MAIL FROM' ? 'MAIL FROM' : 'RCPT TO';
    return parsePathCommand(word, command.toString()) ?? false;
  }

  override send(code: number, data?: string | string[] | null, context?: Context): void {
    const hasCode = typeof data === 'string' && /^[245]\.\d{1,3}\.\d{1,3} /.test(data);
    super.send(code, data, hasCode ? false : context);
  }

  /** The forwarded client belongs to one message (Postfix's XFORWARD_README); a new one may come without. */
  forgetForwarded(): void {
    this._xForward.clear();
  }

  override handler_EHLO(command: Buffer, done: () => void): void {
    this.forgetForwarded();
    super.handler_EHLO(command, done);
  }

  override handler_RSET(command: Buffer, done: () => void): void {
    this.forgetForwarded();
    super.handler_RSET(command, done);
  }
}
