import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { unixSeconds } from '../delivery/clock.ts';
import { describeError } from '../delivery/describe-error.ts';
import { DeliveryError } from '../delivery/errors.ts';
import type { Parts } from '../delivery/open.ts';
import { rollingSecrets } from './answer/cookie-secrets.ts';
import type { DnsServerSettings } from './server/server.ts';
import type { DnsSettings } from './settings.ts';

export type DnsServerParts = Pick<Parts, 'config' | 'keyring' | 'clock' | 'log'> & {
  /** For DNS over TLS. */
  readonly certificate: Pick<SecureContextOptions, 'cert' | 'key'> & Pick<TlsOptions, 'SNICallback'>;
  /** Of the files of presigned zones, which no other process may write (see `holdZoneFolder`). */
  readonly zoneFolder: string;
};

/** How the name server listens and whom it limits, as the settings say; its zones and hooks are the caller's. */
export function dnsServerSettings(
  parts: DnsServerParts,
  settings: DnsSettings,
): Omit<DnsServerSettings, 'zones' | 'hooks'> {
  const { config, keyring, log } = parts;
  return {
    ...listening(parts),
    cookieSecrets: cookieSecrets(parts),
    rateLimit: {
      perSecond: config['dns.rateLimit'],
      exempt: settings.secondaries.map(({ address }) => address),
      seed: seedOf(keyring.derive('dns rate limit')),
    },
    onFault: error => log.error(describeError(error), 'dnsFault'),
  };
}

function listening({ config, certificate }: DnsServerParts): Pick<DnsServerSettings, 'addresses' | 'tls'> {
  const addresses = config['dns.address'].map(address => ({ address, port: config['dns.port'] }));
  if (addresses.length === 0) throw new DeliveryError('badSettings', 'dns.address: no address to listen on');
  if (!config['dns.tls']) return { addresses };
  const tlsAddresses = config['dns.address'].map(address => ({ address, port: config['dns.tlsPort'] }));
  // RFC 7858 §3.1 has no name for it; clients that ask for one get "dot".
  return { addresses, tls: { addresses: tlsAddresses, options: { ...certificate, ALPNProtocols: ['dot'] } } };
}

/** Drawn from the keyring, so that all machines take each other's cookies. */
function cookieSecrets({ keyring, clock }: DnsServerParts): () => readonly Uint8Array[] {
  return rollingSecrets({
    derive: period => keyring.derive(`dns cookies ${period}`).subarray(0, 16),
    now: () => unixSeconds(clock.now()),
  });
}

function seedOf(octets: Uint8Array): number {
  return Buffer.from(octets).readUInt32BE() ^ process.pid;
}
