import { createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Log } from '../log.ts';
import type { Resolver } from '../resolver.ts';
import type { Store } from '../store/store.ts';
import { type AcmeCertificates, type AcmeOptions, openAcme } from './acme/acme.ts';
import { CertificateFolder } from './folder.ts';
import type { CertificatePair } from './pair.ts';

/** What a TLS server shows for each server name (SNI, RFC 6066 §3). */
export interface ServerNames {
  /** Null for names that have no certificate of their own: the server shows its default one. Never throws. */
  contextFor(serverName: string): Promise<SecureContext | null>;
  /** Where certificates are got by ACME: what the server answers over plain HTTP, and the work itself. */
  readonly acme: Pick<AcmeCertificates, 'answerChallenge' | 'start' | 'round'> | null;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** Most contexts that are kept ready: each holds 30 kB and takes 0.2 ms to make. */
const maxContexts = 1000;

/**
 * The certificates of `tls.folder` and those got from `acme.directory`, the folder's first; null when neither is set.
 * Throws `badSettings` when the folder or `acme.caFile` can't be read.
 */
export async function openServerNames(
  parts: {
    readonly config: Config;
    readonly store: Store;
    readonly keyring: Keyring;
    readonly resolver: Resolver;
    readonly clock: Clock;
    readonly log: Log;
  },
  options: AcmeOptions = {},
): Promise<ServerNames | null> {
  const { config, clock, log } = parts;
  if (!config['tls.folder'] && !config['acme.directory']) return null;
  const folder = config['tls.folder'] ? new CertificateFolder(config['tls.folder'], { clock, log }) : null;
  await folder?.open();
  folder?.watch();
  const hasOther = (name: string) => folder?.find(name) != null;
  const acme = config['acme.directory'] ? openAcme({ ...parts, hasOther }, options) : null;
  const contexts = new ContextCache();
  return {
    acme,
    async contextFor(serverName) {
      const pair = folder?.find(serverName) ?? (await acme?.find(serverName)) ?? null;
      return pair && contexts.of(pair);
    },
    async close() {
      folder?.close();
      await acme?.close();
    },
  };
}

/**
 * Those of `tls.folder` alone, for a server that asks nobody for certificates; null where it is not set. Throws
 * `badSettings` when the folder can't be read.
 */
export async function openFolderNames({
  config,
  ...deps
}: {
  readonly config: Pick<Config, 'tls.folder'>;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<Pick<ServerNames, 'contextFor' | 'close'> | null> {
  if (!config['tls.folder']) return null;
  const folder = new CertificateFolder(config['tls.folder'], deps);
  await folder.open();
  folder.watch();
  const contexts = new ContextCache();
  return {
    async contextFor(serverName) {
      const pair = folder.find(serverName);
      return pair ? contexts.of(pair) : null;
    },
    async close() {
      folder.close();
    },
  };
}

/** The contexts that were asked for last. */
class ContextCache {
  readonly #contexts = new Map<CertificatePair, SecureContext>();

  of(pair: CertificatePair): SecureContext {
    const context =
      this.#contexts.get(pair) ?? createSecureContext({ cert: pair.certificate, key: pair.key });
    this.#contexts.delete(pair);
    this.#contexts.set(pair, context);
    const oldest = this.#contexts.keys().next().value;
    if (this.#contexts.size > maxContexts && oldest) this.#contexts.delete(oldest);
    return context;
  }
}
