import { channel } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { Server } from 'node:net';
import { env } from 'node:process';
import { openCertificate } from '../../delivery/certificate.ts';
import type { Config } from '../../delivery/config.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import { checkListening, type Door, listenError } from './door.ts';
import { writeHarakaFolder } from './haraka-folder.ts';
import { settingsEnvironment } from './settings-environment.ts';

/** The part of Haraka's server object that is used here. */
interface HarakaServer {
  readonly listeners: readonly Server[];
  stopListeners(): void;
}

/** What `plugins/context.ts` tells. */
type News =
  | { readonly state: 'ready'; readonly server: HarakaServer }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'closed' };

/**
 * The SMTP door: Haraka with our plugins, in this process, from the Haraka folder made in the data folder. One
 * process holds one, since Haraka is full of globals; the process must be ended by `process.exit` after `close`.
 */
export async function openDoor(config: Config): Promise<Door> {
  // Haraka would put a stack trace before our line.
  await checkListening(['smtp'], config);
  const certificate = await openCertificate(config);
  env.HARAKA = writeHarakaFolder(config, certificate);
  // The plugins read their settings themselves: these.
  delete env.CALIOPEN_CONFIG;
  Object.assign(env, settingsEnvironment(config));
  const server = await startHaraka(config);
  const bound = server.listeners[0]?.address();
  if (!bound || typeof bound === 'string') throw new DeliveryError('internal', 'Haraka listens nowhere');
  return { address: bound.address, port: bound.port, close: () => stopHaraka(server) };
}

function startHaraka(config: Config): Promise<HarakaServer> {
  let isReady = false;
  return new Promise((resolve, reject) => {
    channel('caliopen:smtp').subscribe(message => {
      const news = message as News;
      if (news.state === 'ready') {
        isReady = true;
        resolve(news.server);
      }
      if (news.state === 'failed') reject(news.error);
    });
    const listening = process.listeners('SIGINT');
    requireQuietly('haraka');
    // Haraka would leave at the second Ctrl-C and hide why it can't listen; both are decided here.
    for (const listener of process.listeners('SIGINT')) {
      if (!listening.includes(listener)) process.off('SIGINT', listener);
    }
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', error => {
      reject(listenError('smtp', config, error));
      if (isReady) endAtOnce(error);
    });
  });
}

/** Haraka's libraries greet on standard output, some of them later; it belongs to our own lines. */
function requireQuietly(name: string): void {
  console.log = console.debug = () => {};
  createRequire(import.meta.url)(name);
}

/** Nothing can be said about the state of a process after this; the supervisor starts another. */
function endAtOnce(error: Error): void {
  const line = {
    level: 'error',
    time: new Date().toISOString(),
    event: 'uncaughtException',
    error: error.stack,
  };
  process.stderr.write(`${JSON.stringify(line)}\n`, () => process.exit(1));
}

function stopHaraka(server: HarakaServer): Promise<void> {
  return new Promise(resolve => {
    channel('caliopen:smtp').subscribe(message => {
      if ((message as News).state === 'closed') resolve();
    });
    server.stopListeners();
    // What Haraka's own graceful shutdown does; its plugins' `shutdown` follows.
    for (const part of ['outbound', 'cfreader', 'plugins']) {
      process.emit('message', { event: `${part}.shutdown` }, undefined);
    }
  });
}
