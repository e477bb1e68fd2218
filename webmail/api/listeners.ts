import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { ServerNames } from '../../delivery/certificates/server-names.ts';
import type { Config } from '../../delivery/config.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Log } from '../../delivery/log.ts';
import { openChallengeServer } from './challenge-door.ts';

/** A certificate made elsewhere, for when the settings name no file. */
export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What the web door listens with. */
export interface ListenerParts {
  readonly config: Config;
  readonly log: Log;
  readonly certificate?: Certificate;
  /** Certificates of single names; all names are shown the one above when left out. Closed by who opened it. */
  readonly serverNames?: ServerNames;
}

/** Sockets of the web door. */
export interface Listeners {
  readonly address: string;
  readonly port: number;
  /** Port of plain HTTP beside HTTPS, null where none is served. */
  readonly httpPort: number | null;
  /** Ends open streams and requests, then resolves. */
  close(): Promise<void>;
}

/**
 * Listens on `web.address` and `web.port`, and on `acme.httpPort` where certificates are got by ACME, which begins
 * then. Throws when a port is taken or the certificate can't be read.
 */
export async function openListeners(app: Express, parts: ListenerParts): Promise<Listeners> {
  const { config, serverNames, log } = parts;
  const servers = [makeServer(app, parts)];
  const [main] = servers as [Server];
  const close = () => Promise.all(servers.map(closeServer)).then(() => undefined);
  const { address, port } = await listen(main, config['web.port'], config['web.address']);
  const acme = serverNames?.acme;
  if (!acme) return { address, port, httpPort: null, close };
  const plain = openChallengeServer(acme, { httpsPort: port, log });
  try {
    const { port: httpPort } = await listen(plain, config['acme.httpPort'], config['web.address']);
    servers.push(plain);
    acme.start();
    return { address, port, httpPort, close };
  } catch (cause) {
    await close();
    throw plainListenError(config, cause);
  }
}

function makeServer(app: Express, { config, certificate, serverNames, log }: ListenerParts): Server {
  if (!config['web.tls']) return createHttpServer(app);
  const { 'tls.certificateFile': certificateFile, 'tls.keyFile': keyFile } = config;
  const given =
    certificateFile !== '' && keyFile !== ''
      ? { cert: readFileSync(certificateFile), key: readFileSync(keyFile) }
      : certificate;
  if (!given) throw new DeliveryError('badSettings', 'web.tls needs tls.certificateFile and tls.keyFile');
  const { cert, key } = given;
  if (!serverNames) return createHttpsServer({ cert, key }, app);
  return createHttpsServer({ cert, key, SNICallback: callbackOf(serverNames, log) }, app);
}

/** Without a context for the name, the server shows its own certificate. */
function callbackOf(serverNames: ServerNames, log: Log) {
  return (
    name: string,
    answer: (error: Error | null, context?: import('node:tls').SecureContext) => void,
  ): void => {
    serverNames.contextFor(name).then(
      context => (context ? answer(null, context) : answer(null)),
      error => {
        log.error({ name, reason: String(error) }, 'certificateNotFound');
        answer(null);
      },
    );
  };
}

function listen(server: Server, port: number, address: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      // A listening TCP server has an address record; only pipes have a name.
      resolve(server.address() as AddressInfo);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}

/** What a socket that can't listen means for the reader; any other error as it is. */
function plainListenError(config: Config, cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return cause;
  const why = code === 'EACCES' ? 'this user may not listen there' : 'the port is taken';
  const where = `${config['web.address']} port ${config['acme.httpPort']}`;
  return new DeliveryError(
    'internal',
    `the web door can't listen on ${where} for the ACME server: ${why}; free it, or set acme.httpPort to the port ` +
      `to which a proxy or the firewall leads port 80 of this host`,
    { cause },
  );
}
